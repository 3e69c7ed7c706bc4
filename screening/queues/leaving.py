"""What somebody leaves behind who goes: totals only, and nothing of how they voted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right, Role
from screening import visibility
from screening.models import ScreeningRound, SetAside, Sharing
from screening.queues import assignment, queries
from screening.queues.aside import Days
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
    also: list[str] = field(default_factory=list)


#: What other parts of the software say of work that somebody leaves unfinished: (owner, who goes) → sentences.
_ALSO: list[Callable[[Member, Member], Iterable[str]]] = []


def register(say: Callable[[Member, Member], Iterable[str]]) -> None:
    """Let another part tell what somebody leaves unfinished there; once each."""
    if say not in _ALSO:
        _ALSO.append(say)


@dataclass(frozen=True, slots=True)
class Cast:
    """A round with votes of somebody that can be screened again. ``votes``: None where the review does not say totals."""

    round: ScreeningRound
    votes: int | None
    team: int

    @property
    def is_short(self) -> bool:
        """Fewer people are left than votes needed: what is set aside would wait for somebody who is not there."""
        return self.team < self.round.rules.votes_needed


def cast(person: Member, *, rounds: Iterable[ScreeningRound] | None = None, days: Days | None = None) -> list[Cast]:
    """Give the rounds in which somebody's votes decide, with how many came on these days: totals, never on which records."""
    every = ScreeningRound.objects.for_review(person.review).filter(team__member=person).distinct()
    found = []
    for round in every.select_related("stage", "rules", "review").order_by("number") if rounds is None else rounds:
        if not round.decides:
            continue
        votes = visibility.votes_of_person(person, round, (days or Days()).condition)
        if votes != 0:
            found.append(Cast(round, votes, len(assignment.team_of(round).active - {person.number})))
    return found


def set_aside(person: Member) -> list[SetAside]:
    """Give what was set aside of somebody's votes, newest first."""
    rows = SetAside.objects.for_review(person.review).filter(member=person)
    return list(rows.select_related("round", "by__review", "by__user", "undone_by__review", "undone_by__user").order_by("-number"))


def heirs(leaver: Member) -> list[Member]:
    """Everybody else who may vote in the review."""
    others = Member.objects.for_review(leaver.review).filter(ended_at=None).exclude(pk=leaver.pk).select_related("user", "review")
    return [one for one in others if one.has_role(Role.REVIEWER)]


def left_behind(owner: Member, leaver: Member) -> Behind:
    """Say what waits for the leaver, in totals."""
    rounds = ScreeningRound.objects.for_review(owner.review).filter(closed_at=None, team__member=leaver)
    found = [_left(owner, round, leaver) for round in rounds.select_related("stage", "rules", "review").order_by("number").distinct()]
    also = [sentence for say in _ALSO for sentence in say(owner, leaver)]
    return Behind(found, visibility.open_proposals_of(owner, leaver), sum(one.unvoted or 0 for one in found), also)


def _left(owner: Member, round: ScreeningRound, leaver: Member) -> Left:
    sharing: Sharing | None = assignment.newest(round)
    shared = sharing is not None and sharing.mode != SharingMode.ALL
    part = assignment.share_of(sharing, leaver.number) if sharing is not None and shared else None
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
