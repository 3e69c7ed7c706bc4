"""NoteExpress text, as CNKI, Wanfang and VIP write it: `{Reference Type}: Journal Article`, then `{Title}: …` lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import abstracts, names, platforms, values
from .base import CUT, Ends, Fields, ReadEntry, Reader, entry, safely, taker, trouble
from .source import Source

_TAG = re.compile(r"^\ufeff?\s*\{([A-Za-z][A-Za-z /-]{1,40})\}\s*[:：] ?(.*)$", re.S)
_FIRST = re.compile(r"^\ufeff?[ \t]*\{Reference Type\}[ \t]*[:：]", re.M | re.I)
_START = "reference type"


def recognises(head: str) -> int:
    """A line {Reference Type}."""
    return 94 if _FIRST.search(head) else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each {Reference Type}."""
    position = start = 0
    raw: list[str] = []
    held: dict[str, list[list[str]]] = {}
    parts: list[str] = []
    ends = Ends()
    for place, line in enumerate(source.lines(), 1):
        match = _TAG.match(line)
        name = match[1].lower() if match else ""
        if name == _START and raw:
            position += 1
            yield _finish(position, start, raw, held)
            ends.note(held)
            raw, held = [], {}
        if match is not None:
            start = start if raw else place
            raw.append(line)
            parts = [match[2].strip()]
            held.setdefault(name, []).append(parts)
        elif raw:
            raw.append(line)
            parts.append(line.strip())
    if raw:
        position += 1
        yield trouble(position, start, "\n".join(raw), CUT) if ends.cut(held, source) else _finish(position, start, raw, held)


@safely
def _finish(position: int, line: int, raw: list[str], held: dict[str, list[list[str]]]) -> ReadEntry:
    while raw and not raw[-1].strip():
        raw.pop()
    found = {name: [text for parts in lists if (text := abstracts.joined_lines(parts))] for name, lists in held.items()}
    return entry(position, line, "\n".join(raw), fields_of({name: texts for name, texts in found.items() if texts}))


def fields_of(found: dict[str, list[str]]) -> Fields:
    """Map NoteExpress's names to the normal form."""
    first = taker(found)
    people = found.pop("author", None) or found.pop("translated author", [])
    issn, isbn = values.serials_of(first("isbn/issn", "issn", "isbn"))
    kind = first(_START)
    url = first("url", "link")
    year = first("year", "publication year")
    date = first("date")
    return Fields(
        type=values.type_of(kind) if kind else "other",
        title=values.tidy(first("title")),
        title_other=values.tidy(first("translated title")),
        authors=tuple(name for held in people for name in names.split_names(held.strip("; "))),
        year=values.year_of(year) or values.year_of(date),
        date=date or year,
        journal=values.tidy(first("journal", "secondary title", "tertiary title", "source", "university", "publisher")),
        volume=first("volume"),
        issue=first("issue"),
        pages=values.pages_of(first("pages")),
        doi=values.doi_of(first("doi")) or values.doi_in_link(url),
        issn=issn,
        isbn=isbn,
        accession=first("accession number"),
        database=platforms.database_name(first("database provider", "database")),
        abstract=abstracts.sections(first("abstract")),
        keywords=tuple(dict.fromkeys(term for held in found.pop("keywords", []) for term in values.split_terms(held))),
        language=first("language"),
        url=url,
        notes=first("notes"),
        other=dict(found),
    )


READER = Reader("noteexpress", ("net", "txt", "nes"), recognises, read, "NoteExpress text")
