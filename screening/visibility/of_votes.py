"""Votes that a member may read, their own ones, and totals that tell of nobody."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening.models import Decision, Labelling, LateVote, Note, Opened, Record, Recusal, RoundRecord, ScreeningRound, SelfCheck
from screening.visibility.opening import open_round_records, voted
from screening.vocabulary import Verdict


def decisions(
    member: Member,
    *,
    record_ids: Iterable[int] | None = None,
    round: ScreeningRound | None = None,
    rounds: list[ScreeningRound] | None = None,
) -> QuerySet[Decision]:
    """Votes this member may read: their own always, others' where the record is open. All rows, superseded ones too.

    ``rounds``: as for ``open_round_records``.
    """
    rows = open_round_records(member, rounds=rounds)
    if round is not None:
        rows = rows.filter(round=round)
    is_open_row = Exists(rows.filter(round=OuterRef("round"), record=Coalesce(OuterRef("record__head"), OuterRef("record"))))
    found = Decision.objects.for_review(member.review).select_related(
        "reviewer__user", "reviewer__review", "primary_reason", "round__stage", "record"
    )
    if round is not None:
        found = found.filter(round=round)
    if record_ids is not None:
        found = found.filter(record_id__in=list(record_ids))
    return found.filter(Q(reviewer=member) | is_open_row).order_by("pk")


def current(found: QuerySet[Decision]) -> QuerySet[Decision]:
    """Of votes, those that stand now."""
    return found.filter(superseded_at=None).exclude(verdict=Verdict.WITHDRAWN)


def my_votes(member: Member, round: ScreeningRound) -> QuerySet[Decision]:
    """One's own standing votes in a round, newest first."""
    return (
        Decision.objects.for_review(member.review)
        .filter(round=round, reviewer=member, superseded_at=None)
        .exclude(verdict=Verdict.WITHDRAWN)
        .select_related("record", "primary_reason")
        .order_by("-pk")
    )


def my_votes_in(member: Member, rounds: Iterable[ScreeningRound]) -> QuerySet[Decision]:
    """One's own standing votes in these rounds."""
    mine = Decision.objects.for_review(member.review).filter(reviewer=member, superseded_at=None, round__in=list(rounds))
    return mine.exclude(verdict=Verdict.WITHDRAWN)


def my_marks(member: Member, round: ScreeningRound) -> set[int]:
    """Records on which one's own note or label would tell that one has judged them before."""
    notes = Note.objects.filter(stage=round.stage_id, by=member, superseded_at=None).exclude(text="").values_list("record", flat=True)
    labels = Labelling.objects.filter(review=member.review, by=member, undone_at=None).order_by().values_list("record", flat=True)
    return {*notes, *labels}


def self_checks(member: Member) -> QuerySet[SelfCheck]:
    """Answers of self-checks: one's own, and for an owner all of rounds that are revealed."""
    mine = Q(member=member)
    may = mine | Q(round__revealed_at__isnull=False) if member.may(Right.MANAGE) else mine
    found = SelfCheck.objects.for_review(member.review).filter(may).exclude(answered_at=None)
    return found.select_related("member__user", "member__review", "round__rules", "decision").order_by("pk")


def vote_totals(member: Member, round: ScreeningRound) -> int | None:
    """How many records of the round wait for somebody else after my vote, as one total; None where the review does not say so."""
    if not round.rules.show_totals:
        return None
    waiting = RoundRecord.objects.filter(round=round, is_live=True, votes_in_at=None, settled_by_resolution=False)
    return waiting.annotate(mine=voted(member)).filter(mine=True).count()


def votes_so_far(round: ScreeningRound, heads: Iterable[int]) -> dict[int, int]:
    """Head → how many reviewers' votes stand on its group, where there are any: for handing out work only, never shown."""
    wanted = list(heads)
    groups = dict(Record.objects.filter(Q(pk__in=wanted) | Q(head_id__in=wanted)).order_by().values_list("pk", Coalesce("head_id", "pk")))
    votes = Decision.objects.filter(round=round, record_id__in=list(groups), superseded_at=None).exclude(verdict=Verdict.WITHDRAWN)
    voters = {(groups[record], reviewer) for record, reviewer in votes.order_by().values_list("record_id", "reviewer_id")}
    return Counter(head for head, _reviewer in voters)


