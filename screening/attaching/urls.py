from django.urls import path

from screening.attaching import views

urlpatterns = [
    path("votes/attach/", views.votes_attach, name="votes_attach"),
    path("votes/attach/<int:number>/", views.votes_file, name="votes_file"),
    path("votes/attach/<int:number>/take-back/", views.votes_take_back, name="votes_take_back"),
]
