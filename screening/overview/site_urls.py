from django.urls import path

from screening.overview import views

urlpatterns = [path("", views.home, name="home")]
