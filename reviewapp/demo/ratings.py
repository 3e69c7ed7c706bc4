"""The classification table of the demo: what four authors gave each report and what they agreed on (METHOD.md C3)."""

from dataclasses import dataclass
from functools import cache
from random import Random

from reviewapp.demo import truth

Cell = tuple[int, int]
"""Relevance and quality of study design, each 0 to 3."""

MATRIX: dict[Cell, int] = {
    (relevance, design): count
    for relevance, row in ((3, (11, 9, 4, 2)), (2, (4, 5, 7, 4)), (1, (2, 3, 0, 0)), (0, (0, 2, 0, 0)))
    for design, count in zip((3, 2, 1, 0), row, strict=True)
}
"""How many of the 53 database reports were agreed on in each cell."""

NETWORK_CELLS: dict[str, Cell] = {"n1": (1, 2), "n2": (2, 0)}


@dataclass(frozen=True, slots=True)
class Rated:
    """One report: each author's own (relevance, design), the agreed one, and a note where they were apart."""

    key: str
    round: int | None
    own: dict[str, Cell]
    agreed: Cell
    note: str


def suggests(cell: Cell) -> str | None:
    """Apply the demo's rule: None = include, else the key of the first reason that holds."""
    relevance, design = cell
    if relevance < 2:
        return truth.NOT_RELEVANT
    if design == 0:
        return truth.VIEWPOINT
    return truth.POOR_DESIGN if design == 1 else None


@cache
def ratings() -> tuple[Rated, ...]:
    """Give the ratings of 53 database reports and of the two from the research network, by key."""
    random = Random("demo ratings")
    rows: list[tuple[tuple[str, int], Cell]] = []
    for outcome in (None, *truth.REASONS):
        cells = [cell for cell, count in MATRIX.items() if suggests(cell) == outcome for _ in range(count)]
        random.shuffle(cells)
        rows += zip(_reports(outcome), cells, strict=True)
    found = [_rated(key, round_number, cell, random) for (key, round_number), cell in sorted(rows)]
    return (*found, *(_rated(key, None, cell, random) for key, cell in NETWORK_CELLS.items()))


def _reports(outcome: str | None) -> list[tuple[str, int]]:
    """Name the database reports that end so, with their round."""
    if outcome is None:
        return [(key, number) for number in (1, 2) for key in truth.included_reports(number)]
    return [(key, number) for number in (1, 2) for key, reason in truth.excluded_reports(number).items() if reason == outcome]


def _rated(key: str, round_number: int | None, agreed: Cell, random: Random) -> Rated:
    """Let most authors give the agreed value and at most one per scale stand one step away."""
    own = {author: [*agreed] for author in truth.AUTHORS}
    for scale in (0, 1):
        if random.random() < 0.45:
            author = random.choice(truth.AUTHORS)
            step = random.choice((-1, 1))
            own[author][scale] = min(3, max(0, agreed[scale] + step))
    cells = {author: (values[0], values[1]) for author, values in own.items()}
    note = "" if set(cells.values()) == {agreed} else "Agreed after discussion (demo value)."
    return Rated(key, round_number, cells, agreed, note)
