from django.urls import path

from screening.importing import views

urlpatterns = [
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
    path("uploads/<int:number>/file/", views.upload_file, name="upload_file"),
    path("uploads/<int:number>/cancel/", views.upload_cancel, name="upload_cancel"),
    path("uploads/<int:number>/read-on/", views.upload_read_on, name="upload_read_on"),
]
