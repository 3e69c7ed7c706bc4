from django.urls import path

from charting.reporting import views

urlpatterns = [
    path("table1/", views.table1, name="table1"),
    path("table1/export/", views.table1_export, name="table1_export"),
    path("charts/", views.charts, name="charts"),
]
