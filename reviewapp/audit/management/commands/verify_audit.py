"""Walk the chain of every review."""
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser

from reviewapp.audit import actions


class Command(BaseCommand):
    help = "Check the chain of hashes of every review (or of one); exit 0 when all holds, else print what does not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("review", nargs="?", help="the review's slug; without it: all")

    def handle(self, *args: Any, **options: Any) -> None:
        reviews = apps.get_model("reviews", "Review")._base_manager.order_by("pk")
        if options["review"]:
            reviews = reviews.filter(slug=options["review"])
        problems = [problem for review in reviews for problem in actions.broken_links(review)]
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            raise SystemExit(1)
        self.stdout.write(f"{reviews.count()} chains hold.")
