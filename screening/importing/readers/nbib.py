"""PubMed's and ERIC's .nbib (MEDLINE display): `TAG - value`, six spaces before a continued line, a blank line between records."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import abstracts, values
from .base import CUT, Ends, Fields, ReadEntry, Reader, entry, safely, taker, trouble
from .source import Source

_TAG = re.compile(r"^([A-Z][A-Z0-9]{1,4}) {0,2}- ?(?! *-)(.*)$")
_START = re.compile(r"^\ufeff?(?:PMID ?- ?[0-9]|OWN {0,2}- )", re.M)
_BODY = re.compile(r"^(?:FAU|DCOM|STAT|LID|AID|OID|PHST|CRDT|EDAT|MHDA) ?- ", re.M)


def recognises(head: str) -> int:
    """PMID or OWN opens a record, and other tags of the family follow."""
    if not _START.search(head):
        return 0
    return 90 if _BODY.search(head) else 60


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each PMID (PubMed) or OWN (ERIC) line that opens a record."""
    position = start = 0
    raw: list[str] = []
    tags: dict[str, list[list[str]]] = {}
    last: list[str] = []
    blank = True
    ends = Ends()
    for place, line in enumerate(source.lines(), 1):
        match = _TAG.match(line.lstrip("\ufeff")) if line[:1] != " " else None
        if match is not None and tags and _opens(match[1], tags, blank=blank):
            position += 1
            yield _finish(position, start, raw, tags)
            ends.note(tags)
            raw, tags = [], {}
        if match is not None:
            if not tags:
                start = place
            last = [match[2].strip()]
            tags.setdefault(match[1], []).append(last)
            raw.append(line)
            blank = False
        elif not line.strip():
            blank = True
            if tags:
                raw.append(line)
        elif tags:
            last.append(line.strip())
            raw.append(line)
            blank = False
    if tags:
        position += 1
        yield trouble(position, start, "\n".join(raw), CUT) if ends.cut(tags, source) else _finish(position, start, raw, tags)


def _opens(tag: str, tags: dict[str, list[list[str]]], *, blank: bool) -> bool:
    """Say whether a tag begins the next record: a second PMID, or PMID/OWN after a blank line."""
    if tag in ("PMID", "OWN"):
        return tag in tags or blank
    return blank and tag in tags and tag in ("TI", "STAT")


@safely
def _finish(position: int, line: int, raw: list[str], parts: dict[str, list[list[str]]]) -> ReadEntry:
    while raw and not raw[-1].strip():
        raw.pop()
    tags = {tag: [text for held in lists if (text := _joined(tag, held))] for tag, lists in parts.items()}
    fields = fields_of({tag: held for tag, held in tags.items() if held})
    remarks = (abstracts.MOJIBAKE,) if abstracts.is_mojibake(fields.title) else ()
    return entry(position, line, "\n".join(raw), fields, remarks)


def _joined(tag: str, lines: list[str]) -> str:
    return " ".join(line for line in lines if line).strip()


def fields_of(tags: dict[str, list[str]]) -> Fields:
    """Map MEDLINE tags to the normal form."""
    first = taker(tags)
    def all_of(*names: str) -> list[str]:
        return [value for name in names for value in tags.pop(name, [])]

    short, full = tags.get("AU", []), tags.get("FAU", [])
    authors = full if len(full) >= len(short) else short
    authors = authors + tags.get("CN", [])
    for name in ("AU", "FAU", "CN"):
        tags.pop(name, None)
    if not authors:
        authors = all_of("FED", "ED")[:0]
    eric = any("ERIC" in held for held in tags.get("OWN", []))
    date = first("DP")
    year = values.year_of(date) if date else None
    kinds = all_of("PT")
    doi = next((found for held in (*tags.get("LID", []), *tags.get("AID", [])) if "[doi]" in held and (found := values.doi_of(held))), "")
    if not doi:
        doi = next(
            (found for held in tags.get("DOI", []) + tags.get("SO", []) if "doi" in held.lower() and (found := values.doi_of(held))), ""
        )
    serial = all_of("IS", "ISSN", "ISBN")
    issn, isbn = values.serials_of("; ".join(serial))
    pmid = values.pmid_of(first("PMID"))
    url = ""
    if eric:
        url = next((held for held in tags.get("LID", []) if held.startswith("http")), "")
    pages = first("PG")
    return Fields(
        type=_type(kinds),
        title=values.tidy(first("TI", "BTI")),
        title_other=values.tidy(first("TT")),
        authors=tuple(values.tidy(name) for name in authors),
        year=year,
        date=date,
        journal=first("JT", "TA") or first("BTI", "CTI"),
        volume=first("VI"),
        issue=first("IP"),
        pages=values.pages_of(pages),
        article_number=pages if re.fullmatch(r"[eE][0-9]+", pages) else "",
        doi=doi,
        pmid=pmid,
        pmcid=values.pmcid_of(first("PMC")) if "PMC" in tags else "",
        issn=issn,
        isbn=isbn,
        accession=first("OID") if eric else pmid,
        database="ERIC" if eric else "PubMed",
        abstract=abstracts.sections(first("AB", "OAB")),
        keywords=tuple(dict.fromkeys(values.tidy(term) for term in all_of("MH", "OT", "DE"))),
        language=first("LA"),
        url=url,
        notes="\n".join(all_of("GN", "NOTE")),
        other=dict(tags) | ({"PT": kinds} if kinds else {}),
    )


def _type(kinds: list[str]) -> str:
    """PubMed names several kinds for one paper: a preprint or a book is more telling than "Journal Article"."""
    found = [values.type_of(kind) for kind in kinds]
    for telling in ("preprint", "book chapter", "book", "thesis", "conference paper", "dataset"):
        if telling in found:
            return telling
    if "journal article" in found or not kinds:
        return "journal article" if kinds else "other"
    return found[0]


READER = Reader("nbib", ("nbib", "medline", "txt"), recognises, read, "PubMed tagged text (nbib)")
