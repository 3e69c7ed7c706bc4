"""How far somebody is: one's own progress, pace and days left, and the rounds of the stage page. Nothing of how others vote."""

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening import visibility
from screening.decisions import queries
from screening.decisions.rules import ACTIVE_DAYS, days_left
from screening.models import Record, RoundRecord, ScreeningRound
from screening.queues import queries as queues
from screening.vocabulary import Outcome, StageKind

PACE_OF = 60
PAUSE = 300  # a longer gap between two votes was a pause


@dataclass(frozen=True, slots=True)
class Line:
    """The progress line: one's own numbers only."""

    voted: int
    total: int
    today: int
    seconds: int | None
    elsewhere: int = 0  # what waits for me in other rounds of this stage

    @property
    def waits(self) -> int:
        """All that waits for me in this stage: what the rail says."""
        return self.left + self.elsewhere

    @property
    def left(self) -> int:
        return self.total - self.voted

    @property
    def minutes(self) -> int | None:
        """Minutes left at one's own pace, in steps that do not flicker."""
        if self.seconds is None or not self.left:
            return None
        minutes = self.left * self.seconds / 60
        step = 1 if minutes < 10 else 5 if minutes < 60 else 10
        return max(1, round(minutes / step) * step)

    @property
    def hours(self) -> int:
        return (self.minutes or 0) // 60

    @property
    def rest(self) -> int:
        return (self.minutes or 0) % 60

def line(member: Member, round: ScreeningRound, waiting: QuerySet[RoundRecord]) -> Line:
    """Give one's own progress, what was done today, and the pace of the last votes (median gap, pauses left out)."""
    own = queues.progress(member, round, waiting=waiting)
    votes = visibility.my_votes(member, round).select_related(None)
    times = list(votes.values_list("received_at", flat=True)[:PACE_OF])
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today = sum(1 for at in times if at >= midnight)
    if today == PACE_OF:
        today = votes.order_by().filter(received_at__gte=midnight).count()
    gaps = [seconds for later, earlier in pairwise(times) if 0 < (seconds := (later - earlier).total_seconds()) < PAUSE]
    others = [other for other in queues.my_rounds(member) if other.stage_id == round.stage_id and other.pk != round.pk]
    elsewhere = sum(queues.waiting_for(member, other).count() for other in others)
    return Line(own.voted, own.total, today, max(1, int(median(gaps) + 0.5)) if len(gaps) >= 5 else None, elsewhere)


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round on the stage page: one's own numbers if one votes in it, and the totals one may know."""

    round: ScreeningRound
    records: int
    own: queues.Progress | None
    others: int | None
    goes_on: int
    excluded: int
    recused: list[tuple[int, str]]
    days: tuple[int, int] | None = None  # days left, votes a day
    bare: int = 0  # one's own exclusions without a reason

    @property
    def waits(self) -> bool:
        return self.own is not None and self.own.left > 0


def votes_a_day(member: Member, round: ScreeningRound) -> list[int]:
    """Give how many of one's votes that stand came on each of the last days on which there were any, newest first."""
    votes = visibility.my_votes(member, round).select_related(None).order_by()
    days = votes.annotate(day=TruncDate("received_at")).values("day").annotate(n=Count("pk")).order_by("-day")
    return [day["n"] for day in days[:ACTIVE_DAYS]]


def stage_page(member: Member) -> dict[str, Any]:
    """Give the rounds of title and abstract, newest first, the first with something to do, and one's full-text rounds."""
    mine = {round.pk for round in queues.my_rounds(member)} if member.may(Right.SCREEN) else set()
    rounds = ScreeningRound.objects.for_review(member.review).select_related("stage", "rules", "criteria", "review").order_by("-number")
    known = visibility.outcomes(member).filter(decides=True)
    lines = []
    for round in rounds.filter(stage__kind=StageKind.TITLE_ABSTRACT):
        own = queues.progress(member, round) if round.pk in mine or queries.in_team(member, round) else None
        of_round = known.filter(round=round)
        handed_on = visibility.recused(member, round).filter(record__head=None).values_list("record__number", "record__title")[:20]
        lines.append(
            RoundLine(
                round=round,
                records=RoundRecord.objects.filter(round=round, is_live=True).count(),
                own=own,
                others=visibility.vote_totals(member, round) if own is not None and round.is_open else None,
                goes_on=of_round.filter(outcome=Outcome.GOES_ON).count(),
                excluded=of_round.filter(outcome=Outcome.EXCLUDED).count(),
                recused=list(handed_on) if own is not None else [],
                days=days_left(own.left, votes_a_day(member, round)) if own is not None and round.is_open else None,
                bare=queries.without_reason(member, round).count() if own is not None and round.decides and round.criteria.reasons else 0,
            )
        )
    texts = [(r, queues.progress(member, r)) for r in rounds.filter(pk__in=mine, stage__kind=StageKind.FULL_TEXT)]
    return {
        "lines": lines,
        "go": next((found for found in lines if found.waits), None),
        "texts": [(round, own) for round, own in texts if own.left],
        "votes": member.may(Right.SCREEN),
        "may_manage": member.may(Right.MANAGE),
        "has_records": Record.objects.for_review(member.review).exists(),
    }
