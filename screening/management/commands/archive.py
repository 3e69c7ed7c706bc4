"""Write a whole review into one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviewapp.reviews.models import Review
from screening.reporting import archive


class Command(BaseCommand):
    help = "Write a whole review into a ZIP: every fact, its history and its files. restore_archive brings it back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("review", help="the review's slug")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        review = Review.objects.filter(slug=options["review"], deleted_at=None).first()
        if review is None:
            raise CommandError(f"There is no review {options['review']}.")
        beside = options["file"].with_name(f"{options['file'].name}.part")
        with beside.open("wb") as target:
            report = archive.write(review, target)
        beside.replace(options["file"])
        self.stdout.write(f"{options['file']}: {sum(report.rows.values()):,} rows, {report.files:,} files")
        for name in report.missing:
            self.stderr.write(f"Not in the archive, because it is missing or was changed: {name}")
