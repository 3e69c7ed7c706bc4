from django.urls import path

from screening.fulltext import views

urlpatterns = [
    path("full-text/", views.fulltext, name="fulltext"),
    path("full-text/<int:number>/", views.report, name="report"),
    path("full-text/<int:number>/step/", views.report_step, name="report_step"),
    path("full-text/<int:number>/files/", views.fulltext_upload, name="fulltext_upload"),
    path("full-text/<int:number>/files/<int:file_number>/", views.fulltext_file, name="fulltext_file"),
    path("full-text/<int:number>/files/<int:file_number>/withdraw/", views.fulltext_withdraw, name="fulltext_withdraw"),
]
