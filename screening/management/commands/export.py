"""Write one set of a review into a file."""

import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviewapp.db.moment import one_moment
from reviewapp.reviews.models import Review
from screening.reporting import exports

#: Other names people know a format by.
ALSO_CALLED = {"bibtex": "bib", "excel": "xlsx"}


def format_named(name: str) -> str:
    """Give the format that is called so, whatever its case."""
    return ALSO_CALLED.get(name.lower(), name.lower())


class Command(BaseCommand):
    help = "Write a set of a review as RIS, BibTeX, CSV or XLSX. Everything is written, blinded or not: for whoever runs the server."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("review", help="the review's slug")
        parser.add_argument("--set", required=True, choices=exports.SETS)
        parser.add_argument("--format", required=True, type=format_named, choices=tuple(exports.FORMATS))
        parser.add_argument("--out", required=True, type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        review = Review.objects.filter(slug=options["review"], deleted_at=None).first()
        if review is None:
            raise CommandError(f"There is no review {options['review']}.")
        format = format_named(options["format"])
        if format not in exports.formats_of(options["set"]):
            raise CommandError(f"{options['set']} can be written as {', '.join(exports.formats_of(options['set']))}.")
        with one_moment():
            sets = exports.Sets(review, None)
            file = exports.write(sets, options["set"], format)
        with file, options["out"].open("wb") as target:
            shutil.copyfileobj(file, target)
        self.stdout.write(f"{options['out']}: {options['out'].stat().st_size:,} bytes")
