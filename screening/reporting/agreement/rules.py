"""Agreement between reviewers as arithmetic (METHOD.md B9): two raters, many raters, weights, intervals.

No database and no request. What is undefined is None and comes with a reason; nothing here returns NaN.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

NO_ITEMS = "no shared items"
NO_VARIATION = "not defined – no variation"
FEW_ITEMS = "interval not informative: fewer than 10 items"
PERFECT = "interval not informative: κ = 1"
UNEQUAL = "not defined – the number of votes differs between items"
ONE_RATER = "not defined – fewer than two votes per item"
LEAST_ITEMS = 10
Z95 = NormalDist().inv_cdf(0.975)  # 1.96, unrounded: the test vector of B9 needs it
TINY = 1e-12


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A confidence interval, clipped to [−1, 1]."""

    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Kappa:
    """κ of any kind: the value or None with ``reason``; the interval or None with ``interval_reason``.

    ``weights`` names the weights ("none", "linear", "quadratic"). ``po`` and ``pe`` are weighted alike; None for n = 0.
    """

    n: int
    po: float | None = None
    pe: float | None = None
    value: float | None = None
    se: float | None = None
    interval: Interval | None = None
    weights: str = "none"
    reason: str = ""
    interval_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class TwoByTwo:
    """Agreement of two reviewers who include or exclude: a both include, b and c one each, d both exclude."""

    a: int
    b: int
    c: int
    d: int
    kappa: Kappa
    po: float | None
    positive: float | None
    negative: float | None
    pabak: float | None
    prevalence: float | None
    bias: float | None
    reason: str = ""

    @property
    def n(self) -> int:
        return self.a + self.b + self.c + self.d


@dataclass(frozen=True, kw_only=True)
class Coefficient:
    """A value for more than two raters, or None with ``reason``; n = items used."""

    n: int
    value: float | None = None
    reason: str = ""


# ------------------------------------------------------------------------------------------------ two raters
def two_by_two(a: int, b: int, c: int, d: int) -> TwoByTwo:
    """Work out all figures of B9 for one 2 × 2 table. Raise ValueError for a negative count."""
    if min(a, b, c, d) < 0:
        raise ValueError("A count of votes is negative.")
    n, kappa = a + b + c + d, cohen([[a, b], [c, d]])
    if n == 0:
        return TwoByTwo(
            a=a, b=b, c=c, d=d, kappa=kappa, po=None, positive=None, negative=None, pabak=None, prevalence=None, bias=None, reason=NO_ITEMS
        )
    po = (a + d) / n
    return TwoByTwo(
        a=a,
        b=b,
        c=c,
        d=d,
        kappa=kappa,
        po=po,
        positive=_ratio(2 * a, 2 * a + b + c),
        negative=_ratio(2 * d, 2 * d + b + c),
        pabak=2 * po - 1,
        prevalence=(a - d) / n,
        bias=(b - c) / n,
    )


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def cohen(table: Sequence[Sequence[int]]) -> Kappa:
    """κ of two raters over k categories; ``table[i][j]`` = items the first put in i and the second in j.

    SE by Fleiss, Cohen and Everitt (1969). Raise ValueError where the table is not square.
    """
    return _kappa(table, weights=_identity(len(table)), name="none")


def weighted(table: Sequence[Sequence[int]], *, weights: str = "linear") -> Kappa:
    """κ with agreement weights 1 − (|i−j|/(k−1))^p: ``linear`` p = 1, ``quadratic`` p = 2. No interval is given.

    Raise ValueError for another name or a table that is not square.
    """
    powers = {"linear": 1, "quadratic": 2}
    if weights not in powers:
        raise ValueError(f"Weights are linear or quadratic, not {weights}.")
    size = len(table)
    span = max(size - 1, 1)
    matrix = [[1 - (abs(i - j) / span) ** powers[weights] for j in range(size)] for i in range(size)]
    return _kappa(table, weights=matrix, name=weights)


def pabak(table: Sequence[Sequence[int]]) -> float | None:
    """Prevalence- and bias-adjusted κ over k categories: (k·po − 1)/(k − 1). None without items or with one category."""
    n, size = sum(map(sum, table)), len(table)
    if n == 0 or size < 2:
        return None
    po = sum(table[i][i] for i in range(size)) / n
    return (size * po - 1) / (size - 1)


