"""Draw the overlap of sources as an UpSet picture (Lex et al. 2014): a row a source, a column for each exact combination. Pure.

The screen version uses the classes of dupes.css, so that it follows the theme; the one to keep carries literal colours.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from screening.deduplication.overlap import Overlap
from screening.writers.text import clean

FONTS = "Inter, Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"
ROW, PAD = 28, 8
MOST = 24


@dataclass(frozen=True, slots=True)
class Size:
    """Widths of the parts: a column, the bars of the sources (0: none), their names, in pixels and letters; height of the bars above."""

    column: int
    tall: int
    wide: int
    name: int
    longest: int


WHOLE = Size(column=32, tall=150, wide=110, name=200, longest=28)
PHONE = Size(column=22, tall=110, wide=0, name=92, longest=12)
_LITERAL = {
    "bar": 'fill="#2c4f9e"',
    "dot": 'fill="#1d222a"',
    "off": 'fill="#d5d4cf"',
    "tie": 'stroke="#1d222a" stroke-width="2"',
    "stripe": 'fill="#f3f1ec"',
    "axis": 'stroke="#858993" stroke-width="1"',
    "soft": 'fill="#5f6673" font-size="12"',
    "": 'fill="#1d222a"',
}
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}


def escape(text: str) -> str:
    """Make text safe in SVG: nothing in it is markup, and nothing that XML cannot hold stays."""
    return "".join(_ENTITIES.get(letter, letter) for letter in clean(text).replace("\n", " ").replace("\t", " "))


def upset(found: Overlap, *, title: str, papers: str, rest: str, for_screen: bool, size: Size = WHOLE) -> str:
    """Draw the picture. ``papers``: word over the bars of the sources; ``rest``: sentence with ``{n}`` for combinations left out."""
    sets = found.sets[:MOST]
    letters = max((len(f"{n:,}") for _sources, n in sets), default=1)
    size = replace(size, column=max(size.column, 8 * letters + 4))  # so that no number touches the next
    left = size.wide + size.name + PAD * 2
    width = left + size.column * len(sets) + PAD
    top = size.tall + 34
    left_out = len(found.sets) - len(sets)
    height = top + ROW * len(found.lines) + PAD + (22 if left_out else 0)
    how = 'class="upset"' if for_screen else f'font-family="{FONTS}" font-size="13"'
    ground = "" if for_screen else f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" {how}>',
        f"<title>{escape(title)}</title>{ground}",
        *_rows(found, top, width, papers, for_screen, size),
        *_columns(found, sets, left, top, for_screen, size),
    ]
    if left_out:
        parts.append(_text(left, height - PAD, rest.replace("{n}", f"{left_out:,}"), "soft", for_screen))
    return "".join(parts) + "</svg>"


def _style(name: str, for_screen: bool) -> str:
    return (f'class="{name}"' if name else "") if for_screen else _LITERAL[name]


def _text(x: float, y: float, words: str, name: str, for_screen: bool, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" {_style(name, for_screen)}>{escape(words)}</text>'


def _rows(found: Overlap, top: int, width: int, papers: str, for_screen: bool, size: Size) -> Iterator[str]:
    """Each source: a bar of its papers to the left of its name."""
    most = max((line.papers for line in found.lines), default=1) or 1
    if size.wide:
        yield _text(size.wide, top - 10, papers, "soft", for_screen, "end")
    for n, line in enumerate(found.lines):
        y = top + n * ROW
        if n % 2 == 0:
            yield f'<rect x="0" y="{y}" width="{width}" height="{ROW}" {_style("stripe", for_screen)}/>'
        if size.wide:
            long = max(1.0, (size.wide - 52) * line.papers / most)
            yield f'<rect x="{size.wide - long:g}" y="{y + 7}" width="{long:g}" height="{ROW - 14}" {_style("bar", for_screen)}/>'
            yield _text(size.wide - long - 5, y + 19, f"{line.papers:,}", "", for_screen, "end")
        name = line.name if len(line.name) <= size.longest else line.name[: size.longest - 1].rstrip() + "…"
        yield f"<g><title>{escape(line.name)}</title>{_text(size.wide + PAD, y + 19, name, '', for_screen)}</g>"


def _columns(
    found: Overlap, sets: list[tuple[tuple[int, ...], int]], left: int, top: int, for_screen: bool, size: Size
) -> Iterator[str]:
    """Each exact combination: a bar of its papers over dots for its sources."""
    most = max((n for _sources, n in sets), default=1) or 1
    base = top - 8
    yield f'<line x1="{left}" y1="{base}" x2="{left + size.column * len(sets)}" y2="{base}" {_style("axis", for_screen)}/>'
    for place, (sources, n) in enumerate(sets):
        x = left + place * size.column + size.column / 2
        tall = max(1.0, size.tall * n / most)
        who = " + ".join(found.names[one] for one in sources)
        yield f"<g><title>{escape(f'{who}: {n:,}')}</title>"
        half = size.column * 0.28
        yield f'<rect x="{x - half:g}" y="{base - tall:g}" width="{2 * half:g}" height="{tall:g}" {_style("bar", for_screen)}/>'
        yield _text(x, base - tall - 5, f"{n:,}", "" if size.wide else "soft", for_screen, "middle")
        for row in range(len(found.lines)):
            dot = "dot" if row in sources else "off"
            yield f'<circle cx="{x:g}" cy="{top + row * ROW + ROW / 2:g}" r="6" {_style(dot, for_screen)}/>'
        if len(sources) > 1:
            y1, y2 = (top + row * ROW + ROW / 2 for row in (sources[0], sources[-1]))
            yield f'<line x1="{x:g}" y1="{y1:g}" x2="{x:g}" y2="{y2:g}" {_style("tie", for_screen)}/>'
        yield "</g>"
