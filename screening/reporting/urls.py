from django.urls import path

from screening.reporting import views

urlpatterns = [
    path("report/", views.prisma, name="prisma"),
    path("report/rounds/", views.prisma_rounds, name="prisma_rounds"),
    path("report/box/<slug:key>/", views.prisma_records, name="prisma_records"),
    path("report/prisma.<slug:format>", views.prisma_file, name="prisma_file"),
    path("report/agreement/", views.agreement, name="agreement"),
    path("report/agreement/records/", views.agreement_records, name="agreement_records"),
    path("report/agreement/time/", views.agreement_time, name="agreement_time"),
    path("report/agreement.csv", views.agreement_file, name="agreement_file"),
    path("report/exports/", views.exports, name="exports"),
    path("report/exports/<slug:set>.<slug:format>", views.export, name="export"),
    path("report/frozen/", views.snapshots, name="snapshots"),
    path("report/frozen/<int:number>/", views.snapshot, name="snapshot"),
    path("report/elsewhere/new/", views.declared_new, name="declared_new"),
    path("report/elsewhere/<int:number>/withdraw/", views.declared_withdraw, name="declared_withdraw"),
    path("report/methods/", views.methods, name="methods"),
    path("report/methods.docx", views.methods_file, name="methods_file"),
]
