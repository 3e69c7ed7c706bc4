from django.urls import path

from charting.charting_forms import views

urlpatterns = [
    path("charting/", views.charting, name="charting"),
    path("charting/form/", views.charting_form, name="charting_form"),
    path("charting/<int:number>/", views.study_chart, name="study_chart"),
    path("charting/<int:number>/answer/", views.answer_save, name="answer_save"),
    path("charting/<int:number>/charted/", views.study_charted, name="study_charted"),
    path("charting/<int:number>/verify/", views.study_verify, name="study_verify"),
    path("charting/<int:number>/take-back/", views.study_take_back, name="study_take_back"),
]
