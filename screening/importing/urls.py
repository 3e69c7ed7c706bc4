from django.urls import path

from screening.importing import report_views, split_views, views

urlpatterns = [
    path("searches/uploads/", views.uploads_by_source, name="uploads_by_source"),
    path("searches/<int:number>/uploads/", views.uploads, name="uploads"),
    path("searches/<int:number>/references/new/", views.reference_new, name="reference_new"),
    path("uploads/<int:number>/", views.upload, name="upload"),
    path("uploads/<int:number>/progress/", views.upload_progress, name="upload_progress"),
    path("uploads/<int:number>/entries/", views.upload_entries, name="upload_entries"),
    path("uploads/<int:number>/entries/<int:position>/", views.entry, name="entry"),
    path("uploads/<int:number>/entries/<int:position>/mend/", views.entry_mend, name="entry_mend"),
    path("uploads/<int:number>/entries/<int:position>/unreadable/", views.entry_unreadable, name="entry_unreadable"),
    path("uploads/<int:number>/entries/<int:position>/not-a-reference/", views.entry_not_reference, name="entry_not_reference"),
    path("uploads/<int:number>/withdraw/", views.upload_withdraw, name="upload_withdraw"),
    path("uploads/<int:number>/restore/", views.upload_restore, name="upload_restore"),
    path("uploads/<int:number>/split/", split_views.upload_split, name="upload_split"),
    path("uploads/<int:number>/join/", split_views.upload_join, name="upload_join"),
    path("uploads/<int:number>/file/", views.upload_file, name="upload_file"),
    path("uploads/<int:number>/cancel/", views.upload_cancel, name="upload_cancel"),
    path("uploads/<int:number>/read-on/", views.upload_read_on, name="upload_read_on"),
    path("uploads/<int:number>/sign/", report_views.upload_sign, name="upload_sign"),
    path("uploads/<int:number>/columns/", report_views.upload_columns, name="upload_columns"),
    path("uploads/<int:number>/read-again/", report_views.upload_read_again, name="upload_read_again"),
    path("uploads/<int:number>/move/", report_views.upload_move, name="upload_move"),
    path("uploads/<int:number>/entries.csv", report_views.upload_entries_csv, name="upload_entries_csv"),
    path("uploads/<int:number>/entries.txt", report_views.upload_entries_raw, name="upload_entries_raw"),
    path("searches/<int:number>/report/", report_views.search_report, name="search_report"),
    path("searches/<int:number>/report/sign/", report_views.search_sign, name="search_sign"),
    path("searches/<int:number>/report/gap/", report_views.search_gap, name="search_gap"),
]
