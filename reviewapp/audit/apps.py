"""Install the append-only triggers after each migrate."""

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, pre_migrate


class AuditConfig(AppConfig):
    name = "reviewapp.audit"
    label = "audit"

    def ready(self) -> None:
        post_migrate.connect(install_once, dispatch_uid="audit.install")
        pre_migrate.connect(stand_aside, dispatch_uid="audit.stand_aside")


def install_once(app_config: AppConfig, using: str, **kwargs: Any) -> None:
    """Install after the last app only: the signal comes once for each."""
    from reviewapp.audit import triggers

    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    if app_config.label == last.label:
        triggers.install(using)


def stand_aside(app_config: AppConfig, using: str, plan: Any = None, **kwargs: Any) -> None:
    """On SQLite a table that is remade loses its triggers in silence, or fails: take them away before, put them back after."""
    from reviewapp.audit import triggers

    if plan:
        triggers.drop_on_sqlite(using)
