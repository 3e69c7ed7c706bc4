"""Draw the PRISMA 2020 figure as SVG (for the screen, for export), as PNG, and say it as a list.

Layout after Page et al. 2021, BMJ 372:n71 (CC BY). The screen version uses the classes of look.css and links its counts; the exported
one carries literal blacks, whites and greys and a list of font names, no classes and no links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import resvg_py

from screening.writers.text import clean

from .layout import LEADING, PAD, SIZE, Band, Line, Picture, Piece, Placed, picture
from .rules import Box, Flow

FONTS = "Inter, Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', 'Noto Sans', sans-serif"
SERIFS = "'Source Serif 4', Georgia, 'Times New Roman', 'Liberation Serif', 'DejaVu Serif', serif"
INK, LINE, SOFT, WASH, WHITE, AMBER = "#000000", "#333333", "#555555", "#eeeeee", "#ffffff", "#333333"
CITATION = "Layout after Page MJ et al. The PRISMA 2020 statement. BMJ 2021;372:n71, CC BY."
SCALE = 3  # pixels of the PNG per pixel of the figure
_SAFE_LINK = re.compile(r"(?:https?://|/(?!/)|#|\?|\./)", re.I)
_KINDS = {
    "t": 'font-weight="600"',
    "n": 'font-weight="600"',
    "s": f'fill="{SOFT}"',
    "w": f'fill="{AMBER}" font-style="italic"',
}
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}


class NoFont(RuntimeError):
    """The machine has no font, so that a picture would have no text."""


@dataclass(frozen=True)
class _Style:
    """What differs between the two versions: how a class is written, and whether counts are links."""

    screen: bool
    links: Mapping[str, str]

    def of(self, name: str) -> str:
        return f'class="{name}"' if self.screen else _LITERAL[name]


_LITERAL = {
    "b": f'fill="{WHITE}" stroke="{LINE}" stroke-width="1"',
    "head": f'fill="{WASH}" stroke="{LINE}" stroke-width="1"',
    "phase": f'fill="{WASH}" stroke="{LINE}" stroke-width="1"',
    "arrow": f'fill="none" stroke="{LINE}" stroke-width="1.25"',
    "t": _KINDS["t"],
    "draft": f'font-family="{SERIFS}" font-size="120" font-weight="600" letter-spacing="12" fill="{INK}" fill-opacity="0.06"',
}


def svg(flow: Flow, *, links: Mapping[str, str] | None = None, for_screen: bool) -> str:
    """Draw the figure. ``links``: key of a count (``records_screened``, ``dbr_excluded:Reason``) → address, on the screen only."""
    foot = flow.footnotes if for_screen else (*flow.footnotes, CITATION)
    drawn = picture(flow, foot=foot)
    style = _Style(screen=for_screen, links=links or {})
    parts = [_open(flow, drawn, style), *map(lambda band: _band(band, style), drawn.bands)]
    parts += [_box(placed, style) for placed in drawn.boxes.values()]
    parts += [_arrow(points, style) for points in drawn.arrows]
    parts += _foot(drawn, style)
    if flow.draft:
        parts.append(_watermark(drawn, style))
    return "".join(parts) + "</svg>"


def escape(text: str) -> str:
    """Make text safe in SVG, in elements and attributes: nothing in it is markup, and nothing that XML cannot hold stays."""
    return "".join(_ENTITIES.get(letter, letter) for letter in clean(text).replace("\n", " ").replace("\t", " "))


def _open(flow: Flow, drawn: Picture, style: _Style) -> str:
    size, title = f"{_n(drawn.width)} {_n(drawn.height)}", "PRISMA 2020 flow diagram" + (", draft" if flow.draft else "")
    if style.screen:
        marker = (
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
            '<path d="M0 .8 7.5 4 0 7.2z"/></marker></defs>'
        )
        return f'<svg class="prisma" viewBox="0 0 {size}" role="group" aria-labelledby="pt"><title id="pt">{title}</title>{marker}'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(drawn.width)}" height="{_n(drawn.height)}" viewBox="0 0 {size}" role="img" '
        f'font-family="{FONTS}" font-size="{SIZE}" fill="{INK}"><title>{title}</title><desc>{escape(_description(flow))}</desc>'
        f'<rect width="100%" height="100%" fill="{WHITE}"/>'
    )


def _description(flow: Flow) -> str:
    return " ".join(f"{head}: {'; '.join(lines)}." for head, lines in as_list(flow))


def _band(band: Band, style: _Style) -> str:
    rect = _rect(band.x, band.y, band.w, band.h, style.of("phase" if band.upright else "head"))
    x, y = band.x + band.w / 2, band.y + band.h / 2
    place = f'transform="translate({_n(x + 4.5)} {_n(y)}) rotate(-90)"' if band.upright else f'x="{_n(x)}" y="{_n(y + 4.5)}"'
    return f'{rect}<text {style.of("t")} {place} text-anchor="middle">{escape(band.text)}</text>'


def _rect(x: float, y: float, w: float, h: float, look: str) -> str:
    return f'<rect {look} x="{_n(x + 0.5)}" y="{_n(y + 0.5)}" width="{_n(w)}" height="{_n(h)}" rx="3"/>'


def _box(placed: Placed, style: _Style) -> str:
    first = placed.middle - len(placed.lines) * LEADING / 2 + LEADING - 5
    texts, head = [], ""
    for number, line in enumerate(placed.lines):
        head = _label(placed.box, line) or head
        x, y = placed.x + PAD + line.indent, first + number * LEADING
        texts.append(f'<text x="{_n(x)}" y="{_n(y)}">{"".join(_piece(piece, placed.box, style) for piece in line.pieces)}</text>')
    return _rect(placed.x, placed.y, placed.w, placed.h, style.of("b")) + "".join(texts)


def _label(box: Box, line: Line) -> str:
    return next((piece.text for piece in line.pieces if piece.kind in ("t", "")), "") or box.label


def _piece(piece: Piece, box: Box, style: _Style) -> str:
    text = escape(piece.text)
    if not piece.kind:
        return text
    look = f'class="{piece.kind}"' if style.screen else _KINDS[piece.kind]
    span = f"<tspan {look}>{text}</tspan>"
    link = style.links.get(piece.key, "") if style.screen and piece.key else ""
    if not link or not _SAFE_LINK.match(link):
        return span
    return f'<a href="{escape(link)}" aria-label="{escape(f"{_name(box, piece.key)}: {piece.text}, open the records")}">{span}</a>'


def _name(box: Box, key: str) -> str:
    """What a count is called aloud: its row, with the box's name before it where the row is a part."""
    for row in box.rows:
        if row.key == key:
            return row.label if row.level == 0 else f"{box.label}, {row.label}"
    return box.label


