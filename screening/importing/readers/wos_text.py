"""Web of Science tagged text (`FN Clarivate`, .txt, .ciw, .isi, even .ris), other indexes of its platform included.

The tags are those of rispy (`WOK_TAG_KEY_MAPPING`); its WokParser is not used because it loses an entry without ER and keeps no lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rispy.config import WOK_LIST_TYPE_TAGS, WOK_TAG_KEY_MAPPING

from . import abstracts, platforms, values
from .base import CUT, Fields, ReadEntry, Reader, Strays, entry, safely, taker, trouble, words
from .ris import NO_END, NO_START
from .source import Source

TAGS = frozenset(WOK_TAG_KEY_MAPPING) | frozenset(words("PS DL C3 WE FP DA OR DS TA MC CC BD GI AN AV BP CD ED AU"))
LINES = frozenset(WOK_LIST_TYPE_TAGS) | frozenset(words("AU AF BE BA BF ED CA C1 CR OI RI"))
_TAG = re.compile(r"^([A-Z][A-Z0-9])(?: (.*)|\s*)$", re.S)
_HEADER = re.compile(r"^\ufeff?\s*FN (?:Clarivate|Thomson|ISI|Web of)", re.I)
_BODY = re.compile(r"^PT [A-Z]\s*$", re.M)
_NEXT = re.compile(r"^(?:AU|AN|UT|BA|DT|TI|CA|GP|BE) ", re.M)


def recognises(head: str) -> int:
    """FN and VR, or a PT line with a WoS tag after it."""
    if _HEADER.match(head):
        return 96
    match = _BODY.search(head)
    return 70 if match and _NEXT.search(head, match.end()) else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each PT … ER."""
    position = start = ended = 0
    raw: list[str] = []
    tags: dict[str, list[str]] = {}
    last: list[str] = []
    strays = Strays()
    for place, line in enumerate(source.lines(), 1):
        match = _TAG.match(line.lstrip("\ufeff")) if line[:1] != " " else None
        tag = match[1] if match and match[1] in TAGS else ""
        if tag == "EF":
            continue
        if tag in ("FN", "VR") and not raw:
            continue
        if not raw and tag != "PT" and strays.see(place, line):
            continue
        if tag and (found := strays.take(position + 1)):
            position += 1
            yield found
        if tag == "PT" and raw:
            position += 1
            yield _finish(position, start, raw, tags, NO_END if ended else "")
            raw, tags = [], {}
        if tag == "ER" and match is not None:
            if raw:
                position, ended = position + 1, ended + 1
                yield _finish(position, start, [*raw, line], tags, "")
            raw, tags = [], {}
        elif tag and match is not None:
            if not raw:
                start = place
            raw.append(line)
            last = tags.setdefault(tag, [])
            last.append((match[2] or "").strip())
            name = tag
        elif raw:
            raw.append(line)
            if line.strip():
                if name in LINES:
                    last.append(line.strip())
                elif last:
                    last.append("\x00" + line.strip())
    if found := strays.take(position + 1):
        position += 1
        yield found
    if raw:
        position += 1
        source.cut = bool(ended)
        if ended:
            yield trouble(position, start, "\n".join(raw), CUT)
        else:
            yield _finish(position, start, raw, tags, "")


@safely
def _finish(position: int, line: int, raw: list[str], tags: dict[str, list[str]], remark: str) -> ReadEntry:
    while raw and not raw[-1].strip():
        raw.pop()
    joined = {tag: [one for one in _joined(held) if one] for tag, held in tags.items()}
    fields = fields_of({tag: held for tag, held in joined.items() if held})
    remarks = tuple(filter(None, (remark, "" if "PT" in tags else NO_START.replace("TY", "PT"))))
    return entry(position, line, "\n".join(raw), fields, remarks)


def _joined(held: list[str]) -> list[str]:
    """Join the lines that go on a value (marked with NUL while reading, which no line can hold)."""
    out: list[list[str]] = []
    for one in held:
        if one[:1] == "\x00" and out:
            out[-1].append(one[1:])
        else:
            out.append([one.lstrip("\x00")])
    return [" ".join(parts).strip() for parts in out]


def fields_of(tags: dict[str, list[str]]) -> Fields:
    """Map Web of Science tags to the normal form."""
    first = taker(tags)
    authors = tags.pop("AU", []) or tags.pop("AF", []) or tags.pop("BA", [])
    authors = (
        [re.sub(r" ?\([^()\s]+@[^()\s]+\)$", "", name) for name in map(values.tidy, authors)] + tags.pop("CA", []) + tags.pop("GP", [])
    )
    published = first("PD")
    year_text = first("PY") or tags.get("EA", [""])[0] or tags.get("EY", [""])[0]
    serials = [values.serials_of(first(name)) for name in ("SN", "EI") if name in tags]
    unique = first("UT")
    accession = unique or first("AN")
    pages = values.pages_of(first("BP"), first("EP"))
    number = first("AR")
    if not pages and "PS" in tags:
        pages = values.pages_of(first("PS"))
    keywords = [term for name in ("DE", "ID") for held in tags.pop(name, []) for term in values.split_terms(held)]
    kind = first("DT") or {"J": "journal article", "B": "book", "S": "book", "C": "conference paper"}.get(tags.get("PT", [""])[0], "")
    return Fields(
        type=values.type_of(kind.split(";")[-1] if "Proceedings Paper" in kind else kind) if kind else "other",
        title=values.tidy(first("TI")),
        title_other=values.tidy(first("FT")),
        authors=tuple(values.tidy(name) for name in authors),
        year=values.year_of(year_text),
        date=" ".join(filter(None, (published, year_text))),
        journal=first("SO", "JI", "J9"),
        volume=first("VL"),
        issue=first("IS"),
        pages=pages,
        article_number=number,
        doi=values.doi_of(first("DI")) or values.doi_of(first("D2")),
        pmid=values.pmid_of(first("PM")) if "PM" in tags else "",
        issn="; ".join(dict.fromkeys(one for one, _ in serials if one)),
        isbn=values.serials_of(first("BN"))[1] if "BN" in tags else "; ".join(one for _, one in serials if one),
        accession=accession,
        database=platforms.database_by_accession(accession) or "Web of Science",
        abstract=abstracts.sections(first("AB")),
        keywords=tuple(dict.fromkeys(keywords)),
        language=first("LA"),
        url=first("UR"),
        other=dict(tags),
    )


READER = Reader("wos", ("txt", "ciw", "isi", "wos"), recognises, read, "Web of Science tagged text")
