"""manage.py reindex [REVIEW] [--now]: have the words of all records indexed anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviewapp.jobs import actions as jobs
from reviewapp.reviews.models import Review
from screening.search import actions


class Command(BaseCommand):
    help = "Have the words of a review's records indexed anew (of all reviews, if none is named). The workers do it; --now does it here."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("review", nargs="?", help="the slug of a review")
        parser.add_argument("--now", action="store_true", help="do it here, and wait for the end")

    def handle(self, *args: Any, **options: Any) -> None:
        reviews = Review.objects.filter(deleted_at=None)
        if options["review"]:
            reviews = reviews.filter(slug=options["review"])
            if not reviews.exists():
                raise CommandError(f"There is no review {options['review']}.")
        for review in reviews.order_by("pk"):
            actions.ask_for_all(review)
            self.stdout.write(f"{review.slug}: {actions.waiting(review):,} records to index")
        if options["now"]:
            self.stdout.write(f"{jobs.run_pending(actions.KIND)} jobs done")