def _arrow(points: tuple[tuple[float, float], ...], style: _Style) -> str:
    if style.screen:
        return f'<path {style.of("arrow")} d="{_path((*points[:-1], _short(points, 0.5)))}"/>'
    (x, y), (before_x, before_y) = points[-1], points[-2]
    step_x, step_y = _sign(x - before_x), _sign(y - before_y)
    back_x, back_y = x - 8 * step_x, y - 8 * step_y
    tip = (
        f"M{_n(x)} {_n(y)}L{_n(back_x - 3.5 * step_y)} {_n(back_y - 3.5 * step_x)}L{_n(back_x + 3.5 * step_y)} {_n(back_y + 3.5 * step_x)}z"
    )
    return f'<path {style.of("arrow")} d="{_path((*points[:-1], _short(points, 6)))}"/><path fill="{LINE}" d="{tip}"/>'


def _short(points: tuple[tuple[float, float], ...], by: float) -> tuple[float, float]:
    (x, y), (before_x, before_y) = points[-1], points[-2]
    return x - by * _sign(x - before_x), y - by * _sign(y - before_y)


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _path(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)


def _foot(drawn: Picture, style: _Style) -> list[str]:
    look = 'class="s"' if style.screen else f'fill="{SOFT}" font-size="11.5"'
    lines = enumerate(drawn.foot)
    return [f'<text {look} x="{_n(58)}" y="{_n(drawn.foot_y + place * LEADING)}">{escape(text)}</text>' for place, text in lines]


def _watermark(drawn: Picture, style: _Style) -> str:
    x, y = drawn.width / 2, drawn.height / 2
    return (
        f'<text {style.of("draft")} x="{_n(x)}" y="{_n(y + 40)}" text-anchor="middle" transform="rotate(-18 {_n(x)} {_n(y)})" '
        'aria-hidden="true">DRAFT</text>'
    )


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


# ------------------------------------------------------------------------------------------------ picture
def png(svg_text: str) -> bytes:
    """Render an exported SVG at three times its size. Raise NoFont where the machine has no font for its text."""
    if not _has_font():
        raise NoFont("The picture cannot be drawn: no font is installed on the server. Take the SVG, or install one (fonts-dejavu-core).")
    return resvg_py.svg_to_bytes(svg_string=svg_text, zoom=SCALE, background=WHITE)


@cache
def _has_font() -> bool:
    """Draw a letter and nothing, and compare: a missing font gives a picture without text and no error."""
    frame = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">{}</svg>'
    letter = f'<text x="2" y="16" font-size="16" font-family="{FONTS}">n</text>'
    return resvg_py.svg_to_bytes(svg_string=frame.format(letter)) != resvg_py.svg_to_bytes(svg_string=frame.format(""))


# ------------------------------------------------------------------------------------------------ list
_SECTIONS = (
    ("Previous version", ("previous",)),
    (
        "Databases and registers",
        ("identified", "removed", "screened", "excluded", "sought", "not_retrieved", "assessed", "reports_excluded"),
    ),
    (
        "Other methods",
        ("other_identified", "other_sought", "other_not_retrieved", "other_assessed", "other_reports_excluded"),
    ),
    ("Included", ("included", "total")),
)


def as_list(flow: Flow) -> list[tuple[str, list[str]]]:
    """Say the figure: heading → lines in the order of the flow, parts within one line, what waits beside its box."""
    said = []
    for head, places in _SECTIONS:
        lines = [_said(flow.boxes[place]) for place in places if place in flow.boxes]
        if lines:
            said.append((head, lines))
    return said


def _said(box: Box) -> str:
    text = box.label if box.n is None else f"{box.label}: {_amount(box.n, declared=box.declared)}"
    parts = [f"{row.label} {_amount(row.n or 0, declared=row.declared)}" for row in box.rows]
    text += (" – " if parts else "") + ", ".join(parts)
    return "; ".join((text, *box.waiting_texts, *(note.rstrip(",") for note in box.notes)))


def _amount(n: int, *, declared: bool) -> str:
    return f"{n:,} (declared in part)" if declared else f"{n:,}"
