"""Votes that came after their round was closed: what of them somebody may see, and which one is meant."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening import visibility
from screening.models import Record, ScreeningRound

#: No review has so many; a number of nothing in an address is not asked of the database.
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Late:
    """A late vote with its number (its place in the review), and the vote of the same person that stands now."""

    number: int
    vote: Any
    record: Record
    standing: Any = None

    @property
    def waits(self) -> bool:
        return self.vote.admitted_at is None and self.vote.left_at is None


def late_votes(member: Member) -> list[Late]:
    """Give what the member may see, oldest first; numbers are places among all that an owner sees, among one's own for others."""
    votes = list(visibility.late_votes(member))
    heads = {vote.pk: vote.record.head or vote.record for vote in votes}
    standing: dict[tuple[int, int, int], Any] = {}
    if votes:
        ids = {vote.record_id for vote in votes} | {head.pk for head in heads.values()}
        for found in visibility.current(visibility.decisions(member, record_ids=ids)):
            standing[found.round_id, found.reviewer_id, found.record.head_id or found.record_id] = found
    return [
        Late(number, vote, heads[vote.pk], standing.get((vote.round_id, vote.reviewer_id, heads[vote.pk].pk)))
        for number, vote in enumerate(votes, start=1)
    ]


def one(member: Member, number: int) -> Any:
    """Give the late vote of this number, as an owner counts them; None where there is none."""
    return next(iter(visibility.late_votes(member)[number - 1 : number]), None) if 0 < number < MOST else None


def waiting(member: Member, round: ScreeningRound | None = None) -> int:
    """How many late votes an owner has still to admit or to leave; nothing for anybody else."""
    if not member.may(Right.MANAGE):
        return 0
    found: QuerySet[Any] = visibility.late_votes(member).filter(admitted_at=None, left_at=None)
    return (found if round is None else found.filter(round=round)).count()
