"""Which records are *open* to whom: others’ votes on them may be read. Once open, remembered."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from reviewapp.reviews.models import Member, Review
from reviewapp.reviews.vocabulary import Role
from screening.models import Decision, Opened, Record, Resolution, RoundMember, RoundRecord, ScreeningRound
from screening.vocabulary import CLASHES, Opens, Verdict, WhoSettles


def voted(member: Member) -> Q:
    """A condition on RoundRecord: I have a vote that stands on its group in its round. Index look-ups a row, never a scan of my votes."""
    mine = Decision.objects.filter(round=OuterRef("round"), reviewer=member, superseded_at=None).exclude(verdict=Verdict.WITHDRAWN)
    mine = mine.order_by()
    return Q(Exists(mine.filter(record=OuterRef("record")))) | Q(Exists(mine.filter(record__head=OuterRef("record"))))


def in_long_enough(rounds: Iterable[ScreeningRound], moment: datetime) -> Q:
    """RoundRecords whose needed votes have been in for as long as the rule of their round asks."""
    condition = Q(pk__in=[])
    for round in rounds:
        if round.rules.opens == Opens.WHEN_IN:
            condition |= Q(round=round, votes_in_at__lte=moment - timedelta(minutes=round.rules.opens_after_minutes))
    return condition


def rounds_of(review: Review) -> list[ScreeningRound]:
    """All rounds of a review, with their rules."""
    return list(ScreeningRound.objects.for_review(review).select_related("rules"))


def settles(member: Member, round: ScreeningRound) -> bool:
    """Say whether this member is a third reviewer who settles conflicts of this round."""
    return member.ended_at is None and member.has_role(Role.ADJUDICATOR) and round.rules.who_settles != WhoSettles.CONSENSUS


def may_open(member: Member, moment: datetime, rounds: list[ScreeningRound]) -> tuple[dict[str, Any], Q]:
    """Give what to annotate a RoundRecord with, and the condition that it is open to this member."""
    if member.ended_at is not None:
        return {}, Q(pk__in=[])
    revealed = [r.pk for r in rounds if r.revealed_at is not None]
    third = [r.pk for r in rounds if settles(member, r)]
    known: dict[str, Any] = {"mine": voted(member)}
    condition = Q(round__in=revealed) | (in_long_enough(rounds, moment) & Q(mine=True))
    if third:
        known["in_team"] = Exists(RoundMember.objects.filter(round=OuterRef("round"), member=member))
        known["ruled"] = Exists(
            Resolution.objects.filter(round=OuterRef("round"), by=member).filter(
                Q(record=OuterRef("record")) | Q(record__head=OuterRef("record"))
            )
        )
        lenient = [r.pk for r in rounds if settles(member, r) and r.rules.voters_may_settle]
        condition |= (
            Q(round__in=third)
            & (Q(outcome__in=CLASHES) | Q(ruled=True))
            & (Q(mine=False) | Q(round__in=lenient))
            & (Q(in_team=False) | Q(votes_in_at__isnull=False))
        )
    return known, condition


def open_round_records(member: Member, *, at: datetime | None = None, rounds: list[ScreeningRound] | None = None) -> QuerySet[RoundRecord]:
    """RoundRecords of the review that are *open* to this member now: others' votes on them may be read.

    ``rounds``: all rounds of the review with their rules, where they are at hand.
    """
    rounds = rounds_of(member.review) if rounds is None else rounds
    known, condition = may_open(member, at or timezone.now(), rounds)
    return RoundRecord.objects.for_review(member.review).annotate(**known).filter(condition)


def is_open(member: Member, row: RoundRecord) -> bool:
    """Say whether others' votes on this record in this round are open to this member."""
    return open_round_records(member).filter(pk=row.pk).exists()


def open_by_time(row: RoundRecord, round: ScreeningRound, *, at: datetime | None = None) -> bool:
    """Say whether the needed votes have been in for as long as the rule asks, so that they open to those who voted."""
    return _long_enough(row.votes_in_at, round.rules.opens, round.rules.opens_after_minutes, at or timezone.now())


def _long_enough(votes_in_at: datetime | None, opens: str, minutes: int, at: datetime) -> bool:
    return opens == Opens.WHEN_IN and votes_in_at is not None and votes_in_at + timedelta(minutes=minutes) <= at


def row_is_open(member: Member, row: RoundRecord, round: ScreeningRound, *, has_vote: bool) -> bool:
    """As ``is_open``, for one row at hand and one's own vote known: what ``open_round_records`` says, without its query."""
    if round.revealed_at is not None:
        return True
    if has_vote and open_by_time(row, round):
        return True
    return settles(member, round) and is_open(member, row)


def was_open(member: Member, round: ScreeningRound, record_ids: Iterable[int]) -> bool:
    """Say whether anything of another's on these records was ever open to this member in this round."""
    return Opened.objects.filter(round=round, member=member, record_id__in=list(record_ids)).exists()


def remember_open(head_ids: Iterable[int]) -> None:
    """Keep, before something changes, to whom these records are open now: what was seen once stays seen."""
    moment = timezone.now()
    rows = RoundRecord.objects.filter(record_id__in=list(head_ids), votes_in_at__isnull=False, round__revealed_at=None)
    # one statement, whether votes are in or not, and no objects: a file's votes, and its taking back, come with thousands of records
    rows = rows.annotate(speaks=Coalesce("record__head", "record"))
    known = rows.values_list(
        "review_id", "round_id", "record_id", "speaks", "votes_in_at", "round__rules__opens", "round__rules__opens_after_minutes"
    )
    opened = [ids for *ids, votes_in_at, opens, minutes in known if _long_enough(votes_in_at, opens, minutes, moment)]
    if not opened:
        return
    heads = {speaks for _review, _round, _record, speaks in opened}
    groups = dict(Record.objects.filter(Q(pk__in=heads) | Q(head_id__in=heads)).order_by().values_list("pk", Coalesce("head_id", "pk")))
    standing = Decision.objects.filter(record_id__in=list(groups), superseded_at=None).exclude(verdict=Verdict.WITHDRAWN).order_by()
    voters: dict[tuple[int, int], set[int]] = {}
    for round_id, record_id, reviewer_id in standing.values_list("round_id", "record_id", "reviewer_id"):
        voters.setdefault((round_id, groups[record_id]), set()).add(reviewer_id)
    fresh = [
        Opened(review_id=review, round_id=round, record_id=record, member_id=reviewer)
        for review, round, record, speaks in opened
        for reviewer in voters.get((round, speaks), ())
    ]
    Opened.objects.bulk_create(fresh, ignore_conflicts=True)


def note_opened(member: Member, row: RoundRecord) -> None:
    """Keep that this member was shown others' votes on the record."""
    Opened.objects.bulk_create(
        [Opened(review_id=row.review_id, round_id=row.round_id, record_id=row.record_id, member=member)], ignore_conflicts=True
    )


def note_all_opened(member: Member, rows: Iterable[RoundRecord]) -> None:
    """As ``note_opened``, for many records at once."""
    Opened.objects.bulk_create(
        [Opened(review_id=row.review_id, round_id=row.round_id, record_id=row.record_id, member=member) for row in rows],
        ignore_conflicts=True,
    )
