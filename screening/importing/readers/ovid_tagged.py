"""Ovid's tagged text: `<12. >` begins a record, then `TI  - …`; with or without indent, one or two spaces before the hyphen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import abstracts, platforms, values
from .base import CUT, Ends, Fields, ReadEntry, Reader, entry, safely, taker, trouble, words
from .source import Source
from .source_line import parse_source

_START = re.compile(r"^\s*<\s*([0-9]{1,7})\s*\.?\s*>\s*$")
_FIRST = re.compile(r"^[ \t]{0,8}<[ \t]?[0-9]{1,7}[ \t]?\.?[ \t]?>[ \t]*\n(?:[ \t]*\n)?[ \t]?[A-Z][A-Z0-9][ \t\xa0]{1,3}-[ \xa0]", re.M)
_VENDOR = re.compile(r"^[ \t]?VN[ \t\xa0]{1,3}-[ \xa0]Ovid", re.M)
_TAG = re.compile(r"^ ?([A-Z][A-Z0-9])[ \t\xa0]{1,3}-(?:[ \xa0]+(.*)|\s*)$", re.S)
LISTS = frozenset(words("AU KW KY MH SH MJ MC ID CB CC PT DT IN CM"))


def recognises(head: str) -> int:
    """A numbered start followed by a tag line, or the vendor line."""
    return 94 if _FIRST.search(head) else 60 if _VENDOR.search(head) and "TY  - " not in head else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each numbered start (or, where the numbers are lost, for each VN line)."""
    position = start = 0
    raw: list[str] = []
    parts: list[list[str]] = []
    held: dict[str, list[list[str]]] = {}
    ends = Ends()
    for place, line in enumerate(source.lines(), 1):
        numbered = _START.match(line)
        match = None if numbered else _TAG.match(line)
        if numbered or (match and match[1] == "VN" and "VN" in held):
            if held:
                position += 1
                yield _finish(position, start, raw, held)
                ends.note(held)
            raw, held, parts, start = [line], {}, [], place
            if numbered:
                held["#"] = [[numbered[1]]]
                continue
        if match is not None:
            if not raw:
                start = place
            if match is not None and not (numbered and not held):
                if not raw or raw[-1] is not line:
                    raw.append(line)
                parts = held.setdefault(match[1], [])
                parts.append([(match[2] or "").strip()])
        elif raw:
            raw.append(line)
            if parts:
                parts[-1].append(line.strip())
    if held:
        position += 1
        yield trouble(position, start, "\n".join(raw), CUT) if ends.cut(held, source) else _finish(position, start, raw, held)


@safely
def _finish(position: int, line: int, raw: list[str], held: dict[str, list[list[str]]]) -> ReadEntry:
    while raw and not raw[-1].strip():
        raw.pop()
    tags = {tag: [text for one in lists for text in _texts(tag, one) if text] for tag, lists in held.items()}
    return entry(position, line, "\n".join(raw), fields_of({tag: texts for tag, texts in tags.items() if texts}))


def _texts(tag: str, lines: list[str]) -> list[str]:
    if tag in ("AU", "IN", "KW", "MH", "SH"):
        return [line for line in lines if line]
    return [abstracts.joined_lines(lines) if tag == "AB" else " ".join(line for line in lines if line)]


_BRACKETED = re.compile(r"\s*\[[^\]]*\]")
_DEGREE = re.compile(
    r"(?:[,;]?\s+(?:MD|M\.D\.?|PhD|Ph\.D\.?|MPH|MSc|M\.Sc\.?|BSc|RN|FAAN|FACSM|FACS|FRCP|MBBS|MS|MA|DrPH|DDS|DO|PharmD|EdD|PsyD|MSN|BA|BS|MBA))+[.,]?$"
)
_MARKS = re.compile(r"(?:\s+[0-9*+,\[\]#§&a-z]{1,6})$")


def author_of(text: str) -> str:
    """Take degrees, footnote marks and bracketed notes off a name."""
    name = values.tidy(text)
    if len(name) > 400:
        return name
    name = values.tidy(_BRACKETED.sub("", name))
    name = _MARKS.sub("", name) if re.search(r"\s(?:[0-9][0-9,*+]*|[*+]+)$", name) else name
    return _DEGREE.sub("", name).strip(" ,;") or values.tidy(text)


def fields_of(tags: dict[str, list[str]]) -> Fields:
    """Map Ovid's tags to the normal form."""
    first = taker(tags)
    where = parse_source(tags.get("SO", [""])[0])
    date = first("DP", "YR", "DG")
    year = values.year_of(tags.get("YR", [""])[0]) or values.year_of(date) or values.year_of(where.year)
    database = platforms.database_name(first("DB"))
    accession = first("UI", "AN").removeprefix("Peer Reviewed Journal: ")
    issn, isbn = values.serials_of("; ".join(tags.pop("IS", []) + tags.pop("IB", []) + tags.pop("ES", [])))
    low = database.lower()
    keywords = [
        term for name in ("KW", "ID", "SH", "MH", "MJ", "KY", "DE") for held in tags.pop(name, []) for term in values.split_terms(held)
    ]
    kinds = tags.get("PT", []) + tags.get("DT", [])
    doi_text = first("DO", "DI")
    return Fields(
        type=values.type_of("; ".join(kinds)) if kinds else "other",
        title=values.tidy(first("TI")),
        title_other=values.tidy(first("OT", "TO", "OL" if "journal" not in tags.get("OL", [""])[0].lower() else "TO"))
        if "OT" in tags
        else "",
        authors=tuple(author_of(name) for name in tags.pop("AU", []) if name.strip()),
        year=year,
        date=date or where.date,
        journal=values.tidy(first("JN", "JT")) or where.journal,
        volume=where.volume or first("VO"),
        issue=where.issue or first("IP"),
        pages=values.pages_of(first("PG") or where.pages),
        article_number=where.article_number,
        doi=values.doi_of(doi_text),
        pmid=values.pmid_of(first("PM")) if "PM" in tags else values.pmid_of(accession) if "medline" in low and accession.isdigit() else "",
        pmcid="",
        issn=issn,
        isbn=isbn,
        accession=accession.rstrip("."),
        database=database,
        abstract=abstracts.sections(first("AB")),
        keywords=tuple(dict.fromkeys(keywords)),
        language=first("LG", "LA").rstrip("."),
        url=first("XL", "UR"),
        other=dict(tags),
    )


READER = Reader("ovid-tagged", ("txt", "cgi", "ovd"), recognises, read, "Ovid tagged text")
