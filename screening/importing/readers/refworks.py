"""RefWorks tagged: `RT Journal Article` begins a record, then `T1 title`, two letters and a space."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import abstracts, names, platforms, values
from .base import CUT, Ends, Fields, ReadEntry, Reader, entry, safely, taker, trouble, words
from .source import Source

_TAG = re.compile(r"^([A-Z][A-Z0-9])(?: (.*)|\s*)$", re.S)
_FIRST = re.compile(r"^\ufeff?RT [A-Z][A-Za-z ,()/-]{2,60}\s*$", re.M)
_BODY = re.compile(r"^(?:SR|ID|A1|T1|YR|JF|K1) \S", re.M)
TAGS = frozenset(
    words(
        "RT SR ID A1 A2 A3 A4 A5 A6 T1 T2 T3 JF JO JA YR FD VO IS SP OP K1 AB NO PB PP ED SN AV AD AN LA CL SF OT LK DO CN DB DS IP RD ST "
        "U1 U2 U3 U4 U5 U6 U7 U8 U9 UL SL LL CR WT WV WP OL PMID PMCID"
    )
)


def recognises(head: str) -> int:
    """An RT line, then tags of the family."""
    return 86 if _FIRST.search(head) and len(_BODY.findall(head[:20_000])) >= 2 else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each RT line."""
    position = start = 0
    raw: list[str] = []
    tags: dict[str, list[list[str]]] = {}
    parts: list[str] = []
    ends = Ends()
    for place, line in enumerate(source.lines(), 1):
        match = _TAG.match(line.lstrip("\ufeff"))
        tag = match[1] if match and match[1] in TAGS else ""
        if tag == "RT" and raw:
            position += 1
            yield _finish(position, start, raw, tags)
            ends.note(tags)
            raw, tags = [], {}
        if tag and match is not None:
            if not raw:
                start = place
            raw.append(line)
            parts = [(match[2] or "").strip()]
            tags.setdefault(tag, []).append(parts)
        elif raw:
            raw.append(line)
            parts.append(line.strip())
    if raw:
        position += 1
        yield trouble(position, start, "\n".join(raw), CUT) if ends.cut(tags, source) else _finish(position, start, raw, tags)


@safely
def _finish(position: int, line: int, raw: list[str], held: dict[str, list[list[str]]]) -> ReadEntry:
    while raw and not raw[-1].strip():
        raw.pop()
    tags = {
        tag: [text for parts in lists if (text := "\n".join(filter(None, parts)) if tag == "K1" else abstracts.joined_lines(parts))]
        for tag, lists in held.items()
    }
    return entry(position, line, "\n".join(raw), fields_of({tag: texts for tag, texts in tags.items() if texts}))


def fields_of(tags: dict[str, list[str]]) -> Fields:
    """Map RefWorks tags to the normal form."""
    first = taker(tags)
    issn, isbn = values.serials_of(first("SN"))
    url = first("LK", "UL")
    kind = first("RT")
    date = first("FD")
    year_text = first("YR")
    return Fields(
        type=values.type_of(kind),
        title=values.tidy(first("T1", "ST")),
        title_other=values.tidy(first("OT")),
        authors=tuple(
            name.replace(",", ", ") if re.match(r"^[^,\s]+,[^,\s]", name) else name
            for held in tags.pop("A1", [])
            for name in (names.split_names(held) if ";" in held else [values.tidy(held)])
        ),
        year=values.year_of(year_text) or values.year_of(date),
        date=" ".join(filter(None, (date, year_text))),
        journal=values.tidy(first("JF", "JO", "T2")),
        volume=first("VO"),
        issue=first("IS"),
        pages=values.pages_of(first("SP"), first("OP")),
        doi=values.doi_of(first("DO")) or values.doi_in_link(url),
        pmid=values.pmid_of(first("PMID")) if "PMID" in tags else "",
        pmcid=values.pmcid_of(first("PMCID")) if "PMCID" in tags else "",
        issn=issn,
        isbn=isbn,
        accession=first("AN"),
        database=platforms.database_name(first("DB", "DS")) or ("CINAHL" if "CINAHL" in tags.get("SF", [""])[0] else ""),
        abstract=abstracts.sections(first("AB")),
        keywords=tuple(
            dict.fromkeys(
                term for held in tags.pop("K1", []) for term in (values.split_terms(held) if ";" in held or "\n" in held else [held])
            )
        ),
        language=first("LA").rstrip(";"),
        url=url,
        notes="\n".join(tags.pop("NO", [])),
        other=dict(tags),
    )


READER = Reader("refworks", ("txt",), recognises, read, "RefWorks tagged text")
