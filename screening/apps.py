from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

JOBS = ("screening.importing.tasks", "screening.deduplication.tasks", "screening.search.tasks")
#: Each registers fields of the search box and filters of the list (screening.search.fields).
FIELDS = ("screening.search.facts", "screening.records.fields", "screening.labels.fields")


class ScreeningConfig(AppConfig):
    name = "screening"

    def ready(self) -> None:
        for name in (*JOBS, *FIELDS):  # each registers the work of its jobs, or its fields
            if find_spec(name):
                import_module(name)
        post_migrate.connect(install_search, sender=self, dispatch_uid="screening.install_search")


def install_search(**kwargs: Any) -> None:
    """Put SQLite's full-text table in place after each migrate: migrations cannot see it, and a remade table loses its trigger."""
    from screening.search import engine

    engine.install()
