"""Charts as SVG text. Pure: colours come from classes of the style sheet, all text is escaped, no script, no style."""

from collections.abc import Sequence
from html import escape

from charting.classification_table.rules import heat
from charting.reporting.rules import Count, Cross

ROW, NAME, NUMBER, WIDTH = 24, 132, 28, 330
COLUMN, BASE, TOP = 44, 170, 22
CELL_WIDTH, CELL_HEIGHT, HEAD = 118, 34, 32


def _open(width: int, height: int, title: str) -> str:
    return (
        f'<svg class="chart-svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{escape(title)}">'
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def bars(counts: Sequence[Count], title: str) -> str:
    """Draw lying bars, one a row: name, bar, number."""
    top = max((count.n for count in counts), default=1) or 1
    room = WIDTH - NAME - NUMBER
    parts = [_open(WIDTH, max(len(counts), 1) * ROW + 4, title)]
    for at, count in enumerate(counts):
        y = at * ROW + 2
        length = round(room * count.n / top, 1)
        parts.append(
            f'<text class="end" x="{NAME - 8}" y="{y + 16}">{escape(_cut(count.name, 20))}<title>{escape(count.name)}</title></text>'
        )
        parts.append(f'<rect class="bar-fill" x="{NAME}" y="{y + 3}" width="{length}" height="{ROW - 7}" rx="2"/>')
        parts.append(f'<text class="strong" x="{NAME + length + 6}" y="{y + 16}">{count.n}</text>')
    return "".join([*parts, "</svg>"])


def columns(counts: Sequence[Count], title: str) -> str:
    """Draw standing bars in their order, for years."""
    top = max((count.n for count in counts), default=1) or 1
    width = max(len(counts) * COLUMN + 8, 280)
    parts = [_open(width, BASE + 24, title), f'<line class="rule" x1="4" x2="{width - 4}" y1="{BASE}" y2="{BASE}"/>']
    for at, count in enumerate(counts):
        x = at * COLUMN + 4
        height = round((BASE - TOP) * count.n / top, 1)
        if count.n:
            parts.append(f'<rect class="bar-fill" x="{x + 5}" y="{BASE - height}" width="{COLUMN - 10}" height="{height}" rx="2"/>')
            parts.append(f'<text class="strong mid" x="{x + COLUMN // 2}" y="{BASE - height - 5}">{count.n}</text>')
        name = count.name if len(counts) <= 16 or at % 2 == 0 else ""
        parts.append(f'<text class="mid" x="{x + COLUMN // 2}" y="{BASE + 16}">{escape(_cut(name, 5))}</text>')
    return "".join([*parts, "</svg>"])


def heat_map(cross: Cross, title: str) -> str:
    """Draw a table of cells, the darker the more; each cell says its number, so that colour is never alone."""
    top = max(cross.counts.values(), default=0)
    width = NAME + max(len(cross.columns), 1) * CELL_WIDTH
    parts = [_open(width, HEAD + max(len(cross.rows), 1) * CELL_HEIGHT + 4, title)]
    for at, name in enumerate(cross.columns):
        x = NAME + at * CELL_WIDTH + CELL_WIDTH // 2
        parts.append(f'<text class="mid" x="{x}" y="{HEAD - 10}">{escape(_cut(name, 17))}<title>{escape(name)}</title></text>')
    for line, (name, numbers, _sum) in enumerate(cross.lines):
        y = HEAD + line * CELL_HEIGHT
        parts.append(f'<text class="end" x="{NAME - 8}" y="{y + 21}">{escape(_cut(name, 20))}<title>{escape(name)}</title></text>')
        for at, n in enumerate(numbers):
            x = NAME + at * CELL_WIDTH
            parts.append(
                f'<rect class="h{heat(n, top)}" x="{x + 1}" y="{y + 1}" width="{CELL_WIDTH - 3}" height="{CELL_HEIGHT - 3}" rx="3"/>'
            )
            parts.append(f'<text class="{"strong mid" if n else "mid"}" x="{x + CELL_WIDTH // 2}" y="{y + 21}">{n}</text>')
    return "".join([*parts, "</svg>"])
