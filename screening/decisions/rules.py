"""Which votes a stage takes, what may be somebody's own paper, how many days are left, when a self-check comes. Pure."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from hashlib import blake2b
from math import ceil

from screening.deduplication.engine.names import name
from screening.vocabulary import StageKind, Verdict


def verdicts_of(stage_kind: str) -> tuple[Verdict, ...]:
    """Give the verdicts a reviewer may cast in a stage, in the order of the bar."""
    if stage_kind == StageKind.FULL_TEXT:
        return (Verdict.EXCLUDE, Verdict.INCLUDE)
    return (Verdict.EXCLUDE, Verdict.MAYBE, Verdict.INCLUDE)


def likely_own(person: str, authors: Iterable[str]) -> bool:
    """Say whether an author has the person's family name and first initial. Never for a person without both."""
    known = name(person) if person.strip() else None
    if known is None or not known[1]:
        return False
    return any(found is not None and found[:2] == known[:2] for found in map(name, authors))


#: Days that make a pace, and votes: the first few of a newcomer tell nothing of the days to come.
ACTIVE_DAYS, ENOUGH = 7, 20


def days_left(left: int, per_day: Sequence[int]) -> tuple[int, int] | None:
    """Give (days left, votes a day) from the votes of the last active days; None when nothing is left or too little was done yet."""
    days = [n for n in per_day if n > 0][:ACTIVE_DAYS]
    if not left or sum(days) < ENOUGH:
        return None
    pace = sum(days) / len(days)
    return ceil(left / pace), max(1, round(pace))


#: Self-check: one record of so many comes back (2 %), not before so many votes later and so much time.
EVERY, BETWEEN, AGE = 50, 50, timedelta(days=1)


def comes_after(seed: str, place: int) -> int:
    """Give after how many votes the self-check of a place comes: one in each step of EVERY votes, not at its beginning only."""
    return EVERY * place + _number(f"{seed}:{place}") % (EVERY // 2)


def next_place(seed: str, last: int, voted: int, ahead: int) -> int | None:
    """Give the place whose self-check is due within the next ``ahead`` votes; places that were missed are not made up for."""
    place = max(last + 1, voted // EVERY, 1)
    return place if comes_after(seed, place) - voted < ahead else None


def chosen(seed: str, place: int, records: Iterable[int]) -> int | None:
    """Give the record, of these numbers, that comes back at a place: the same whenever it is asked."""
    return min(records, key=lambda number: _number(f"{seed}:{place}:{number}"), default=None)


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest())
