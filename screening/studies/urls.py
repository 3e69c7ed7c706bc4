from django.urls import path

from screening.studies import views

urlpatterns = [
    path("studies/", views.studies, name="studies"),
    path("studies/<int:number>/", views.study, name="study"),
    path("studies/<int:number>/link/", views.study_link, name="study_link"),
    path("studies/<int:number>/unlink/", views.study_unlink, name="study_unlink"),
    path("studies/<int:number>/rename/", views.study_rename, name="study_rename"),
]
