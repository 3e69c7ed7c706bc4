"""Counts behind the charts. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Count:
    """One bar: its name and how many studies."""

    name: str
    n: int


def years(values: Iterable[str]) -> list[Count]:
    """Count years, with the empty ones between the first and the last; what is no year comes last, by name."""
    values = list(values)
    numbers = Counter(int(v) for v in values if v.isdigit() and len(v) == 4)
    others = Counter(v for v in values if not (v.isdigit() and len(v) == 4))
    found = [Count(str(year), numbers[year]) for year in range(min(numbers), max(numbers) + 1)] if numbers else []
    return found + [Count(name, n) for name, n in sorted(others.items())]


def values(found: Iterable[str], last: Sequence[str] = ()) -> list[Count]:
    """Count values, the most frequent first, then by name; those named in ``last`` (multi, not reported) at the end."""
    counts = Counter(found)
    return [Count(name, n) for name, n in sorted(counts.items(), key=lambda item: (item[0] in last, -item[1], item[0].casefold()))]


@dataclass(frozen=True)
class Cross:
    """Two properties crossed: names of rows and columns, and counts by (row, column)."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]

    @property
    def lines(self) -> list[tuple[str, list[int], int]]:
        """Each row with its counts and their sum."""
        return [
            (r, [self.counts.get((r, c), 0) for c in self.columns], sum(self.counts.get((r, c), 0) for c in self.columns))
            for r in self.rows
        ]

    @property
    def sums(self) -> list[int]:
        return [sum(self.counts.get((r, c), 0) for r in self.rows) for c in self.columns]

    @property
    def total(self) -> int:
        return sum(self.sums)


def cross(pairs: Iterable[tuple[str, str]], columns: Sequence[str]) -> Cross:
    """Count pairs (row, column); rows by frequency, columns in the given order, then what else occurs."""
    counts = Counter(pairs)
    rows = [count.name for count in values(row for row, _column in counts.elements())]
    more = sorted({column for _row, column in counts} - set(columns))
    used = [c for c in columns if any(column == c for _row, column in counts)]
    return Cross(tuple(rows), (*used, *more), dict(counts))
