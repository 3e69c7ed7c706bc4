"""What must be done once before a new version serves: the database's shape and the static files."""
from typing import Any

from django.core.management.base import BaseCommand

from reviewapp.supervisor import prepare


class Command(BaseCommand):
    help = "Migrate the database and gather the static files. Running it again changes nothing."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        prepare.migrate()
        prepare.collect_static()
