"""Votes set aside: they decide no more, and their records are screened again. The votes stay as cast, and all of it can be taken back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.audit.canonical import digest
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member
from reviewapp.web.errors import Invalid
from screening import visibility
from screening.models import Decision, DecisionReason, ScreeningRound, SetAside
from screening.outcomes import locks
from screening.outcomes.facts import purpose_of
from screening.outcomes.settle import close_reopenings, settle_many
from screening.vocabulary import Purpose, Verdict

SLICE = 500


class CannotSetAside(Invalid):
    """These votes cannot be set aside, or count again."""


@dataclass(frozen=True, slots=True)
class Days:
    """On which days the votes came, both ends in it; None: no end."""

    since: date | None = None
    until: date | None = None

    @property
    def condition(self) -> Q:
        """A condition on Decision."""
        found = Q()
        if self.since is not None:
            found &= Q(received_at__gte=_midnight(self.since))
        if self.until is not None:
            found &= Q(received_at__lt=_midnight(self.until + timedelta(days=1)))
        return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def standing(person: Member, round: ScreeningRound, days: Days) -> QuerySet[Decision]:
    """Somebody's votes of these days that stand in a round."""
    found = Decision.objects.filter(round=round, reviewer=person, purpose=purpose_of(round), superseded_at=None)
    return found.exclude(verdict=Verdict.WITHDRAWN).filter(days.condition).order_by("pk")


def set_aside(by: Member, person: Member, round: ScreeningRound, *, days: Days, why: str) -> SetAside | None:
    """Set somebody's votes of a round aside; None where there are none. In a closed round their records open again for votes.

    Raises CannotSetAside without a why, and for a round whose votes decide nothing.
    """
    if not why.strip():
        raise CannotSetAside(_("Say why these records are screened again; it is kept in the history and beside each vote."))
    if not round.decides:
        raise CannotSetAside(_("Votes of a pilot or of practice decide nothing: there is nothing to set aside."))
    with transaction.atomic():
        round = locks.for_close(round)
        votes = list(standing(person, round, days))
        if not votes:
            return None
        aside: SetAside = SetAside.objects.create(
            review=by.review, number=numbers.take(by.review, "set_aside"), round=round, member=person, since=days.since, until=days.until,
            why=why.strip(), by=by,
        )  # fmt: skip
        for part in _slices(votes):
            heads = _before(part)
            _succeed(part, aside, f"aside:{aside.number}", [Verdict.WITHDRAWN] * len(part))
            settle_many(heads, regrouped=True)
        _log("decision:set_aside", by, aside, votes, why)
    return aside


def take_back(by: Member, aside: SetAside, *, why: str) -> int:
    """Let the votes that were set aside decide again; gives how many. Who has voted again meanwhile keeps the new vote.

    Raises CannotSetAside without a why, and when it was taken back already.
    """
    if not why.strip():
        raise CannotSetAside(_("Say why these votes count again; it is kept in the history."))
    with transaction.atomic():
        round = locks.for_close(aside.round)
        now = timezone.now()
        if not SetAside.objects.filter(pk=aside.pk, undone_at=None).update(undone_at=now, undone_by=by, undone_why=why.strip()):
            raise CannotSetAside(_("These votes count again already. Load the page again."))
        gone = Decision.objects.filter(set_aside=aside, superseded_at=None, verdict=Verdict.WITHDRAWN).order_by("pk")
        votes = list(gone.select_related("supersedes"))
        for part in _slices(votes):
            heads = _before(part)
            originals = [vote.supersedes for vote in part]
            _succeed(part, aside, f"back:{aside.number}", [old.verdict for old in originals if old is not None])
            settle_many(heads)
            close_reopenings(heads, round)
        _log("decision:set_aside_undone", by, aside, votes, why)
    return len(votes)


def _slices(votes: list[Decision]) -> Iterable[list[Decision]]:
    return (votes[start : start + SLICE] for start in range(0, len(votes), SLICE))


def _before(votes: list[Decision]) -> list[int]:
    """Lock the heads of these votes, and keep to whom they are open now."""
    heads = [head.pk for head in locks.heads({vote.record_id for vote in votes}, lean=True)]
    visibility.remember_open(heads)
    return heads


def _succeed(votes: list[Decision], aside: SetAside, key: str, verdicts: list[str]) -> None:
    """Give each vote a successor that names ``aside``: *withdrawn*, or with the verdict, reasons and note that its predecessor had."""
    now = timezone.now()
    Decision.objects.filter(pk__in=[vote.pk for vote in votes]).update(superseded_at=now)
    fresh = []
    for vote, verdict in zip(votes, verdicts, strict=True):
        like = vote.supersedes if verdict != Verdict.WITHDRAWN else None
        fresh.append(
            Decision(
                review_id=vote.review_id, record_id=vote.record_id, round_id=vote.round_id, stage_id=vote.stage_id,
                stage_kind=vote.stage_kind, reviewer_id=vote.reviewer_id, purpose=Purpose(vote.purpose), verdict=verdict,
                primary_reason_id=like.primary_reason_id if like else None, note=like.note if like else "", why=like.why if like else "",
                independent=False, criteria_id=vote.criteria_id, key=f"{key}:{vote.pk}", cast_at=vote.cast_at, received_at=now,
                supersedes=vote, set_aside=aside,
            )
        )  # fmt: skip
    made = Decision.objects.bulk_create(fresh)
    of_old = {vote.supersedes.supersedes_id: vote.pk for vote in made if vote.verdict != Verdict.WITHDRAWN and vote.supersedes}
    further = DecisionReason.objects.filter(decision__in=list(of_old))
    DecisionReason.objects.bulk_create(
        [
            DecisionReason(review_id=one.review_id, decision_id=of_old[one.decision_id], reason_id=one.reason_id, added_at=one.added_at)
            for one in further
        ]
    )


def _log(kind: str, by: Member, aside: SetAside, votes: list[Decision], why: str) -> None:
    """Write one event: the count only where the rules let totals be told."""
    named = digest([[vote.record_id, vote.key] for vote in votes])
    data: dict[str, Any] = {"member": aside.member.number, "set_aside": aside.number, "digest": named}
    if aside.round.rules.show_totals or aside.round.revealed_at is not None:
        data["count"] = len(votes)
    audit.log(kind, review=by.review, actor=by, round=aside.round, data=data, text=why)
