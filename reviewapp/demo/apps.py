from importlib import import_module

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "reviewapp.demo"
    label = "demo"

    def ready(self) -> None:
        import_module("reviewapp.demo.tasks")  # registers the work of its job
