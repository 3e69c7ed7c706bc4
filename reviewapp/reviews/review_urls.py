from django.urls import path

from reviewapp.reviews import views

urlpatterns = [
    path("team/", views.team, name="team"),
    path("team/<int:number>/", views.member_edit, name="member_edit"),
    path("team/invitations/<int:number>/withdraw/", views.invitation_withdraw, name="invitation_withdraw"),
]
