"""What a browser needs to install the application and to keep the next cards for a while without a connection."""

from django.urls import path

from reviewapp.web import views

urlpatterns = [
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("service-worker.js", views.service_worker, name="service_worker"),
]