def table_of(pairs: Sequence[tuple[Hashable, Hashable]], categories: Sequence[Hashable]) -> list[list[int]]:
    """Count pairs (first rater, second rater) into a square table in the order of ``categories``.

    Raise KeyError for a category that is not among them.
    """
    place = {category: i for i, category in enumerate(categories)}
    table = [[0] * len(categories) for _ in categories]
    for first, second in pairs:
        table[place[first]][place[second]] += 1
    return table


def _identity(size: int) -> list[list[float]]:
    return [[1.0 if i == j else 0.0 for j in range(size)] for i in range(size)]


def _kappa(table: Sequence[Sequence[int]], *, weights: Sequence[Sequence[float]], name: str) -> Kappa:
    size = len(table)
    if any(len(row) != size for row in table):
        raise ValueError("The table of votes is not square.")
    n = sum(map(sum, table))
    if n == 0:
        return Kappa(n=0, weights=name, reason=NO_ITEMS, interval_reason=NO_ITEMS)
    cells, sides = [(i, j) for i in range(size) for j in range(size)], range(size)
    rows = [sum(table[i]) for i in sides]
    columns = [sum(table[i][j] for i in sides) for j in sides]
    po = sum(weights[i][j] * table[i][j] for i, j in cells) / n
    pe = sum(weights[i][j] * rows[i] * columns[j] for i, j in cells) / n**2
    if 1 - pe < TINY:
        return Kappa(n=n, po=po, pe=pe, weights=name, reason=NO_VARIATION, interval_reason=NO_VARIATION)
    value = (po - pe) / (1 - pe)
    if name != "none":
        return Kappa(n=n, po=po, pe=pe, value=value, weights=name, interval_reason="no interval for weighted κ")
    se = _standard_error([[x / n for x in row] for row in table], kappa=value, pe=pe, n=n)
    interval, why = _interval(value, se=se, n=n)
    return Kappa(n=n, po=po, pe=pe, value=value, se=se, interval=interval, weights=name, interval_reason=why)


