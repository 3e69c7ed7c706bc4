from django.urls import path

from screening.records import views

urlpatterns = [
    path("records/", views.records, name="records"),
    path("records/counts/", views.records_counts, name="records_counts"),
    path("records/chosen/", views.records_chosen, name="records_chosen"),
    path("records/<int:number>/", views.record, name="record"),
    path("records/<int:number>/edit/", views.record_edit, name="record_edit"),
    path("records/<int:number>/remove/", views.record_remove, name="record_remove"),
    path("records/<int:number>/restore/", views.record_restore, name="record_restore"),
    path("history/", views.history, name="history"),
    path("my-votes.csv", views.my_votes_csv, name="my_votes_csv"),
]
