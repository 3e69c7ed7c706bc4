"""Which votes a stage takes, what may be somebody's own paper, how many days are left. Pure."""

from collections.abc import Iterable, Sequence
from math import ceil

from screening.deduplication.engine.normalise import name
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


ACTIVE_DAYS = 7


def days_left(left: int, per_day: Sequence[int]) -> tuple[int, int] | None:
    """Give (days left, votes a day) from the votes of the last active days; None when nothing is left or nothing was done yet."""
    days = [n for n in per_day if n > 0][:ACTIVE_DAYS]
    if not left or not days:
        return None
    pace = sum(days) / len(days)
    return ceil(left / pace), max(1, round(pace))
