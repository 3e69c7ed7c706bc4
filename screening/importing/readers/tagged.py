"""Tagged text without TY lines (`TI- …`, `TI: …`, `TI  - …`): EBSCOhost's "generic bibliographic" text and its kind.

A record ends where the next line begins again with the tag that opened the first one and can stand only once; after a blank line it
ends at the tag that opened the first one (an AU line, say), or at any tag that can stand only once and is there already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .base import CUT, Ends, ReadEntry, Reader, entry, safely, trouble
from .ris_fields import fields_of
from .source import Source

_TAG = re.compile(r"^\ufeff?([A-Z][A-Z0-9]) {0,3}(?:-|:) ?(.*)$", re.S)
_LINES = re.compile(r"^\ufeff?(TI|AU|SO|AB|PY|AN|JN|JF|DB|YR|DE|SU|T1|A1|KW|DO|IS|VL|LA) {0,3}[-:] ?\S", re.M)
_OTHER = re.compile(r"^[ \t\ufeff]*(?:TY {0,3}-|PMID ?-|PT [A-Z]$|<[0-9]+|Record #|FN )", re.M | re.I)
_ONCE = frozenset(("TI", "T1", "AN", "AB", "SO", "PY", "UI", "ID"))
_FIRST = frozenset(("AU", "A1", "TI", "T1"))  # what a record may begin with
_TITLES = frozenset(("TI", "T1"))
_AS_RIS = {"JN": "JF", "YR": "PY", "DE": "KW", "SU": "KW", "MH": "KW", "PG": "SP", "UI": "AN", "IP": "IS"}


def recognises(head: str) -> int:
    """At least three different tags of references at the beginning of lines, a title among them, and nothing of the other formats."""
    found = set(_LINES.findall(head[:40_000]))
    return 42 if len(found) >= 3 and found & {"TI", "T1"} and not _OTHER.search(head) and not re.search(r"^ER {0,3}-", head, re.M) else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each block."""
    position = start = 0
    opening = ""
    raw: list[str] = []
    tags: dict[str, list[str]] = {}
    last: list[str] = []
    blank = True
    ends = Ends()
    for place, line in enumerate(source.lines(), 1):
        match = _TAG.match(line)
        if match and tags and _begins(match[1], opening, tags, blank=blank):
            position += 1
            yield _finish(position, start, raw, tags)
            ends.note(tags)
            raw, tags = [], {}
        if match:
            if not tags:
                start, opening = place, opening or match[1]
            last = tags.setdefault(match[1], [])
            last.append(match[2].strip())
            raw.append(line)
        elif tags:
            raw.append(line)
            if line.strip():
                last[-1] = f"{last[-1]} {line.strip()}".strip()
        blank = not line.strip()
    if tags:
        position += 1
        yield trouble(position, start, "\n".join(raw), CUT) if ends.cut(tags, source) else _finish(position, start, raw, tags)


def _begins(tag: str, opening: str, tags: dict[str, list[str]], *, blank: bool) -> bool:
    """Say whether a tag begins the next record."""
    if tag == opening and tag in _ONCE:
        return tag in tags
    return blank and (tag == opening or (tag in _ONCE and tag in tags) or (tag in _FIRST and bool(tags.keys() & _TITLES)))


@safely
def _finish(position: int, line: int, raw: list[str], held: dict[str, list[str]]) -> ReadEntry:
    while raw and not raw[-1].strip():
        raw.pop()
    tags: dict[str, list[str]] = {}
    for name, texts in held.items():
        target = _AS_RIS.get(name, name)
        tags.setdefault(target if name == target or target == "KW" or target not in held else name, []).extend(filter(None, texts))
    return entry(position, line, "\n".join(raw), fields_of({name: texts for name, texts in tags.items() if texts}))


READER = Reader("tagged", ("txt",), recognises, read, "tagged text")
