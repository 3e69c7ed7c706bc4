"""Where the points of the small chart of agreement over time stand. Undefined values are gaps; the axis always shows 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .rules import Period

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 12, 28


@dataclass(frozen=True)
class Point:
    """One stretch: heights of the observed agreement and of κ with its interval; None where it is not defined."""

    x: float
    po: float | None
    kappa: float | None
    low: float | None
    high: float | None
    name: str

    @property
    def diamond(self) -> str:
        """The corners of the sign of κ."""
        y = self.kappa or 0.0
        return f"{self.x},{y - 5} {self.x + 5},{y} {self.x},{y + 5} {self.x - 5},{y}"


@dataclass(frozen=True)
class Chart:
    points: list[Point]
    ticks: list[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def chart(periods: Sequence[Period], names: Sequence[str]) -> Chart:
    """Place the periods side by side, in their order."""
    lowest = min([0.0, *(v for one in periods for v in _values(one) if v is not None)])
    bottom = math.floor(lowest * 4) / 4
    step = (WIDTH - LEFT - RIGHT) / max(len(periods), 1)

    def height(value: float | None) -> float | None:
        return None if value is None else round(TOP + (1 - value) / (1 - bottom) * (HEIGHT - TOP - BOTTOM), 1)

    points = []
    for place, (one, name) in enumerate(zip(periods, names, strict=True)):
        po, kappa, low, high = map(height, _values(one))
        points.append(Point(round(LEFT + (place + 0.5) * step, 1), po, kappa, low, high, name))
    marks = [bottom + 0.25 * n for n in range(round((1 - bottom) * 4) + 1)]
    return Chart(points, [(height(mark) or 0.0, f"{mark:.2f}".replace("-", "−")) for mark in marks])


def _values(period: Period) -> tuple[float | None, float | None, float | None, float | None]:
    kappa = period.figures.kappa
    between = kappa.interval
    return period.figures.po, kappa.value, between.low if between else None, between.high if between else None
