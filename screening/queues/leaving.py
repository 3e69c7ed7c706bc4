"""What somebody leaves behind who goes: totals only, and nothing of how they voted."""

from dataclasses import dataclass

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right, Role
from screening import visibility
from screening.models import ScreeningRound, Sharing
from screening.queues import assignment, queries
from screening.queues.sharing import of_json, shares
from screening.vocabulary import SharingMode


@dataclass(frozen=True, slots=True)
class Left:
    """An open round of somebody who goes. ``unvoted`` and ``half_voted``: None where the review does not say totals."""

    round: ScreeningRound
    share: float | None
    unvoted: int | None
    half_voted: int | None
    team: int

    @property
    def is_short(self) -> bool:
        """Fewer people are left than votes needed: records would wait for somebody who is not there."""
        return self.team < self.round.rules.votes_needed


@dataclass(frozen=True, slots=True)
class Behind:
    """Everything somebody leaves behind."""

    rounds: list[Left]
    proposals: int
    held: int


def heirs(leaver: Member) -> list[Member]:
    """Everybody else who may vote in the review."""
    others = Member.objects.for_review(leaver.review).filter(ended_at=None).exclude(pk=leaver.pk).select_related("user", "review")
    return [one for one in others if one.has_role(Role.REVIEWER)]


def left_behind(owner: Member, leaver: Member) -> Behind:
    """Say what waits for the leaver, in totals."""
    rounds = ScreeningRound.objects.for_review(owner.review).filter(closed_at=None, team__member=leaver)
    found = [_left(owner, round, leaver) for round in rounds.select_related("stage", "rules", "review").order_by("number").distinct()]
    return Behind(found, visibility.open_proposals_of(owner, leaver), sum(one.unvoted or 0 for one in found))


def _left(owner: Member, round: ScreeningRound, leaver: Member) -> Left:
    sharing: Sharing | None = assignment.newest(round)
    shared = sharing is not None and sharing.mode != SharingMode.ALL
    part = shares(of_json(sharing.slots)).get(leaver.number, 0.0) if sharing is not None and shared else None
    team = assignment.team_of(round)
    says = round.rules.show_totals and leaver.may(Right.SCREEN)
    waiting = queries.waiting_for(leaver, round)
    if round.stage.is_full_text:
        waiting = waiting.filter(pk__in=visibility.placed(owner, round).values("pk"))
    return Left(
        round=round,
        share=part,
        unvoted=waiting.count() if says else None,
        half_voted=visibility.vote_totals(leaver, round) if says and not round.stage.is_full_text else None,
        team=len(team.active - {leaver.number}),
    )
