"""Ovid's plain text: `<8>` begins a record, a heading stands at the margin and its value indented below."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import abstracts, platforms, values
from .base import CUT, Ends, Fields, ReadEntry, Reader, entry, safely, trouble
from .ovid_tagged import _START, author_of
from .source import Source
from .source_line import parse_source

_FIRST = re.compile(
    r"^[ \t]{0,8}<[ \t]?[0-9]{1,7}[ \t]?\.?[ \t]?>[ \t]*\n(?:[ \t]*\n){0,5}(?:Score|Accession Number|"
    r"Author|Authors|Title|Publication Type|Database|Unique Identifier|"
    r"Chapter Title|Source|VN Number|Status|Institution)[^\n]*\n[ \t]+\S",
    re.M,
)


def recognises(head: str) -> int:
    """A numbered start followed by one of Ovid's headings with an indented value."""
    return 93 if _FIRST.search(head) else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each numbered start."""
    position = start = 0
    raw: list[str] = []
    held: dict[str, list[str]] = {}
    name = ""
    ends = Ends()
    for place, line in enumerate(source.lines(), 1):
        if numbered := _START.match(line):
            if held:
                position += 1
                yield _finish(position, start, raw, held)
                ends.note(held)
            raw, start, name = [line], place, ""
            held = {"#": [numbered[1]]}
        elif raw:
            raw.append(line)
            if line[:1] not in (" ", "\t") and line.strip():
                name = line.strip()
                held.setdefault(name, [])
            elif name:
                held[name].append(line.strip())
    if held:
        position += 1
        yield trouble(position, start, "\n".join(raw), CUT) if ends.cut(held, source) else _finish(position, start, raw, held)


@safely
def _finish(position: int, line: int, raw: list[str], held: dict[str, list[str]]) -> ReadEntry:
    while raw and not raw[-1].strip():
        raw.pop()
    found = {name: _joined(name, lines) for name, lines in held.items()}
    return entry(position, line, "\n".join(raw), fields_of({name: text for name, text in found.items() if text}))


TERMS = ("Author Keywords", "Keywords", "Key Concepts", "Subject Headings", "MeSH Subject Headings", "Index Terms")


def _joined(name: str, lines: list[str]) -> str:
    """Join the lines of a value; terms without any ";" stand one a line."""
    return "\n".join(filter(None, lines)) if name in TERMS and not any(";" in line for line in lines) else abstracts.joined_lines(lines)


def fields_of(found: dict[str, str]) -> Fields:
    """Map Ovid's headings to the normal form."""

    def first(*names: str) -> str:
        return next((found.pop(name) for name in names if name in found), "")

    source = values.tidy(first("Source"))
    where = parse_source(source)
    status = found.get("Status", "")
    names = first("Author", "Authors", "Authors Full Name")
    kinds = first("Publication Type", "Document Type")
    issn, isbn = values.serials_of("; ".join(filter(None, (first("ISSN"), first("ISSN Print"), first("ISSN Electronic"), first("ISBN")))))
    keywords = [first(name) for name in TERMS]
    database = platforms.database_name(first("Database"))
    accession = first("Accession Number", "Unique Identifier").rstrip(".")
    year = values.year_of(first("Year of Publication", "Publication Year")) or values.year_of(where.year)
    if year is None and "PUBLISH AHEAD" in status.upper():
        year = values.year_of(status)
    return Fields(
        type=values.type_of(kinds) if kinds else "other",
        title=values.tidy(first("Title", "Chapter Title")),
        title_other=values.tidy(first("Original Title", "Translated Title")),
        authors=tuple(author_of(_degrees_off(name)) for name in _people(names)),
        year=year,
        date=status if year and str(year) in status else "",
        journal=values.tidy(first("Journal Name")) or where.journal,
        volume=where.volume,
        issue=where.issue,
        pages=values.pages_of(where.pages),
        article_number=where.article_number,
        doi=values.doi_of(first("DOI Number", "DOI", "Digital Object Identifier")),
        pmid=values.pmid_of(first("PubMed ID", "PMID")) if "PubMed ID" in found or "PMID" in found else "",
        issn=issn,
        isbn=isbn,
        accession=accession,
        database=database,
        abstract=abstracts.sections(first("Abstract")),
        keywords=tuple(dict.fromkeys(term for text in keywords if text for term in values.split_terms(text))),
        language=first("Language").rstrip("."),
        url=first("Link to the Ovid Full Text or citation", "Link to the Ovid Full Text or citation:", "URL"),
        other={name: [text] for name, text in found.items()} | ({"Source": [source]} if source else {}) | {"platform": ["Ovid"]},
    )


def _people(text: str) -> list[str]:
    """Part names at ";"; what stands between without a comma or a number is a degree of the one before."""
    out: list[str] = []
    for part in (values.tidy(one) for one in re.split(r";|\n", text)):
        if not part:
            continue
        if out and "," not in part and re.fullmatch(r"(?:[A-Z][A-Za-z.]{1,6}\s?)+[0-9*+, ]*", part):
            continue
        out.append(part)
    return out


def _degrees_off(name: str) -> str:
    if len(name) > 400:
        return name
    name = name[:-1] if re.search(r"[^\W\d_A-Z]\.$", name) and not name.endswith(("Jr.", "Sr.")) else name
    return re.sub(r"(?<=[a-z.])\s+(?:MD|PhD|RN|MPH|MSc)(?:,\s*(?:MD|PhD|RN|MPH|MSc))*(?=\s*[0-9*+]*$)", "", name)


READER = Reader("ovid-text", ("txt",), recognises, read, "Ovid plain text")
