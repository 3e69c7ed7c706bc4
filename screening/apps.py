from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

JOBS = ("screening.importing.tasks", "screening.deduplication.tasks")


class ScreeningConfig(AppConfig):
    name = "screening"

    def ready(self) -> None:
        for name in JOBS:  # each registers the work of its jobs
            if find_spec(name):
                import_module(name)
