"""Cochrane Library plain text: `Record #1 of 78`, then `TI: …` lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import abstracts, platforms, values
from .base import CUT, Ends, Fields, ReadEntry, Reader, entry, safely, trouble
from .source import Source

_START = re.compile(r"^\ufeff?Record #([0-9]{1,7}) of [0-9]{1,7}\s*$")
_FIRST = re.compile(
    r"^\ufeff?Record #[0-9]{1,7} of [0-9]{1,7}[ \t]*\n(?:[ \t]*\n){0,5}(?:[^\n:]{2,30}: [^\n]*\n){0,3}?(?:ID|AU|TI|AN): ", re.M
)
_TAG = re.compile(r"^([A-Z]{2,4}): ?(.*)$", re.S)


def recognises(head: str) -> int:
    """The record line followed by `ID:`, `AU:` or `TI:`."""
    return 94 if _FIRST.search(head) else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each record line."""
    position = start = 0
    raw: list[str] = []
    tags: dict[str, list[list[str]]] = {}
    parts: list[str] = []
    ends = Ends()
    for place, line in enumerate(source.lines(), 1):
        if numbered := _START.match(line):
            if raw:
                position += 1
                yield _finish(position, start, raw, tags)
                ends.note(tags)
            raw, tags, parts, start = [line], {"#": [[numbered[1]]]}, [], place
        elif raw:
            raw.append(line)
            if match := _TAG.match(line):
                parts = [match[2].strip()]
                tags.setdefault(match[1], []).append(parts)
            elif line.strip():
                parts.append(line.strip())
    if raw:
        position += 1
        yield trouble(position, start, "\n".join(raw), CUT) if ends.cut(tags, source) else _finish(position, start, raw, tags)


@safely
def _finish(position: int, line: int, raw: list[str], held: dict[str, list[list[str]]]) -> ReadEntry:
    while raw and not raw[-1].strip():
        raw.pop()
    tags = {tag: [text for parts in lists if (text := abstracts.joined_lines(parts))] for tag, lists in held.items()}
    return entry(position, line, "\n".join(raw), fields_of({tag: texts for tag, texts in tags.items() if texts}))


def fields_of(tags: dict[str, list[str]]) -> Fields:
    """Map Cochrane's tags to the normal form."""

    def first(*names: str) -> str:
        return next((tags[name].pop(0) for name in names if tags.get(name)), "")

    accession = first("ID", "AN")
    authors = [name for held in tags.pop("AU", []) for name in (held.split(";") if ";" in held else [held])]
    keywords = [term for held in tags.pop("KY", []) + tags.pop("KW", []) for term in values.split_terms(held)]
    issn, isbn = values.serials_of(first("SN"))
    year_text = first("YR", "PY")
    return Fields(
        type=values.type_of(first("PT")),
        title=values.tidy(first("TI")),
        authors=tuple(filter(None, map(values.tidy, authors))),
        year=values.year_of(year_text),
        date=year_text,
        journal=values.tidy(first("SO")),
        volume=first("VL"),
        issue=first("NO", "IS"),
        pages=values.pages_of(first("PG")),
        doi=values.doi_of(first("DOI")),
        pmid=values.pmid_of(first("PM").removeprefix("PUBMED ")) if "PM" in tags else "",
        issn=issn,
        isbn=isbn,
        accession=accession,
        database=platforms.database_by_accession(accession) or "Cochrane Library",
        abstract=abstracts.sections(first("AB")),
        keywords=tuple(dict.fromkeys(keywords)),
        language=first("LA"),
        url=first("US", "UR"),
        other={tag: held for tag, held in tags.items() if held},
    )


READER = Reader("cochrane-text", ("txt",), recognises, read, "Cochrane Library plain text")
