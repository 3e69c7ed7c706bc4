"""Check what the software promises about its data."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviewapp.db.moment import one_moment
from reviewapp.reviews.models import Review
from screening.reporting import invariants


class Command(BaseCommand):
    help = "Recompute outcomes, groups, sums, digests and chains, and compare; exit 0 when all holds, else print what does not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("review", nargs="?", help="the review's slug; without it: all")

    def handle(self, *args: Any, **options: Any) -> None:
        reviews = Review.objects.order_by("pk")
        if options["review"]:
            reviews = reviews.filter(slug=options["review"])
            if not reviews:
                raise CommandError(f"There is no review {options['review']}.")
        found = invariants.problems_of_database()
        for review in reviews:
            with one_moment():
                found += invariants.problems(review)
        for text in found:
            self.stdout.write(text)
        if found:
            raise SystemExit(1)
        self.stdout.write(f"All invariants hold in {len(reviews)} reviews.")
