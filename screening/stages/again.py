"""Which records a re-look or a practice round takes, counted before it is opened."""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from random import Random, SystemRandom
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from reviewapp.reviews.models import Member
from screening import visibility
from screening.models import CriteriaVersion, Label, Reason, Record, RoundRecord, ScreeningRound, Stage
from screening.vocabulary import CriterionChange, Outcome, RoundKind, Verdict

EXCLUDED, INCLUDED, REASON, LABEL = "excluded", "included", "reason", "label"
WHICH = [
    (EXCLUDED, _("all that were excluded")),
    (INCLUDED, _("all that go on or were included")),
    (REASON, _("all that were excluded for one reason")),
    (LABEL, _("all decided ones with a label, whatever was decided")),
]
#: Which records a change of the criteria can have made wrong.
CONCERNED = {CriterionChange.NARROWER: INCLUDED, CriterionChange.WIDER: EXCLUDED}


@dataclass(slots=True)
class Found:
    """The records of a round that is to be opened, with what is left out and why."""

    ids: list[int]
    matching: int
    under_way: int = 0
    unsettled: int = 0
    versions: list[tuple[int, int]] = field(default_factory=list)

    @property
    def n(self) -> int:
        return len(self.ids)

    def titles(self, n: int = 8) -> list[Record]:
        return list(Record.objects.filter(pk__in=self.ids).order_by("number")[:n])


def settled(member: Member, stage: Stage) -> QuerySet[RoundRecord]:
    """Records that are decided in a stage, as far as everybody may know it: who gets one again learns what it was."""
    return visibility.known_to_all(member).filter(stage=stage, decides=True, record__head=None)


def concerned(
    member: Member, stage: Stage, which: str, reason: Reason | None = None, *, label: Label | None = None, before: datetime | None = None
) -> QuerySet[RoundRecord]:
    """Those of one outcome, excluded for one reason, or with one label that the member sees.

    ``before``: only those whose votes were in by then.
    """
    rows = settled(member, stage)
    if before is not None:
        rows = rows.filter(votes_in_at__lt=before)
    if which == LABEL:
        return rows.filter(visibility.labelled(member, label)) if label is not None else rows.none()
    if which == INCLUDED:
        return rows.filter(outcome=Outcome.GOES_ON)
    rows = rows.filter(outcome=Outcome.EXCLUDED)
    return rows.filter(reason=reason) if which == REASON else rows


def relook(
    member: Member, stage: Stage, which: str, *, reason: Reason | None = None, label: Label | None = None,
    before: datetime | None = None, sample: int | None = None, seed: str = "",
) -> Found:  # fmt: skip
    """Give the records that a re-look takes. ``sample``: so many of them at random, the same ones for the same ``seed``."""
    rows = concerned(member, stage, which, reason, label=label, before=before)
    again = RoundRecord.objects.filter(
        record=OuterRef("record"), stage=stage, round__kind=RoundKind.RELOOK, round__closed_at=None, is_live=True
    )
    free = rows.filter(~Exists(again))
    ids = sorted(free.values_list("record", flat=True))
    matching = rows.count()
    under_way = matching - len(ids)
    if sample is not None and sample < len(ids):
        ids = sorted(Random(seed).sample(ids, sample))
    placed = RoundRecord.objects.filter(stage=stage, decides=True, is_live=True, record__head=None)
    unsettled = placed.count() - settled(member, stage).filter(is_live=True).count()
    return Found(ids, matching, under_way, unsettled, _versions(member, free.filter(record__in=ids)))


def _versions(member: Member, rows: QuerySet[RoundRecord]) -> list[tuple[int, int]]:
    """Count rows by the version of the criteria that held when their votes were in."""
    versions = list(CriteriaVersion.objects.for_review(member.review).order_by("at").values_list("at", "number"))
    times = [at for at, _number in versions]
    moments = rows.exclude(votes_in_at=None).values_list("votes_in_at", flat=True)
    counted = Counter(versions[max(bisect_right(times, at) - 1, 0)][1] for at in moments)
    return sorted(counted.items())


def practice(member: Member, n: int, *, only_settled: bool) -> Found:
    """Give ``n`` random records to practise on; settled ones, where asked for, so that the outcome can be compared."""
    stage = Stage.objects.for_review(member.review).order_by("order").first()
    if only_settled and stage is not None:
        ids = sorted(settled(member, stage).values_list("record", flat=True))
    else:
        ids = sorted(Record.objects.for_review(member.review).counted().values_list("pk", flat=True))
    return Found(sorted(SystemRandom().sample(ids, min(n, len(ids)))), len(ids))


@dataclass(slots=True)
class Practised:
    """One record of a practice round: what the team decided, as far as the reader may know it, and what each newcomer voted."""

    record: Record
    outcome: str
    votes: list[tuple[str, bool | None]]  # verdict or "", and whether it fits the outcome (None: nothing to compare)


@dataclass(slots=True)
class Score:
    """How often one newcomer voted as the team decided; ``compared``: records on which both are known."""

    member: Member
    voted: int = 0
    same: int = 0
    compared: int = 0


def practised(member: Member, round: ScreeningRound) -> tuple[list[Score], list[Practised]]:
    """Compare the votes of a practice round with what the team decided; nothing before the round is revealed."""
    if round.kind != RoundKind.PRACTICE or round.revealed_at is None:
        return [], []
    team = [place.member for place in round.team.select_related("member__user", "member__review").order_by("member__number")]
    rows = list(RoundRecord.objects.filter(round=round, is_live=True).select_related("record").order_by("record__number"))
    heads = [row.record_id for row in rows]
    known = dict(settled(member, round.stage).filter(record__in=heads).values_list("record", "outcome"))
    maybe = round.rules.maybe_counts_as_include
    votes: dict[tuple[int, int], str] = {}
    for vote in visibility.current(visibility.decisions(member, round=round)):
        votes[vote.record.head_id or vote.record_id, vote.reviewer_id] = vote.verdict
    scores = {one.pk: Score(one) for one in team}
    lines = []
    for row in rows:
        outcome, cells = known.get(row.record_id, ""), []
        for one in team:
            verdict = votes.get((row.record_id, one.pk), "")
            fits = None if not verdict or not outcome else _forward(verdict, maybe) == (outcome == Outcome.GOES_ON)
            score = scores[one.pk]
            score.voted += bool(verdict)
            score.compared += fits is not None
            score.same += fits is True
            cells.append((verdict, fits))
        lines.append(Practised(row.record, str(Outcome(outcome).label) if outcome else "", cells))
    return list(scores.values()), lines


def _forward(verdict: str, maybe: bool) -> bool:
    return verdict == Verdict.INCLUDE or (maybe and verdict == Verdict.MAYBE)


def suggestion(member: Member, present: CriteriaVersion | None) -> dict[str, Any] | None:
    """Say what the newest change of the criteria may have made wrong, where nothing was looked at again since; None for nothing."""
    which = CONCERNED.get(CriterionChange(present.change)) if present is not None else None
    if present is None or which is None:
        return None
    if ScreeningRound.objects.for_review(member.review).filter(kind=RoundKind.RELOOK, opened_at__gte=present.at).exists():
        return None
    counts = [(stage, concerned(member, stage, which, before=present.at).count()) for stage in Stage.objects.for_review(member.review)]
    counts = [(stage, n) for stage, n in counts if n]
    return {"which": which, "counts": counts, "change": present.get_change_display(), "number": present.number} if counts else None
