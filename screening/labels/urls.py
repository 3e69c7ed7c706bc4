from django.urls import path

from screening.labels import views

urlpatterns = [
    path("labels/", views.labels, name="labels"),
    path("labels/records/", views.labels_bulk, name="labels_bulk"),
    path("labels/<int:number>/change/", views.label_change, name="label_change"),
    path("labels/<int:number>/merge/", views.label_merge, name="label_merge"),
    path("labels/<int:number>/end/", views.label_end, name="label_end"),
    path("records/<int:number>/labels/", views.record_labels, name="record_labels"),
    path("agenda/", views.agenda, name="agenda"),
]
