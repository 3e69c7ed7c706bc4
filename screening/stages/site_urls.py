from django.urls import path

from screening.stages import views

urlpatterns = [path("reviews/new/", views.review_new, name="review_new")]
