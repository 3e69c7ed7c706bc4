"""What is decided about a pair, and how sure it is."""

from __future__ import annotations

from typing import NamedTuple

from .facts import Facts, count_against
from .titles import SAME

MERGE, LOOK, DIFFERENT = 2, 1, 0


class Ruling(NamedTuple):
    """MERGE, LOOK or DIFFERENT; `against`: the pair must not meet in one group by way of others."""

    decision: int
    score: int
    rule: str
    why: str
    against: bool
    sole: bool = False  # merge only where no second paper fits as well


NOTHING = Ruling(DIFFERENT, 0, "", "", False)


def merge(f: Facts, base: int, rule: str) -> Ruling:
    """One paper, by this rule: `base` of 1,000, more for what agrees, less for what differs."""
    score = base + 4 * (f.title == SAME) + 4 * (f.page > 1) + 3 * (f.people == 2) + 2 * (f.volume > 0) + 2 * (f.gap == 0) + 2 * (f.doi > 0)
    return Ruling(MERGE, min(1000, score - 12 * count_against(f) - 3 * (f.gap > 0)), rule, "", False)


def look(f: Facts, base: int, why: str, against: bool = False) -> Ruling:
    """A person should see the pair, and why."""
    return Ruling(LOOK, max(1, base - 20 * count_against(f)), "", why, against)


def differ(against: bool) -> Ruling:
    """Two papers, or nothing that says so."""
    return Ruling(DIFFERENT, 0, "", "", True) if against else NOTHING
