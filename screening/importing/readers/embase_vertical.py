"""Embase.com CSV, vertical: one row a field ("TITLE","..."), one cell a name, a blank row between records."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import columns, names, values
from .base import CUT, Ends, Fields, ReadEntry, Reader, entry, safely, trouble
from .rows import logical_rows, split
from .source import Source
from .table import OPEN_QUOTE

_FIRST = re.compile(r'^\ufeff?\s*"?(?:TITLE|ORIGINAL TITLE)"?,"', re.M)
_OTHERS = re.compile(r'^"?(?:AUTHOR NAMES|SOURCE|SOURCE TITLE|ABSTRACT|PUBLICATION YEAR|EMTREE [A-Z ()-]+)"?,"', re.M)


def recognises(head: str) -> int:
    """The first cell of the first row is TITLE with its value beside it, and other field names stand in first cells below."""
    return 92 if _FIRST.match(head) and _OTHERS.search(head) else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each block between blank rows."""
    position = start = 0
    raw: list[str] = []
    held: dict[str, list[str]] = {}
    broken = False
    seen: set[str] = set()
    ends = Ends()
    for place, text, whole in logical_rows(source.lines(), ","):
        cells = split(text.lstrip("\ufeff"), ",") if text.strip() else []
        name = cells[0].strip().upper() if cells else ""
        if raw and (not any(cell.strip() for cell in cells) or (name == "TITLE" and "TITLE" in held)):
            position += 1
            yield _finish(position, start, raw, held, broken)
            ends.note(seen)
            seen = set()
            raw, held, broken = [], {}, False
        if not any(cell.strip() for cell in cells):
            continue
        if not raw:
            start = place
        raw.append(text)
        broken = broken or not whole
        if name:
            seen.add(name)
            held.setdefault(name, []).extend(cell.strip() for cell in cells[1:] if cell.strip())
    if raw:
        position += 1
        cut = ends.cut(seen, source)
        yield trouble(position, start, "\n".join(raw), CUT) if cut else _finish(position, start, raw, held, broken)


@safely
def _finish(position: int, line: int, raw: list[str], held: dict[str, list[str]], broken: bool) -> ReadEntry:
    text = "\n".join(raw)
    return trouble(position, line, text, OPEN_QUOTE) if broken else entry(position, line, text, fields_of(held))


def fields_of(held: dict[str, list[str]]) -> Fields:
    """Map the field names by the table of columns; authors and index terms have a cell for each."""
    authors = held.pop("AUTHOR NAMES", []) or held.pop("AUTHORS", [])
    terms = [held.pop(name) for name in list(held) if name == "AUTHOR KEYWORDS" or name.startswith("EMTREE")]
    heads = list(held)
    cells = ["; ".join(held[name]) if name != "ABSTRACT" else "\n".join(held[name]) for name in heads]
    fields = columns.fields_of(heads, columns.plan(heads), cells, "Embase", "Embase.com")
    made = {name: getattr(fields, name) for name in Fields.__slots__}
    if len(authors) == 1:
        authors = names.split_names(authors[0])
    made["authors"] = tuple(map(values.tidy, authors))
    made["keywords"] = tuple(dict.fromkeys(values.tidy(term) for cells_of in terms for term in cells_of))
    return Fields(**made)


READER = Reader("embase-vertical", ("csv",), recognises, read, "Embase.com CSV (vertical)")
