"""Reports under assessment and studies to chart, by the ways of the software itself."""

from typing import Any

import pytest

from screening.models import Report, Study
from screening.outcomes.settle import settle
from screening.vocabulary import Retrieval, RoundKind, StageKind, Verdict
from tests.factories import World
from tests.fixtures import cast_vote


class Assessed(World):
    """A world whose first records went on to full text and were retrieved."""

    def __init__(self, n: int = 1, **rules: Any) -> None:
        super().__init__("assessed", **rules)
        self.abstract_round = self.open_round()
        self.all_records = self.records(n)
        for record in self.all_records:
            for reviewer in (self.reviewer_a, self.reviewer_b):
                cast_vote(reviewer, record, self.abstract_round, Verdict.INCLUDE)
        Report.objects.filter(review=self.review).update(retrieval=Retrieval.RETRIEVED)
        self.full_text_round = self.open_round(self.full_texts, kind=RoundKind.MAIN)

    @property
    def reports(self) -> list[Report]:
        return list(Report.objects.for_review(self.review).select_related("record"))

    def include(self, *records: Any) -> list[Study]:
        """Vote the records in at full text; gives the studies of the review."""
        for record in records or self.all_records:
            for reviewer in (self.reviewer_a, self.reviewer_b):
                cast_vote(reviewer, record, self.full_text_round, Verdict.INCLUDE)
        return list(Study.objects.for_review(self.review))

    def pause(self, record: Any) -> None:
        """Change both title-and-abstract votes, so that the record no longer goes on."""
        for reviewer in (self.reviewer_a, self.reviewer_b):
            cast_vote(reviewer, record, self.abstract_round, Verdict.EXCLUDE, why="second thoughts")
        settle(record)


@pytest.fixture
def world(db: None) -> Assessed:
    return Assessed(2)


@pytest.fixture
def report(world: Assessed) -> Report:
    return world.reports[0]


@pytest.fixture
def study(world: Assessed) -> Study:
    return world.include(world.all_records[0])[0]


__all__ = ["Assessed", "StageKind"]
