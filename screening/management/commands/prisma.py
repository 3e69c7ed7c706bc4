"""Print the PRISMA figure's numbers, or write its CSV or picture."""
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviewapp.reviews.models import Review
from screening.reporting.prisma import figure, interop, queries, rules


class Command(BaseCommand):
    help = "The PRISMA 2020 flow of a review, from facts: text, --json, --csv FILE, --svg FILE."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("review", help="the review's slug")
        parser.add_argument("--json", action="store_true", help="one object with the names of the PRISMA2020 CSV")
        parser.add_argument("--csv", metavar="FILE")
        parser.add_argument("--svg", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        review = Review.objects.filter(slug=options["review"], deleted_at=None).first()
        if review is None:
            raise CommandError(f"There is no review {options['review']}.")
        flow = rules.flow(queries.all_facts(review))
        if options["csv"]:
            Path(options["csv"]).write_text(interop.as_csv(flow), encoding="utf-8")
        if options["svg"]:
            Path(options["svg"]).write_text(figure.svg(flow, for_screen=False), encoding="utf-8")
        if options["json"]:
            self.stdout.write(json.dumps(interop.as_json(flow), ensure_ascii=False))
            return
        for title, lines in figure.as_list(flow):
            self.stdout.write(title)
            for line in lines:
                self.stdout.write(f"  {line}")
        self.stdout.write(flow.notice)
