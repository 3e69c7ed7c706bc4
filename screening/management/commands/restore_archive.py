"""Make a review from an archive."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from screening.reporting import archive


class Command(BaseCommand):
    help = "Make a review from a file of manage.py archive. People are matched by e-mail, or become accounts that cannot sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as source:
                review, report = archive.restore(source)
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        except archive.NotAnArchive as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{review.slug}: {sum(report.rows.values()):,} rows, {report.files:,} files")
        for name in report.missing:
            self.stderr.write(f"Was not in the archive: {name}")