def half_voted(member: Member, round: ScreeningRound) -> int | None:
    """How many records of the round have votes but not all, as one total; None where the review does not say so."""
    if not round.rules.show_totals:
        return None
    rows = RoundRecord.objects.filter(round=round, is_live=True, votes_in_at=None, settled_by_resolution=False)
    votes = Decision.objects.filter(round=round, superseded_at=None).exclude(verdict=Verdict.WITHDRAWN).order_by()
    # put together here: just after a file's votes came PostgreSQL knows nothing of their rows, and would compare each with each
    heads = set(votes.annotate(speaks=Coalesce("record__head", "record")).values_list("speaks", flat=True).distinct())
    return sum(record in heads for record in rows.order_by().values_list("record_id", flat=True))


def votes_of_person(person: Member, round: ScreeningRound, which: Q) -> int | None:
    """How many votes of somebody stand in a round, of those that ``which`` names; None where the review does not say totals."""
    if not round.rules.show_totals and round.revealed_at is None:
        return None
    return my_votes(person, round).filter(which).count()


def late_votes(member: Member) -> QuerySet[LateVote]:
    """Votes that came after the close of their round: one's own, and all of them for an owner, as a closed round is revealed."""
    found = LateVote.objects.for_review(member.review).filter(round__revealed_at__isnull=False)
    found = found if member.may(Right.MANAGE) else found.filter(reviewer=member)
    people = ("reviewer__user", "reviewer__review", "admitted_by__user", "admitted_by__review", "left_by__user", "left_by__review")
    return found.select_related("round__stage", "record__head", "primary_reason", *people).order_by("pk")


def recused(member: Member, round: ScreeningRound) -> QuerySet[Recusal]:
    """One's own records that one can't judge."""
    return Recusal.objects.filter(round=round, member=member, undone_at=None)


def handed_on(round: ScreeningRound) -> list[tuple[int, int]]:
    """Heads and the numbers of those who can't judge them: for handing out work only, never shown."""
    live = Recusal.objects.filter(round=round, undone_at=None).annotate(speaks=Coalesce("record__head", "record"))
    return list(live.values_list("speaks", "member__number"))


def places_voted(round: ScreeningRound) -> list[tuple[int, int]] | None:
    """Person's number and place in the shuffled order of each live record they voted on: for totals; None where these are not said."""
    if not round.rules.show_totals:
        return None
    votes = Decision.objects.filter(round=round, superseded_at=None).exclude(verdict=Verdict.WITHDRAWN).order_by()
    heads = votes.annotate(speaks=Coalesce("record__head", "record")).values_list("speaks", "reviewer__number").distinct()
    keys = dict(RoundRecord.objects.filter(round=round, is_live=True).values_list("record", "shuffle"))
    return [(number, keys[head]) for head, number in heads if head in keys]


def touched(round: ScreeningRound, members: Iterable[int]) -> dict[int, frozenset[int]]:
    """Member id → heads of the round on which they voted, took a vote back or can't judge: where votes of a file never go. Never shown.

    A vote of a file that was taken back with its file leaves no trace here.
    """
    ids = list(members)
    votes = Decision.objects.filter(round=round, reviewer__in=ids, superseded_at=None).exclude(
        verdict=Verdict.WITHDRAWN, votes_file__isnull=False
    )
    found: dict[int, set[int]] = {pk: set() for pk in ids}
    for pk, head in votes.order_by().annotate(speaks=Coalesce("record__head", "record")).values_list("reviewer_id", "speaks"):
        found[pk].add(head)
    recusals = Recusal.objects.filter(round=round, member__in=ids, undone_at=None)
    for pk, head in recusals.annotate(speaks=Coalesce("record__head", "record")).values_list("member_id", "speaks"):
        found[pk].add(head)
    return {pk: frozenset(heads) for pk, heads in found.items()}


def opened_to(round: ScreeningRound, members: Iterable[int]) -> dict[int, frozenset[int]]:
    """Member id → heads on which others' votes were open to them: a vote there is not independent. Never shown."""
    found: dict[int, set[int]] = {}
    rows = Opened.objects.filter(round=round, member__in=list(members)).annotate(speaks=Coalesce("record__head", "record"))
    for pk, head in rows.values_list("member_id", "speaks"):
        found.setdefault(pk, set()).add(head)
    return {pk: frozenset(heads) for pk, heads in found.items()}
