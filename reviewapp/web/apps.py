"""The shell around every page: frame, fragments, errors, icons."""
from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "reviewapp.web"
    label = "web"
