"""Write references as RIS, so that our reader and the usual reference managers read the same back.

Records are anything with the attributes of ``screening.importing.readers.Fields``. Values go on one line; the abstract keeps its
lines, indented so that none can be taken for a tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .text import clean, one_line

TYPES = {
    "journal article": "JOUR",
    "conference paper": "CONF",
    "book": "BOOK",
    "book chapter": "CHAP",
    "thesis": "THES",
    "report": "RPRT",
    "web page": "ELEC",
    "dataset": "DATA",
    "preprint": "PREPRINT",
}
END = "\r\n"
INDENT = "      "
_PAGES = re.compile(r"([^-–]+)[-–]([^-–]+)")
# Tags of the RIS specification that have no field of their own; others could be taken for something else, or for text.
KEPT = re.findall(
    r"\w+", "A2 A3 A4 AD C1 C2 C3 C4 C5 C6 C8 CA CN CY ED ET J2 JA JO L1 L2 L3 L4 LB M1 M3 NV PB RP ST T3 TA U1 U2 U3 U4 U5 UR"
)


def write(records: Iterable[Any]) -> Iterator[str]:
    """Yield one entry of RIS text per record, with CRLF."""
    for record in records:
        yield "".join(f"{tag}  - {value}{END}" for tag, value in _lines(record)) + f"ER  - {END}{END}"


def _lines(record: Any) -> Iterator[tuple[str, str]]:
    yield "TY", TYPES.get(record.type, "GEN")
    yield from _each("AU", record.authors)
    yield from _one("TI", record.title)
    yield from _one("TT", record.title_other)
    yield from _dates(record)
    yield from _one("JF" if record.type == "journal article" else "T2", record.journal)
    yield from _one("VL", record.volume)
    yield from _one("IS", record.issue)
    yield from _pages(one_line(record.pages))
    yield from _one("C7", record.article_number)
    yield from _one("DO", record.doi)
    yield from _one("PM", record.pmid)
    yield from _one("C2", record.pmcid)
    yield from _one("SN", record.issn)
    yield from _one("SN", record.isbn)
    yield from _one("AN", record.accession)
    yield from _one("DB", record.database)
    yield from _abstract(record.abstract)
    yield from _each("KW", record.keywords)
    yield from _one("LA", record.language)
    yield from _each("UR", clean(record.url).split("\n"))
    yield from _each("N1", clean(record.notes).split("\n"))
    yield from _others(record)


def _one(tag: str, value: str) -> Iterator[tuple[str, str]]:
    if text := one_line(value):
        yield tag, text


def _each(tag: str, values: Iterable[str]) -> Iterator[tuple[str, str]]:
    for value in values:
        yield from _one(tag, value)


def _dates(record: Any) -> Iterator[tuple[str, str]]:
    date = one_line(record.date)
    if record.year is not None:
        yield "PY", str(record.year)
    if date and date != str(record.year):
        yield "DA", date


def _pages(pages: str) -> Iterator[tuple[str, str]]:
    match = _PAGES.fullmatch(pages)
    if match and match[1].strip() != match[2].strip():
        yield "SP", match[1].strip()
        yield "EP", match[2].strip()
    elif pages:
        yield "SP", pages


def _abstract(abstract: str) -> Iterator[tuple[str, str]]:
    """An empty line between paragraphs tells them from wrapped lines; a line that begins like a BibTeX entry goes on the one before."""
    paragraphs = [text for line in clean(abstract).split("\n") if (text := line.strip())]
    if paragraphs:
        yield "AB", f"{END}{INDENT}{END}{INDENT}".join(paragraphs).replace(f"{END}{INDENT}{END}{INDENT}@", " @")


def _others(record: Any) -> Iterator[tuple[str, str]]:
    """What was read from RIS tags without a field of their own goes back to its tag."""
    for tag, values in (record.other or {}).items():
        if tag in KEPT:
            yield from _each(tag, (value for value in values if value != record.pmcid))
