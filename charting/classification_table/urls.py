from django.urls import path

from charting.classification_table import views

urlpatterns = [
    path("classification/", views.classification, name="classification"),
    path("classification/rate/", views.rating_save, name="rating_save"),
    path("classification/agree/", views.rating_agree, name="rating_agree"),
    path("classification/rules/", views.classification_rules, name="classification_rules"),
    path("classification/rules/scales/", views.scale_save, name="scale_new"),
    path("classification/rules/scales/<slug:key>/", views.scale_save, name="scale_save"),
    path("classification/rules/scales/<slug:key>/retire/", views.scale_retire, name="scale_retire"),
    path("classification/export/", views.classification_export, name="classification_export"),
]
