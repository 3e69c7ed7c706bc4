"""The arithmetic of the classification table. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from charting.vocabulary import HIGHEST, LOWEST, VALUES, WIDE_SPREAD, Ground, ScaleKey, Suggestion

#: What a first classification table holds; teams edit it.
DEFAULT_SCALES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        ScaleKey.RELEVANCE.value,
        "Relevance",
        ("none", "weak: touches an aim", "adequate: answers a part of an aim", "strong: answers an aim"),
    ),
    (
        ScaleKey.DESIGN.value,
        "Quality of study design",
        (
            "viewpoint only, no study",
            "weak: the design cannot carry the findings",
            "adequate: sound, with limits",
            "strong: fits the question and is well done",
        ),
    ),
)
DEFAULT_MINIMUMS: dict[str, int] = {ScaleKey.RELEVANCE.value: 2, ScaleKey.DESIGN.value: 2}


@dataclass(frozen=True)
class Rule:
    """A suggestion rule: the least agreed value of each scale; with ``discuss_near`` one step below on one scale is to be discussed."""

    minimums: Mapping[str, int] = field(default_factory=lambda: dict(DEFAULT_MINIMUMS))
    discuss_near: bool = False

    def holds(self, agreed: Mapping[str, int]) -> bool:
        """Say whether agreed values reach every minimum that they have a value for."""
        return all(value >= self.minimums.get(key, LOWEST) for key, value in agreed.items())


@dataclass(frozen=True)
class Advice:
    """What the rule says of one report. ``place`` is the ground's place in the order of reasons, from 1; 0 without a ground."""

    suggestion: Suggestion
    ground: Ground = Ground.NONE

    @property
    def place(self) -> int:
        return 0 if self.ground == Ground.NONE else list(Ground).index(self.ground) + 1


def suggest(agreed: Mapping[str, int | None], rule: Rule) -> Advice:
    """Say what the rule suggests for a report with these agreed values (None: not agreed yet). It informs only."""
    asked = [key for key in agreed if key in rule.minimums]
    if not asked or any(agreed[key] is None for key in asked):
        return Advice(Suggestion.AGREE_FIRST)
    below = {key: rule.minimums[key] - (agreed[key] or LOWEST) for key in asked if (agreed[key] or LOWEST) < rule.minimums[key]}
    if not below:
        return Advice(Suggestion.INCLUDE)
    ground = _ground(below, agreed)
    if rule.discuss_near and list(below.values()) == [1]:
        return Advice(Suggestion.DISCUSS, ground)
    return Advice(Suggestion.EXCLUDE, ground)


def _ground(below: Mapping[str, int], agreed: Mapping[str, int | None]) -> Ground:
    """The first failing ground: not relevant, personal viewpoint (design 0), poor design, a further scale."""
    if ScaleKey.RELEVANCE in below:
        return Ground.NOT_RELEVANT
    if ScaleKey.DESIGN in below:
        return Ground.VIEWPOINT if agreed[ScaleKey.DESIGN] == LOWEST else Ground.POOR_DESIGN
    return Ground.OTHER_SCALE


def spread(values: Sequence[int]) -> int | None:
    """Give the distance between the highest and the lowest rating; None with fewer than two."""
    return max(values) - min(values) if len(values) > 1 else None


def is_wide(values: Sequence[int]) -> bool:
    """Say whether ratings lie so far apart that they are marked."""
    distance = spread(values)
    return distance is not None and distance >= WIDE_SPREAD


@dataclass(frozen=True)
class MatrixCell:
    """One cell of the matrix: how many reports have these two agreed values, how dark it is (0–5), whether the rule's corner holds it."""

    row: int
    column: int
    n: int
    heat: int
    inside: bool


def matrix(pairs: Iterable[tuple[int, int]], inside: Mapping[tuple[int, int], bool] | None = None) -> list[list[MatrixCell]]:
    """Count pairs of agreed values; rows and columns run from the highest to the lowest."""
    counts: dict[tuple[int, int], int] = {}
    for pair in pairs:
        counts[pair] = counts.get(pair, 0) + 1
    top = max(counts.values(), default=0)
    inside = inside or {}
    return [
        [MatrixCell(r, c, counts.get((r, c), 0), heat(counts.get((r, c), 0), top), inside.get((r, c), False)) for c in reversed(VALUES)]
        for r in reversed(VALUES)
    ]


def corner(rule: Rule, row_key: str, column_key: str) -> dict[tuple[int, int], bool]:
    """Give for each pair of values of two scales whether it lies in the corner that the rule includes."""
    return {(r, c): rule.holds({row_key: r, column_key: c}) for r in VALUES for c in VALUES}


def heat(n: int, top: int) -> int:
    """Give a step from 0 (none) to 5 (the fullest cell)."""
    return 0 if n == 0 or top == 0 else 1 + (4 * (n - 1)) // max(top - 1, 1) if top > 1 else 5


def weighted_kappa(pairs: Sequence[tuple[int, int]]) -> float | None:
    """Give Cohen's κ with linear weights of two raters' (first, second) values; None where it is not defined (no variation, no items)."""
    n = len(pairs)
    if n == 0:
        return None
    steps = HIGHEST - LOWEST
    seen = sum(abs(a - b) for a, b in pairs) / (n * steps)
    firsts, seconds = [a for a, _ in pairs], [b for _, b in pairs]
    expected = sum(abs(a - b) for a in firsts for b in seconds) / (n * n * steps)
    return None if expected == 0 else 1 - seen / expected


@dataclass(frozen=True)
class Agreement:
    """Mean of the pairwise weighted κ of all pairs of raters for whom it is defined; ``reports`` = rated by at least two."""

    kappa: float | None
    pairs: int
    reports: int


def agreement(ratings: Mapping[int, Mapping[int, int]]) -> Agreement:
    """Compute the agreement on one scale from {report: {rater: value}}."""
    raters = sorted({rater for row in ratings.values() for rater in row})
    found = []
    for first, second in combinations(raters, 2):
        kappa = weighted_kappa([(row[first], row[second]) for row in ratings.values() if first in row and second in row])
        if kappa is not None:
            found.append(kappa)
    shared = sum(len(row) > 1 for row in ratings.values())
    return Agreement(sum(found) / len(found) if found else None, len(found), shared)
