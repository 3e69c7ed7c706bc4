"""How often people answered a self-check as they had voted: the agreement of each with themselves."""

from __future__ import annotations

from dataclasses import dataclass

from reviewapp.reviews.models import Member
from screening import visibility
from screening.models import ScreeningRound
from screening.vocabulary import Verdict

from . import rules


@dataclass(frozen=True, slots=True)
class Own:
    """One person in one round: their answers by their votes of before. ``same``: share answered word for word as before."""

    member: Member
    round: ScreeningRound
    figures: rules.TwoByTwo
    same: float


def own(member: Member) -> list[Own]:
    """Give the figures that this member may see: one's own, and for an owner those of revealed rounds."""
    pairs: dict[tuple[int, int], list[tuple[str, str]]] = {}
    known: dict[tuple[int, int], tuple[Member, ScreeningRound]] = {}
    for check in visibility.self_checks(member):
        key = (check.round_id, check.member_id)
        known[key] = (check.member, check.round)
        pairs.setdefault(key, []).append((check.decision.verdict, check.verdict))
    found = []
    for key, votes in pairs.items():
        person, round = known[key]
        forward = {Verdict.INCLUDE, Verdict.MAYBE} if round.rules.maybe_counts_as_include else {Verdict.INCLUDE}
        table = rules.table_of([(first in forward, second in forward) for first, second in votes], [True, False])
        figures = rules.two_by_two(table[0][0], table[0][1], table[1][0], table[1][1])
        found.append(Own(person, round, figures, sum(first == second for first, second in votes) / len(votes)))
    return sorted(found, key=lambda one: (one.round.number, one.member.number))
