"""Conflicts and reports for the tests of the pages that settle, by the ways of the software itself."""

from typing import Any

from django.urls import reverse

from screening.models import Record, Report
from screening.vocabulary import Retrieval, Verdict
from tests.factories import World
from tests.fixtures import cast_vote

HTMX = {"HX-Request": "true"}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n%%EOF\n"


class Settling(World):
    """A world with a title-and-abstract round, and ways to bring records into conflict or to full text."""

    def __init__(self, *, three: bool = False, **rules: Any) -> None:
        super().__init__("settling", **rules)
        self.round = self.open_round(team=[self.reviewer_a, self.reviewer_b, self.reviewer_c] if three else None)
        self.full_text_round: Any = None

    def clash(self, n: int = 1, **fields: Any) -> list[Record]:
        """Records on which the two reviewers differ."""
        found = self.records(n, **fields)
        for record in found:
            cast_vote(self.reviewer_a, record, self.round, Verdict.INCLUDE, note="A says yes")
            cast_vote(self.reviewer_b, record, self.round, Verdict.EXCLUDE, reason=self.reason(), note="B says no")
        return found

    def on(self, n: int = 1, *, retrieved: bool = True, **fields: Any) -> list[Report]:
        """Reports of records that go on, in an open full-text round."""
        found = self.records(n, **fields)
        for record in found:
            for reviewer in (self.reviewer_a, self.reviewer_b):
                cast_vote(reviewer, record, self.round, Verdict.INCLUDE)
        reports = Report.objects.filter(record__in=found)
        if retrieved:
            reports.update(retrieval=Retrieval.RETRIEVED)
        if self.full_text_round is None:
            self.full_text_round = self.open_round(self.full_texts)
        return list(reports.select_related("record"))

    def include(self, *reports: Report) -> None:
        for report in reports:
            for reviewer in (self.reviewer_a, self.reviewer_b):
                cast_vote(reviewer, report.record, self.full_text_round, Verdict.INCLUDE)

    def at(self, name: str, *args: Any) -> str:
        return reverse(name, args=[self.review.slug, *args])
