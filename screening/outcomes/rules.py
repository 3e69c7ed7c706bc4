"""The outcome of a record in a stage: one pure function of current votes, votes needed, live final decisions and the rule (I4)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from screening.vocabulary import ConflictKind, Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Vote:
    """A current vote on one member of a group. ``reason_order`` is the place of its primary reason in the review's list."""

    id: int
    reviewer: int
    verdict: str
    at: datetime
    reason: int | None = None
    reason_order: int = 0


@dataclass(frozen=True, slots=True)
class Ruling:
    """A live final decision on a member of the group, and the ids of the votes it settled."""

    id: int
    verdict: str
    reason: int | None
    settled: frozenset[int]


@dataclass(frozen=True, slots=True)
class Rule:
    """What of a RuleVersion decides outcomes."""

    majority: bool = False
    maybe_counts_as_include: bool = True
    reasons_may_conflict: bool = True
    is_full_text: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a record stands in a round, and what a page needs to say about it."""

    outcome: Outcome
    conflict: ConflictKind = ConflictKind.NONE
    reason: int | None = None
    votes_in_at: datetime | None = None
    by_ruling: bool = False
    vote_changed_after: bool = False


def voices(votes: Collection[Vote]) -> list[Vote]:
    """Give one vote a reviewer. Who voted differently on merged records (verdict or reason) counts as not having voted."""
    by_reviewer: dict[int, list[Vote]] = {}
    for vote in votes:
        if vote.verdict != Verdict.WITHDRAWN:
            by_reviewer.setdefault(vote.reviewer, []).append(vote)
    return [max(own, key=lambda vote: vote.id) for own in by_reviewer.values() if len({(v.verdict, v.reason) for v in own}) == 1]


def of_two_minds(votes: Collection[Vote]) -> set[int]:
    """Give the reviewers whose own votes on the members of the group differ: they alone are asked again (I12)."""
    spoken = {vote.reviewer for vote in votes if vote.verdict != Verdict.WITHDRAWN}
    return spoken - {vote.reviewer for vote in voices(votes)}


def standing(votes: Collection[Vote], *, needed: int, rule: Rule, rulings: Sequence[Ruling] = ()) -> Standing:
    """Say where a record stands. Order and names of the reviewers do not matter."""
    counted = voices(votes)
    in_at = sorted(vote.at for vote in counted)[needed - 1] if len(counted) >= needed else None
    if rulings:
        return _ruled(rulings, counted, in_at)
    if in_at is None:
        return Standing(Outcome.WAITING)
    return _by_votes(counted, rule, in_at)


def _ruled(rulings: Sequence[Ruling], counted: Sequence[Vote], in_at: datetime | None) -> Standing:
    current = frozenset(vote.id for vote in counted)
    if len({(ruling.verdict, ruling.reason) for ruling in rulings}) > 1:
        return Standing(Outcome.TO_SETTLE, ConflictKind.AGAIN, votes_in_at=in_at)
    changed = not any(ruling.settled == current for ruling in rulings)
    outcome = Outcome.GOES_ON if rulings[0].verdict == Verdict.INCLUDE else Outcome.EXCLUDED
    return Standing(outcome, reason=rulings[0].reason, votes_in_at=in_at, by_ruling=True, vote_changed_after=changed)


def _by_votes(counted: Sequence[Vote], rule: Rule, in_at: datetime) -> Standing:
    forward = {Verdict.INCLUDE, Verdict.MAYBE} if rule.maybe_counts_as_include else {Verdict.INCLUDE}
    includes = sum(vote.verdict in forward for vote in counted)
    excludes = sum(vote.verdict == Verdict.EXCLUDE for vote in counted)
    enough = len(counted) // 2 + 1 if rule.majority else len(counted)
    if includes >= enough:
        return Standing(Outcome.GOES_ON, votes_in_at=in_at)
    if excludes >= enough:
        return _excluded([vote for vote in counted if vote.verdict == Verdict.EXCLUDE], rule, in_at)
    if includes and excludes:
        return Standing(Outcome.CONFLICT, ConflictKind.VERDICTS, votes_in_at=in_at)
    return Standing(Outcome.TO_SETTLE, ConflictKind.MAYBE, votes_in_at=in_at)


def _excluded(against: Sequence[Vote], rule: Rule, in_at: datetime) -> Standing:
    given = [vote for vote in against if vote.reason is not None]
    first = min(given, key=lambda vote: (vote.reason_order, vote.reason)).reason if given else None
    if rule.is_full_text and rule.reasons_may_conflict and len({vote.reason for vote in given}) > 1:
        return Standing(Outcome.CONFLICT, ConflictKind.REASONS, votes_in_at=in_at)
    return Standing(Outcome.EXCLUDED, reason=first, votes_in_at=in_at)
