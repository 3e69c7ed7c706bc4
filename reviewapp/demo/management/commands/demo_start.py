"""Ask for the demo in the background, on the first start of a try-out."""
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from reviewapp.demo import review, script
from reviewapp.demo.tasks import KIND
from reviewapp.jobs import actions as jobs


class Command(BaseCommand):
    help = "Make sure that the demo review is loaded, by a job; prints its log-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        if script.step_done() < script.LAST:
            with transaction.atomic():
                jobs.enqueue(KIND, review=None, key="demo")
        names = ", ".join(account.username for account in review.ACCOUNTS)
        secret = settings.DEMO_PASSWORD
        self.stdout.write(f"Demo log-ins: {names}" + (f" · password {secret}" if secret else ""))
        self.stdout.write(f"Demo progress: {settings.BASE_URL}/demo/")
