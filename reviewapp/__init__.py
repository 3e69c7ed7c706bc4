"""The project: settings, addresses, and the apps that know nothing of reviewing."""
from reviewapp.celery import app as celery_app

__all__ = ["celery_app"]
