from django.urls import path

from reviewapp.demo import views

urlpatterns = [path("demo/", views.progress, name="demo")]
