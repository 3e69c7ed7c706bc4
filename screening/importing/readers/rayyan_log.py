"""Rayyan's `customizations_log.csv`: who decided what on which article, and when. Its rows are decisions, no references.

A row sets one thing: `included` to 1, 0 (maybe) or -1 (excluded), a label, or a reason (`__EXR__wrong design`), 1 for on and 0 for off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from . import columns, rows, table
from .base import DEFAULT_LIMITS, Limits, Refused
from .found_decisions import EXCLUDE, INCLUDE, MAYBE, FoundDecision
from .source import Source

_VERDICTS = {"1": INCLUDE, "0": MAYBE, "-1": EXCLUDE}
_REASON = "__EXR__"


@dataclass
class _Standing:
    """What stands for one person on one article after the rows so far."""

    verdict: str = ""
    time: str = ""
    marks: dict[str, bool] = field(default_factory=dict)


def read_log(file: BinaryIO, filename: str = "", *, limits: Limits = DEFAULT_LIMITS) -> dict[str, tuple[FoundDecision, ...]]:
    """Give accession (`rayyan-123`, as articles.csv and RIS have it) → the decisions that stand at the end of the log, one a person.

    Raises Refused where the file is no such log.
    """
    source = Source(file, filename, limits)
    if not table.is_log(source.head):
        raise Refused("The file is not Rayyan's log of decisions (customizations_log.csv): choose that file of the export.")
    standing: dict[str, dict[str, _Standing]] = {}
    for row in _rows(source):
        article, person = row.get("articleid", ""), row.get("useremail") or row.get("userid", "")
        if article:
            _apply(standing.setdefault(f"rayyan-{article}", {}).setdefault(person, _Standing()), row)
    return {article: tuple(map(_decision, held, held.values())) for article, held in standing.items()}


def _rows(source: Source) -> Iterator[dict[str, str]]:
    names: list[str] = []
    for _, text, whole in rows.logical_rows(source.lines(), ","):
        cells = rows.split(text, ",") if whole else []
        if not names:
            names = [columns.key(name) for name in cells]
        elif cells:
            yield dict(zip(names, (cell.strip() for cell in cells), strict=False))


def _apply(standing: _Standing, row: dict[str, str]) -> None:
    name, value = row.get("key", "included").strip('"'), row.get("value", "")
    standing.time = row.get("createdat", standing.time) or standing.time
    if name == "included":
        standing.verdict = _VERDICTS.get(value, "")
    elif name:
        standing.marks[name] = value not in ("0", "", "false")


def _decision(person: str, standing: _Standing) -> FoundDecision:
    marks = [name for name, on in standing.marks.items() if on]
    reasons = tuple(name.removeprefix(_REASON) for name in marks if name.startswith(_REASON))
    labels = tuple(name for name in marks if not name.startswith(_REASON))
    return FoundDecision("Rayyan", person, "", standing.verdict, reasons, labels, time=standing.time)
