from django.urls import path

from screening.reporting import views

urlpatterns = [
    path("report/", views.prisma, name="prisma"),
    path("report/rounds/", views.prisma_rounds, name="prisma_rounds"),
    path("report/box/<slug:key>/", views.prisma_records, name="prisma_records"),
    path("report/prisma.<slug:format>", views.prisma_file, name="prisma_file"),
]
