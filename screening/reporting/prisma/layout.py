"""Where the boxes of the figure stand and how their text is broken: plain geometry, in pixels of the viewBox.

Widths of letters are those of Arial (Helvetica), with room for wider faces; so the same layout serves every font of the list.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .rules import Box, Flow, Row

SIZE = 13
LEADING = 19
PAD = 13
STEP = 8
GAP = 30  # between rows, room for an arrow
PHASE_X, PHASE_W = 12, 30
LEFT = 58  # where the first column begins
HEAD_Y, HEAD_H = 12, 32
TOP = 60
LEAST = 68  # the height of a box with two lines
ROOM = 1.08  # wider faces than Arial
BOLD = 1.06
PREVIOUS_W, MAIN_W, SIDE_W, OTHER_W, OTHER_SIDE_W = 226.0, 290.0, 318.0, 236.0, 240.0
BETWEEN, ARMS = 26, 32

_WIDTHS = {
    278: " !,./:;[]\\tfI", 222: "ijl", 191: "'", 260: "|", 333: "()-`r", 355: '"', 389: "*", 469: "^", 500: "cksvxyzJ",
    556: "0123456789abdeghnopqu#$?_L", 584: "+<=>~", 611: "FTZ", 667: "&ABEKPSVXY", 722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%",
    944: "W", 1015: "@",
}  # fmt: skip
LETTERS = {letter: width / 1000 for width, letters in _WIDTHS.items() for letter in letters}


@dataclass(frozen=True)
class Piece:
    """A run of text of one kind: "t" bold, "" plain, "n" a count, "s" small, "w" waiting. ``key`` marks the count of a box."""

    text: str
    kind: str = ""
    key: str = ""


@dataclass(frozen=True)
class Line:
    """One line in a box, and how far it is indented."""

    pieces: tuple[Piece, ...]
    indent: int = 0


@dataclass(frozen=True)
class Placed:
    """A box with its place and its broken lines."""

    place: str
    box: Box
    x: float
    y: float
    w: float
    h: float
    lines: tuple[Line, ...]

    @property
    def middle(self) -> float:
        return self.y + self.h / 2

    @property
    def centre(self) -> float:
        return self.x + self.w / 2

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h


@dataclass(frozen=True)
class Band:
    """A head above a column (upright False) or a phase at its side (upright True)."""

    text: str
    x: float
    y: float
    w: float
    h: float
    upright: bool = False


@dataclass(frozen=True)
class Picture:
    """The whole figure: size, boxes by place, heads and phases, arrows as point lists, footnotes below."""

    width: float
    height: float
    boxes: Mapping[str, Placed]
    bands: tuple[Band, ...]
    arrows: tuple[tuple[tuple[float, float], ...], ...]
    foot: tuple[str, ...]
    foot_y: float


# ------------------------------------------------------------------------------------------------ text
def width_of(text: str, *, bold: bool = False, size: float = SIZE) -> float:
    """Estimate how wide a text is, rather too wide than too narrow."""
    return sum(map(_letter, text)) * size * ROOM * (BOLD if bold else 1)


def _letter(letter: str) -> float:
    if known := LETTERS.get(letter):
        return known
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    base = unicodedata.normalize("NFD", letter)[0]
    return LETTERS.get(base, 0.72)


def wrap(text: str, room: float, *, first: float | None = None, bold: bool = False) -> list[str]:
    """Break text at spaces, over-long words anywhere; ``first`` is the room in the first line where it differs."""
    lines: list[str] = []
    line, limit = "", room if first is None else first
    for word in text.split():
        for part in _parts(word, room, bold=bold):
            joined = f"{line} {part}" if line else part
            if line and width_of(joined, bold=bold) > limit:
                lines.append(line)
                line, limit = part, room
            else:
                line = joined
    return [*lines, line] if line else lines


def _parts(word: str, room: float, *, bold: bool) -> Iterable[str]:
    while width_of(word, bold=bold) > room:
        end = max(1, int(len(word) * room / width_of(word, bold=bold)))
        yield word[:end]
        word = word[end:]
    if word:
        yield word


def count_text(n: int, *, declared: bool) -> str:
    """The number as the figure writes it."""
    return f"n = {n:,}{'†' if declared else ''}"


def lines_of(box: Box, width: float) -> tuple[Line, ...]:
    """Break a box into lines: head with its number, rows, what waits, notes. Without parts the number has a line of its own."""
    room, parts = width - 2 * PAD, any(row.level for row in box.rows)
    lines = _counted(Row(key=box.key, label=box.label, n=box.n, level=0, declared=box.declared), room=room, alone=not parts)
    for row in box.rows:
        lines += _counted(row, room=room, alone=not parts)
    lines += [Line((Piece(text, "w"),)) for wait in box.waiting_texts for text in wrap(wait, room)]
    lines += [Line((Piece(text, "s"),), STEP) for note in box.notes for text in wrap(note, room - STEP)]
    return tuple(lines)


def _counted(row: Row, *, room: float, alone: bool) -> list[Line]:
    """A label and its number behind it; the number goes to the next line where it does not fit. Parts hang by a step."""
    bold, indent = row.level == 0, STEP * row.level
    kind, hang = ("t", 0) if bold else ("", indent + STEP)
    texts = wrap(row.label, room - hang, first=room - indent, bold=bold) or [""]
    lines = [Line((Piece(text, kind),), hang if place else indent) for place, text in enumerate(texts)]
    if row.n is None:
        return lines
    count, last = Piece(count_text(row.n, declared=row.declared), "n", row.key), lines[-1]
    needed = width_of(f"{texts[-1]} ", bold=bold) + width_of(f"({count.text})", bold=True)
    if alone or needed > room - last.indent:
        return [*lines, Line((Piece("("), count, Piece(")")), hang)]
    return [*lines[:-1], Line((Piece(f"{texts[-1]} ", kind), Piece("("), count, Piece(")")), last.indent)]


# ------------------------------------------------------------------------------------------------ places
@dataclass(frozen=True)
class _Columns:
    previous: float
    main: float
    side: float
    other: float
    other_side: float
    end: float


def _columns(flow: Flow) -> _Columns:
    main = LEFT + (PREVIOUS_W + BETWEEN if flow.updated else 0)
    side = main + MAIN_W + BETWEEN
    other = side + SIDE_W + ARMS
    other_side = other + OTHER_W + BETWEEN
    end = other_side + OTHER_SIDE_W if flow.with_other else side + SIDE_W
    return _Columns(previous=LEFT, main=main, side=side, other=other, other_side=other_side, end=end)


ROWS: tuple[tuple[str, ...], ...] = (
    ("previous", "identified", "removed", "other_identified"),
    ("screened", "excluded"),
    ("sought", "not_retrieved", "other_sought", "other_not_retrieved"),
    ("assessed", "reports_excluded", "other_assessed", "other_reports_excluded"),
    ("included",),
    ("total",),
)
FULL_HEIGHT = (0, 4, 5)  # rows whose boxes are as tall as the row


def picture(flow: Flow, *, foot: Sequence[str] = ()) -> Picture:
    """Place everything: rows are as tall as their tallest box, phases as tall as their rows."""
    columns = _columns(flow)
    places = _places(columns)
    boxes: dict[str, Placed] = {}
    spans: list[tuple[float, float]] = []
    y: float = TOP
    for number, row in enumerate(ROWS):
        held = {place: flow.boxes[place] for place in row if place in flow.boxes}
        if not held:
            continue
        made = {place: lines_of(box, places[place][1]) for place, box in held.items()}
        height: float = max(LEAST, *(len(lines) * LEADING + 2 * PAD for lines in made.values()))
        for place, lines in made.items():
            x, w = places[place]
            h = height if number in FULL_HEIGHT else max(LEAST, len(lines) * LEADING + 2 * PAD)
            boxes[place] = Placed(place, held[place], x, y + (height - h) / 2, w, h, lines)
        spans.append((y, y + height))
        y += height + GAP
    bottom = y - GAP
    texts = [text for note in foot for text in wrap(note, columns.end - LEFT)]
    whole = bottom + 14 + (len(texts) * LEADING + 12 if texts else 0)
    bands = (*_heads(flow, columns), *_phases(spans))
    return Picture(columns.end + 14, whole, boxes, bands, tuple(_arrows(boxes)), tuple(texts), bottom + 32)


def _places(columns: _Columns) -> dict[str, tuple[float, float]]:
    """The left edge and width of each place."""
    main, side = (columns.main, MAIN_W), (columns.side, SIDE_W)
    other, other_side = (columns.other, OTHER_W), (columns.other_side, OTHER_SIDE_W)
    places = dict.fromkeys(("identified", "screened", "sought", "assessed", "included", "total"), main)
    places |= dict.fromkeys(("removed", "excluded", "not_retrieved", "reports_excluded"), side)
    places |= dict.fromkeys(("other_identified", "other_sought", "other_assessed"), other)
    places |= dict.fromkeys(("other_not_retrieved", "other_reports_excluded"), other_side)
    return places | {"previous": (columns.previous, PREVIOUS_W)}


def _heads(flow: Flow, columns: _Columns) -> Iterable[Band]:
    new = "new studies" if flow.updated else "studies"
    sources = "databases and registers" if flow.with_registers else "databases"
    if flow.updated:
        yield Band("Previous studies", columns.previous, HEAD_Y, PREVIOUS_W, HEAD_H)
    yield Band(f"Identification of {new} via {sources}", columns.main, HEAD_Y, MAIN_W + BETWEEN + SIDE_W, HEAD_H)
    if flow.with_other:
        yield Band(f"Identification of {new} via other methods", columns.other, HEAD_Y, OTHER_W + BETWEEN + OTHER_SIDE_W, HEAD_H)


def _phases(spans: Sequence[tuple[float, float]]) -> Iterable[Band]:
    for text, first, last in (("Identification", 0, 0), ("Screening", 1, 3), ("Included", 4, len(spans) - 1)):
        top, bottom = spans[first][0], spans[last][1]
        yield Band(text, PHASE_X, top, PHASE_W, bottom - top, upright=True)


# ------------------------------------------------------------------------------------------------ arrows
def _arrows(boxes: Mapping[str, Placed]) -> Iterable[tuple[tuple[float, float], ...]]:
    down = ("identified", "screened", "sought", "assessed", "included", "total")
    yield from _down(boxes, down)
    yield from _down(boxes, ("other_identified", "other_sought", "other_assessed"))
    for left, right in (
        ("identified", "removed"),
        ("screened", "excluded"),
        ("sought", "not_retrieved"),
        ("assessed", "reports_excluded"),
        ("other_sought", "other_not_retrieved"),
        ("other_assessed", "other_reports_excluded"),
    ):
        if left in boxes and right in boxes:
            start, end = boxes[left], boxes[right]
            yield (start.right, start.middle), (end.x, start.middle)
    yield from _corners(boxes)


def _down(boxes: Mapping[str, Placed], places: Sequence[str]) -> Iterable[tuple[tuple[float, float], ...]]:
    held = [boxes[place] for place in places if place in boxes]
    for above, below in pairwise(held):
        yield (above.centre, above.bottom), (above.centre, below.y)


def _corners(boxes: Mapping[str, Placed]) -> Iterable[tuple[tuple[float, float], ...]]:
    """The other arm ends in the included studies, the previous version in the total."""
    included = boxes["included"]
    if other := boxes.get("other_assessed"):
        yield (other.centre, other.bottom), (other.centre, included.middle), (included.right, included.middle)
    if (previous := boxes.get("previous")) and (total := boxes.get("total")):
        yield (previous.centre, previous.bottom), (previous.centre, total.middle), (total.x, total.middle)
