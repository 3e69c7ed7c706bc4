from django.urls import path

from reviewapp.reviews import views

urlpatterns = [
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("health/", views.health, name="health"),
]
