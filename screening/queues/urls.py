from django.urls import path

from screening.queues import views

urlpatterns = [
    path("rounds/<int:number>/sharing/", views.sharing, name="round_sharing"),
    path("team/<int:number>/end/", views.member_end, name="member_end"),
    path("team/set-aside/<int:number>/undo/", views.aside_undo, name="aside_undo"),
]
