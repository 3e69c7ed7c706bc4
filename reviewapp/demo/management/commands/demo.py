"""Build the demo review."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reviewapp.demo import script


class Command(BaseCommand):
    help = "Build the demo review (slug demo) up to a step of its story; running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--until", type=int, default=script.LAST, metavar="STEP", help="1 stops before the dedupe jobs run; 12 is the end"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()

        def say(step: int, words: str) -> None:
            self.stdout.write(f"{time.monotonic() - began:6.1f} s  step {step}: {words}")

        script.play(options["until"], say=say)
        self.stdout.write(f"{time.monotonic() - began:6.1f} s  the demo stands at step {script.step_done()}.")
