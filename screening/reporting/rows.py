"""All records of all rounds and what one member may know of them, fetched once for figure, agreement and lists."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from reviewapp.reviews.models import Member, Review
from screening import visibility
from screening.models import RoundRecord, ScreeningRound, SourceRecord
from screening.vocabulary import Arm, SourceKind


class Row(NamedTuple):
    """A record in a round, as ``settle`` left it."""

    pk: int
    round: int
    record: int
    number: int
    stage: str
    outcome: str
    conflict: str
    reason: int | None
    live: bool
    decides: bool
    vote_changed: bool


FIELDS = (
    "pk", "round_id", "record_id", "record__number", "stage__kind", "outcome", "conflict", "reason_id", "is_live", "decides",
    "vote_changed_after",
)  # fmt: skip


class Rows:
    """The rounds of a review and their rows. ``opened``: rows open to the member; ``outcomes``: rows whose outcome they may know.

    ``member`` None: everything (commands, checks, snapshots).
    """

    def __init__(self, review: Review, *, member: Member | None) -> None:
        self.review, self.member = review, member
        self.rounds = list(ScreeningRound.objects.for_review(review).select_related("rules", "stage__review", "review"))
        self.all = [Row(*row) for row in RoundRecord.objects.for_review(review).values_list(*FIELDS)]
        if member is None:
            self.opened = self.outcomes = {row.pk for row in self.all}
        else:
            self.opened = set(visibility.open_round_records(member, rounds=self.rounds).values_list("pk", flat=True))
            self.outcomes = set(visibility.outcomes(member, rounds=self.rounds).values_list("pk", flat=True))

    @cached_property
    def in_databases(self) -> set[int]:
        """Heads with any database member: they belong to the databases, all others to the other arm."""
        kinds = [kind.value for kind in SourceKind if kind.arm == Arm.DATABASES]
        found = SourceRecord.objects.for_review(self.review).filter(upload__is_withdrawn=False, upload__search__source__kind__in=kinds)
        return {head or record for record, head in found.values_list("record_id", "record__head_id")}
