"""The sweeper: a small loop beside the workers."""
import os
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from reviewapp.jobs import actions


class Command(BaseCommand):
    help = "Every 5 seconds re-send jobs that were never taken or lost their worker. --once: one round."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true")
        parser.add_argument("--every", type=float, default=5.0, metavar="SECONDS")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            close_old_connections()
            try:
                actions.sweep()
                if sign_of_life := os.environ.get("REVIEWAPP_READY_FILE"):
                    Path(sign_of_life).touch()
            except Exception as error:
                self.stderr.write(f"sweep: {error}")
            if options["once"]:
                return
            time.sleep(options["every"])