def _standard_error(p: Sequence[Sequence[float]], *, kappa: float, pe: float, n: int) -> float:
    """Fleiss, Cohen and Everitt (1969), of proportions ``p``."""
    sides = range(len(p))
    rows = [sum(p[i]) for i in sides]
    columns = [sum(p[i][j] for i in sides) for j in sides]
    same = sum(p[i][i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in sides)
    apart = (1 - kappa) ** 2 * sum(p[i][j] * (columns[i] + rows[j]) ** 2 for i in sides for j in sides if i != j)
    return math.sqrt(max(same + apart - (kappa - pe * (1 - kappa)) ** 2, 0.0)) / ((1 - pe) * math.sqrt(n))


def _interval(kappa: float, *, se: float, n: int) -> tuple[Interval | None, str]:
    if n < LEAST_ITEMS:
        return None, FEW_ITEMS
    if 1 - kappa < TINY:
        return None, PERFECT
    return Interval(low=max(kappa - Z95 * se, -1.0), high=min(kappa + Z95 * se, 1.0)), ""


# ------------------------------------------------------------------------------------------------ over time
@dataclass(frozen=True, kw_only=True)
class Period:
    """The agreement of one stretch: a week (``year``, ``week``), or the shared records ``start`` to ``end`` in the order of time."""

    figures: TwoByTwo
    start: int
    end: int
    year: int = 0
    week: int = 0


Judged = tuple[dt.datetime, bool, bool]  # when the second of the two votes came, and whether each of them includes


def by_count(items: Sequence[Judged], size: int) -> list[Period]:
    """Cut records, put in the order of time, into stretches of ``size``; what is left over at the end is a stretch too."""
    ordered = sorted(items)
    return [
        Period(figures=_of(ordered[at : at + size]), start=at + 1, end=min(at + size, len(ordered))) for at in range(0, len(ordered), size)
    ]


def by_week(items: Sequence[Judged]) -> list[Period]:
    """Cut records into the weeks (Monday to Sunday, ISO 8601) in which their second vote came. Weeks without one are not in it."""
    weeks: dict[tuple[int, int], list[Judged]] = {}
    for item in sorted(items):
        calendar = item[0].isocalendar()
        weeks.setdefault((calendar.year, calendar.week), []).append(item)
    found, at = [], 0
    for (year, week), part in weeks.items():
        found.append(Period(figures=_of(part), start=at + 1, end=at + len(part), year=year, week=week))
        at += len(part)
    return found


def _of(items: Sequence[Judged]) -> TwoByTwo:
    cells = Counter((first, second) for _at, first, second in items)
    return two_by_two(cells[True, True], cells[True, False], cells[False, True], cells[False, False])


# ------------------------------------------------------------------------------------------------ many raters
def fleiss(counts: Sequence[Sequence[int]]) -> Coefficient:
    """Fleiss κ; ``counts[item][category]`` = votes. Needs the same number of votes (at least two) for each item."""
    n = len(counts)
    if n == 0:
        return Coefficient(n=0, reason=NO_ITEMS)
    votes = {sum(row) for row in counts}
    if len(votes) > 1:
        return Coefficient(n=n, reason=UNEQUAL)
    m = votes.pop()
    if m < 2:
        return Coefficient(n=n, reason=ONE_RATER)
    observed = sum((sum(x * x for x in row) - m) / (m * (m - 1)) for row in counts) / n
    shares = [sum(column) / (n * m) for column in zip(*counts, strict=True)]
    expected = sum(share * share for share in shares)
    if 1 - expected < TINY:
        return Coefficient(n=n, reason=NO_VARIATION)
    return Coefficient(n=n, value=(observed - expected) / (1 - expected))


def fleiss_where_equal(items: Sequence[Sequence[bool | None]]) -> tuple[Coefficient, int]:
    """Fleiss κ over the items with the most usual number of votes (at least two), and that number; 0 where no item has two."""
    votes = [[vote for vote in item if vote is not None] for item in items]
    sizes = Counter(len(item) for item in votes if len(item) >= 2)
    if not sizes:
        return Coefficient(n=0, reason=NO_ITEMS), 0
    size = max(sizes, key=lambda one: (sizes[one], one))
    return fleiss([[sum(item), size - sum(item)] for item in votes if len(item) == size]), size


def krippendorff(items: Sequence[Sequence[Hashable | None]]) -> Coefficient:
    """Krippendorff's α for nominal votes; ``items[item]`` = its votes, None where missing. Items with < 2 votes are dropped."""
    votes = [Counter(vote for vote in item if vote is not None) for item in items]
    paired = [counter for counter in votes if counter.total() >= 2]
    if not paired:
        return Coefficient(n=0, reason=NO_ITEMS)
    totals: Counter[Hashable] = Counter()
    for counter in paired:
        totals.update(counter)
    whole = totals.total()
    apart = sum((counter.total() ** 2 - _squares(counter)) / (counter.total() - 1) for counter in paired)
    chance = (whole**2 - _squares(totals)) / (whole - 1)
    if len(totals) == 1:
        return Coefficient(n=len(paired), reason=NO_VARIATION)
    return Coefficient(n=len(paired), value=1 - apart / chance)


def _squares(counts: Mapping[Hashable, int]) -> int:
    return sum(x * x for x in counts.values())


def unanimous_share(items: Sequence[Sequence[Hashable]]) -> float | None:
    """Share of items on which all votes are the same (pilot, METHOD.md B4). None without items."""
    return sum(len(set(item)) == 1 for item in items) / len(items) if items else None


def specific_agreement(items: Iterable[Sequence[str]], category: str) -> float | None:
    """Give how often two people who judged an item both named this category, of all pairs of whom one did; None where nobody did.

    Each item holds what each person named, "" for nothing.
    """
    both = one = 0
    for named in items:
        n = sum(name == category for name in named)
        both += n * (n - 1)  # each of the two in a pair that agrees counts
        one += n * (len(named) - n)
    return both / (both + one) if both + one else None


def mean_pairwise(items: Sequence[Sequence[Hashable | None]]) -> float | None:
    """Mean over pairs of raters of their raw agreement; ``items[item][rater]``, None where missing. None without a shared item."""
    raters = range(max((len(item) for item in items), default=0))
    agreements = []
    for i in raters:
        for j in range(i):
            shared = [(item[i], item[j]) for item in items if len(item) > i and item[i] is not None and item[j] is not None]
            if shared:
                agreements.append(sum(x == y for x, y in shared) / len(shared))
    return sum(agreements) / len(agreements) if agreements else None
