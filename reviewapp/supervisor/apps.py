"""Let a worker say to whoever started it that it is ready, and that it is still alive."""
import os
from pathlib import Path
from typing import Any

from celery.signals import heartbeat_sent, worker_ready
from django.apps import AppConfig

READY_FILE = "REVIEWAPP_READY_FILE"


class SupervisorConfig(AppConfig):
    name = "reviewapp.supervisor"
    label = "supervisor"

    def ready(self) -> None:
        if os.environ.get(READY_FILE):
            worker_ready.connect(touch)
            heartbeat_sent.connect(touch)


def touch(**_: Any) -> None:
    """Renew the file that a supervisor or a container's health check looks at."""
    Path(os.environ[READY_FILE]).touch()
