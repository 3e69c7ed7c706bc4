"""Text of labels and values, as EBSCOhost (`Record: 1`, `Title: …`), ProQuest (`Document 1 of 2`, `Publication info: …`) and EndNote's
style Show All (`Reference Type:  Journal Article`) save it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import abstracts, names, platforms, values
from .base import CUT, Ends, Fields, ReadEntry, Reader, entry, safely, trouble
from .source import Source
from .source_line import parse_source

_START = re.compile(r"^\ufeff?\s*(?:Record: ?#?([0-9]{1,7})|(?:Document|Record) ([0-9]{1,7}) of [0-9]{1,7})\s*$")
_BEGINS = re.compile(
    r"^\ufeff?[ \t]*(?:(?:Record: ?#?[0-9]{1,7}|Document [0-9]{1,7} of [0-9]{1,7})[ \t]*$|Reference Type: {1,3}[A-Z][A-Za-z ]{2,40}$)", re.M
)
_SHOW_ALL = re.compile(r"^\ufeff?Reference Type: {1,3}([A-Z][A-Za-z ]{2,40})$")
_LABEL = re.compile(r"^([A-Z][A-Za-z/ ()-]{1,40}?): ?(.*)$", re.S)
_KNOWN = re.compile(
    r"^(?:Title|Authors?|Year|Journal|Source|Abstract|Publication info|Accession Number|ProQuest document ID|Database):"
    r"(?: ?\S|[ \t]*\n[ \t]*\S)",
    re.M,
)
_RULER = re.compile(r"^[_=*-]{8,}\s*$")
_LABELS = (
    "title|authors|author|source|abstract|publication info|publication title|publication type|publication year|"
    "publication date|volume|issue|pages|first page|issn|eissn|isbn|doi|digital object identifier|accession number|"
    "proquest document id|document url|persistent link|persistent link to this record (permalink)|permalink|"
    "database|language|language of publication|subject|subjects|major subjects|minor subjects|subject terms|"
    "keywords|author-supplied keywords|identifier / keyword|identifier/keyword|mesh|document type|pmid|medline info|"
    "alternate title|journal title|document number|links|publisher|place of publication|country of publication|"
    "source type|affiliation|author affiliation|author affiliations|entry date|revision date|copyright|last updated|"
    "full text|notes|issn print|journal subset|special interest|instrumentation|mesh subject|thesaurus|company|"
    "location|credit|number of references|publication subject|company / organization|sponsored by|pubmed id|year|"
    "journal|abstract (summary)|reference type|record number|short title|type of article|author address|name of database|"
    "database provider|date|alternate journal|secondary title|conference name|book title|series title|city|university|thesis type|url|"
    "editor|edition|label|call number|original publication|pmcid|research notes|access date|custom 1|custom 2|number of pages|"
    "advisor|classification|committee member|degree|degree date|department|dissertation/thesis number|school code|university location|"
    "university/institution|source attribution|summary language|grant information|correspondence author|corporate author|institution"
)
TERMS = (
    "major subjects", "minor subjects", "subjects", "subject", "subject terms", "mesh", "keywords", "author-supplied keywords",
    "identifier / keyword", "identifier/keyword",
)  # fmt: skip
LABELS = frozenset(_LABELS.split("|"))


def recognises(head: str) -> int:
    """A line that numbers a record, and known labels below it."""
    match = _BEGINS.search(head)
    return 84 if match and len(_KNOWN.findall(head, match.end(), match.end() + 20_000)) >= 2 else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each numbered line; what stands before the first is a header."""
    position = start = 0
    raw: list[str] = []
    held: dict[str, list[str]] = {}
    parts: list[str] = []
    footer = False
    ends = Ends()
    for place, line in enumerate(source.lines(), 1):
        typed = _SHOW_ALL.match(line)
        if typed and (not raw or "reference type" in held):
            if raw:
                position += 1
                yield _finish(position, start, raw, held)
                ends.note(held)
            parts = [typed[1].strip()]
            raw, start, held, footer = [line], place, {"reference type": parts}, False
        elif numbered := _START.match(line):
            if raw:
                position += 1
                yield _finish(position, start, raw, held)
                ends.note(held)
            parts = []
            platform = "EBSCOhost" if numbered[1] else "ProQuest"
            footer = False
            raw, start, held = [line], place, {"#": [numbered[1] or numbered[2]], "platform": [platform], "": parts}
        elif raw and _RULER.match(line):
            parts, footer = [], True  # between a ruler and the next record stands what belongs to none
        elif raw:
            match = _LABEL.match(line)
            name = match[1].strip().lower() if match else ""
            if match and (name in LABELS or (not footer and match[2] and _alone(raw, parts, held))):
                parts = held.setdefault(name, [])
                parts.append(match[2].strip())
            elif not footer and _alone(raw, parts, held) and _LINK.match(line) and "document url" not in held:
                parts = held["document url"] = [line.strip()]
            elif line.strip() or parts:
                parts.append(line.strip())
            raw.append(line)
    if raw:
        position += 1
        yield trouble(position, start, "\n".join(raw), CUT) if ends.cut(held, source) else _finish(position, start, raw, held)


def _alone(raw: list[str], parts: list[str], held: dict[str, list[str]]) -> bool:
    """Say whether the next line may be a label of its own though none that is known: after a blank line, and in no long text."""
    return len(raw) > 1 and not raw[-1].strip() and not any(parts is held.get(name) for name in _LONG)


