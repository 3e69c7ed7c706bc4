"""EndNote tagged text (.enw, refer): `%T title`; %0 or a blank line begins the next record, whichever the source writes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import abstracts, names, platforms, values
from .base import CUT, Ends, Fields, ReadEntry, Reader, entry, safely, taker, trouble
from .source import Source

_TAG = re.compile(r"^\ufeff?%([0-9A-Z!@#$&()*+,:;<=>?\[\]^~|-])(?: (.*)|\s*)$", re.S)
_LINES = re.compile(r"^\ufeff?%[0TAJDBX](?: |$)", re.M)


def recognises(head: str) -> int:
    """At least two lines with the commonest tags, the first of them early."""
    first = _TAG.match(head.lstrip("\ufeff \n").partition("\n")[0])
    count = len(_LINES.findall(head))
    return 88 if first and count >= 2 else 55 if count >= 3 else 45 if first and count else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each block of tags."""
    position = start = 0
    raw: list[str] = []
    tags: dict[str, list[list[str]]] = {}
    parts: list[str] = []
    blank = leads = False  # leads: this source begins its records with %0; others end them with it
    ends = Ends()
    for place, line in enumerate(source.lines(), 1):
        match = _TAG.match(line) if line[:1] in ("%", "\ufeff") else None
        if match is not None:
            if raw and _begins(match[1], tags, blank=blank, leads=leads):
                position += 1
                yield _finish(position, start, raw, tags)
                ends.note(tags)
                raw, tags = [], {}
            if not raw:
                start = place
                leads = leads or (not position and match[1] == "0")
            parts = [(match[2] or "").strip()]
            tags.setdefault(match[1], []).append(parts)
            raw.append(line)
            blank = False
        elif raw:
            raw.append(line)
            if line.strip():
                parts.append(line.strip())
            else:
                blank = True
    if raw:
        position += 1
        yield trouble(position, start, "\n".join(raw), CUT) if ends.cut(tags, source) else _finish(position, start, raw, tags)


def _begins(tag: str, tags: dict[str, list[list[str]]], *, blank: bool, leads: bool) -> bool:
    """Say whether a tag begins a new record: %0 after content, a second title, or any first tag of a record after a blank line."""
    if tag == "0":
        return bool(tags.keys() - {"0"}) and (blank or "0" in tags or (leads and len(tags) > 2))
    return (tag == "T" and "T" in tags) or (blank and tag in ("T", "A", "B", "J") and (tag in tags or tag == "T" or "T" in tags))


@safely
def _finish(position: int, line: int, raw: list[str], held: dict[str, list[list[str]]]) -> ReadEntry:
    while raw and not raw[-1].strip():
        raw.pop()
    tags = {tag: [text for parts in lists if (text := _text(tag, parts))] for tag, lists in held.items()}
    fields = fields_of({tag: texts for tag, texts in tags.items() if texts})
    return entry(position, line, "\n".join(raw), fields, (abstracts.MOJIBAKE,) if abstracts.is_mojibake(fields.title) else ())


def _text(tag: str, parts: list[str]) -> str:
    if tag == "K":
        return "\n".join(parts)
    return abstracts.joined_lines(parts) if tag in ("X", "Z") else " ".join(parts).strip()


def fields_of(tags: dict[str, list[str]]) -> Fields:
    """Map refer tags to the normal form."""
    first = taker(tags)
    issn, isbn = values.serials_of(first("@"))
    date = first("8")
    year_text = first("D")
    url = first("U", ">")
    accession = first("M")
    database = platforms.database_name(first("~")) or platforms.platform_of_link(url)[1]
    kind = first("0")
    return Fields(
        type=values.type_of(kind) if kind else "other",
        title=values.tidy(first("T")),
        title_other=values.tidy(first("Q")),
        authors=tuple(one for held in tags.pop("A", []) for one in _people(held)),
        year=values.year_of(year_text) or values.year_of(date),
        date=date or year_text,
        journal=values.tidy(first("J", "B")),
        volume=first("V"),
        issue=first("N"),
        pages=values.pages_of(first("P")),
        doi=values.doi_of(first("R")) or values.doi_in_link(url),
        pmid=values.pmid_of(accession) if accession.isdigit() and "medline" in database.lower() else "",
        pmcid=values.pmcid_of(first("2")) if "PMC" in tags.get("2", [""])[0] else "",
        issn=issn,
        isbn=isbn,
        accession=accession,
        database=database,
        abstract=abstracts.sections(first("X")),
        keywords=tuple(dict.fromkeys(term for held in tags.pop("K", []) for line in held.split("\n") for term in _terms(line))),
        language=first("G"),
        url=url,
        notes=first("Z"),
        other={f"%{tag}": held for tag, held in tags.items()},
    )


def _people(held: str) -> list[str]:
    """Part several names; the comma behind one tells EndNote that it is a group's, and is no part of it."""
    return names.split_names(held) if ";" in held else [values.tidy(held).rstrip(" ,")]


def _terms(line: str) -> list[str]:
    return [term for part in re.split(r";|--(?: |$)", line) if (term := values.tidy(part))]


READER = Reader("enw", ("enw", "refer", "ref", "enl", "txt"), recognises, read, "EndNote tagged text (refer)")