_LONG = ("abstract", "abstract (summary)", "full text", "notes", "")
_LINK = re.compile(r"^https?://\S+$")


@safely
def _finish(position: int, line: int, raw: list[str], held: dict[str, list[str]]) -> ReadEntry:
    while raw and not raw[-1].strip():
        raw.pop()
    found = {name: lines for name, lines in held.items() if any(lines)}
    return entry(position, line, "\n".join(raw), fields_of(found))


def _terms(lines: list[str]) -> list[str]:
    return [term for line in lines for term in (values.split_terms(line) if ";" in line else [line.strip()]) if term]


def fields_of(found: dict[str, list[str]]) -> Fields:
    """Map the labels to the normal form."""

    def first(*labels: str) -> str:
        return next((abstracts.joined_lines(found.pop(name)).strip() for name in labels if name in found), "")

    number = first("#")
    heading = first("")
    people = [line for name in ("authors", "author") for line in found.pop(name, [])]
    terms = [term for name in TERMS for term in _terms(found.pop(name, []))]
    source = first("source", "publication info")
    where = parse_source(_plain(source))
    kind = first("publication type", "document type", "source type") or first("reference type")
    accession = first("accession number", "proquest document id", "document number")
    database = platforms.database_name(first("database", "name of database").split(";")[0].split("\n")[0])
    url = first("document url", "persistent link", "persistent link to this record (permalink)", "permalink", "url")
    serials = (first("issn"), first("eissn"), first("issn print"), first("isbn"))
    issn, isbn = values.serials_of("; ".join(filter(None, serials)).replace("<br />", "; "))
    year_text = first("publication year", "year") or first("publication date", "date")
    doi = values.doi_of(first("doi", "digital object identifier")) or values.doi_in_link(url)
    return Fields(
        type=values.type_of(kind) if kind else "other",
        title=values.tidy(first("title") or heading),
        title_other=values.tidy(first("alternate title")),
        authors=tuple(name for line in people for name in names.split_names(_unmarked(line))),
        year=values.year_of(year_text) or values.year_of(where.year),
        date=where.date,
        journal=values.tidy(first("publication title", "journal title", "journal", "secondary title", "conference name", "book title"))
        or _untitled(where.journal),
        volume=first("volume") or where.volume,
        issue=first("issue") or where.issue,
        pages=values.pages_of(first("pages") or where.pages or first("first page")),
        doi=doi,
        pmid=values.pmid_of(first("pmid", "pubmed id")) if "pmid" in found or "pubmed id" in found else "",
        issn=issn,
        isbn=isbn,
        accession=accession,
        database=database,
        abstract=abstracts.sections(first("abstract", "abstract (summary)")),
        keywords=tuple(dict.fromkeys(terms)),
        language=first("language", "language of publication"),
        url=url,
        notes=first("notes"),
        other={name: ["\n".join(lines).strip()] for name, lines in found.items()}
        | {name: [text] for name, text in (("#", number), ("source", source)) if text},
    )


_ABBREVIATED = re.compile(r" \([A-Z0-9 &.,'-]{2,60}\)(?=, )")
_JOINED_DATE = re.compile(r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*((?:19|20)[0-9]{2})\b")
_PROQUEST = re.compile(r"^(.+?) ([0-9]{1,4})\.([0-9]{1,4}(?:-[0-9]{1,4})?) \(([^)]{4,30})\): ?(.*)$")
_EBSCO = re.compile(
    r"^(.+?)[;,] (?:[^;]{0,30}?)((?:19|20)[0-9]{2}), Vol\.? ([0-9]{1,4}) Issue ([0-9A-Za-z-]{1,12}), p\.?([A-Za-z0-9-]{1,20})"
)
_COMMA_DATE = re.compile(r"^(.+?), ([^,;()]{0,20}(?:19|20)[0-9]{2}); ?([0-9]{1,4})\(([^)]{1,20})\): ?p?([A-Za-z0-9-]{1,20})")


def _plain(source: str) -> str:
    """Bring EBSCOhost's and ProQuest's source lines into the form that Ovid has."""
    text = _JOINED_DATE.sub(r"\1 \2", _ABBREVIATED.sub("", values.tidy(source)))
    if match := _PROQUEST.match(text):
        return f"{match[1]}. {match[2]}({match[3]}):{match[5]}, {match[4]}"
    if match := _EBSCO.match(text):
        return f"{match[1]}. {match[3]}({match[4]}):{match[5]}, {match[2]}"
    if match := _COMMA_DATE.match(text):
        return f"{match[1]}. {match[3]}({match[4]}):{match[5]}, {match[2]}"
    return text


def _untitled(journal: str) -> str:
    return journal.rstrip(" ;,.")


_MARKS = re.compile(r"(?:<sup>)?\(?[0-9]{1,2}(?:, ?[0-9]{1,2})*\)?(?:</sup>)?(?= *(?:;|$))|\S+@\S+")


def _unmarked(line: str) -> str:
    """Take footnote numbers and mail addresses off names."""
    return _MARKS.sub("", line) if len(line) < 5000 else line


READER = Reader("labelled", ("txt",), recognises, read, "text of labels and values (EBSCOhost, ProQuest, EndNote)")
