"""CSL-JSON of Zotero, Mendeley, Pandoc and others: a list of items, or one item."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from . import abstracts, platforms, values
from .base import CUT, OTHER_FORMAT, Fields, ReadEntry, Reader, Refused, entry, safely, trouble, words
from .json_shapes import as_csl, catalogue_of
from .source import Source, clean

_KEYS = re.compile(r'"(?:title|DOI|author|container-title|issued|itemType|abstract|display_name|authorString|protocolSection)"\s*:')
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")
_LIST = re.compile(r'"(?:items|references|records|results?|data|works|studies)"\s*:\s*\[\s*\{')
_ENDS = re.compile(r"[\]}\s,]*")
_ITEM = re.compile(r'\{\s*"(?:id|title|DOI|type|key|itemType|author|PMID|citation-key|abstract|URL|indexed|protocolSection)"\s*:')
_ENVELOPE = re.compile(r'"[A-Za-z_-]{1,60}"\s*:')
_SPACE = re.compile(r"[\s,\ufeff]*")
BROKEN = "The JSON of this entry is not well-formed: complete the entry by hand, or export it again."


def recognises(head: str) -> int:
    """JSON that names title, author, DOI or another key of CSL."""
    return 80 if head.lstrip("\ufeff \n\t")[:1] in ("[", "{") and _KEYS.search(head) else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each object of the list; an object that is broken is handed over and the next one is sought."""
    text = source.text()
    _shallow(text, source.limits.max_json_depth)
    decoder = json.JSONDecoder(strict=False, parse_int=_number)
    at = _start(text)
    line, counted = 1, 0
    position = 0
    while at < len(text):
        at = _past(_SPACE, text, at)
        if at < len(text) and text[at] in "]}" and (another := _another(text, at)) is not None:
            at = another  # another list, put behind the first
            continue
        if at >= len(text) or text[at] in "]}":
            break
        line += text.count("\n", counted, at)
        counted = at
        position += 1
        try:
            item, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            following = _after_broken(text, at, error)
            end = len(text) if following is None else following
            source.cut = source.cut or following is None
            yield trouble(position, line, text[at:end].rstrip(", \n"), CUT if following is None else BROKEN)
            at = end
            continue
        if end - at > source.limits.max_entry_chars:
            raise Refused(
                f"The entry at line {line} has more than {source.limits.max_entry_chars:,} characters: this is no export of references."
            )
        raw = text[at:end]
        at = end
        if isinstance(item, dict):
            yield _finish(position, line, raw, item)
        else:
            yield trouble(position, line, raw, BROKEN)
    rest = text[at:].strip("]} ,\n\t\ufeff")
    if (len(rest) > 200 or "\n" in rest) and not _ENVELOPE.match(rest):
        yield trouble(position + 1, line + text.count("\n", counted, at), rest, OTHER_FORMAT)


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Give the place after what a pattern matches."""
    match = pattern.match(text, at)
    return match.end() if match else at


def _after_broken(text: str, at: int, error: Exception) -> int | None:
    """Find the item after one that is broken; None where the text ends inside it."""
    broken = getattr(error, "pos", at)
    if "Unterminated" in str(error) or not text[broken:].strip():
        return None
    for skip in _NEXT.finditer(text, max(at, broken - 1)):
        if _ITEM.match(text, skip.end()):
            return skip.end()
    return None


def _another(text: str, at: int) -> int | None:
    """Find the first item of a list, or of an object with a list, that begins after the end of one; None where none does."""
    begin = _past(_ENDS, text, at)
    if text[begin : begin + 1] == "[":
        begin = _past(_SPACE, text, begin + 1)
        return begin if text[begin : begin + 1] == "{" else None
    match = _LIST.search(text, begin)  # what stands before it is the rest of the first envelope and the begin of the next
    return match.end() - 1 if match and '"title"' not in text[begin : match.start()] else None


def _number(digits: str) -> int | str:
    return int(digits) if len(digits) < 300 else digits


@safely
def _finish(position: int, line: int, raw: str, item: dict[str, Any]) -> ReadEntry:
    return entry(position, line, raw, fields_of(item))


def _shallow(text: str, limit: int) -> None:
    """Refuse nesting that no export has, before it is decoded."""
    deepest = re.search(rf'(?:[\[{{]\s*(?:"[^"]{{0,50}}"\s*:\s*)?){{{limit + 1}}}', text)
    if deepest:
        raise Refused(f"The JSON nests deeper than {limit} levels: this is no export of references.")


def _start(text: str) -> int:
    """Find the first item: inside the list, inside {"items": [...]}, or the whole object."""
    begin = len(text) - len(text.lstrip("\ufeff \n\t"))
    if text[begin : begin + 1] == "[":
        return begin + 1
    match = _LIST.search(text, begin, begin + 4000) if text[begin : begin + 1] == "{" else None
    if match and '"title"' not in text[begin : match.start()]:
        return match.end() - 1
    return begin


def _text(value: Any) -> str:
    """Make one text of what a field may hold."""
    if isinstance(value, str):
        return clean(value).strip()
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return "; ".join(filter(None, map(_text, value)))
    return clean(json.dumps(value, ensure_ascii=False)) if value else ""


def _name(person: Any) -> str:
    if not isinstance(person, dict):
        return values.tidy(_text(person))
    if literal := _text(person.get("literal") or person.get("name") or person.get("display_name")):
        return values.tidy(literal)
    particle = _text(person.get("non-dropping-particle") or person.get("dropping-particle"))
    family = " ".join(filter(None, (particle, _text(person.get("family") or person.get("lastName") or person.get("last_name")))))
    given = _text(person.get("given") or person.get("firstName") or person.get("first_name"))
    return values.tidy(", ".join(filter(None, (family, given, _text(person.get("suffix"))))))


def _date(value: Any) -> tuple[int | None, str]:
    if isinstance(value, dict):
        parts = value.get("date-parts")
        if isinstance(parts, list) and parts and isinstance(parts[0], list):
            date = "-".join(text.zfill(2) for part in parts[0] if (text := _text(part)))
            return values.year_of(date), date
        return _date(value.get("raw") or value.get("literal") or value.get("timestamp") or "")
    text = _text(value)
    return values.year_of(text), text


_USED = frozenset(
    words(
        "type title author issued container-title volume issue page DOI PMID PMCID ISSN ISBN abstract keyword language URL note "
        "itemType date publicationTitle pages abstractNote creators tags"
    )
)


def fields_of(item: dict[str, Any]) -> Fields:
    """Map one CSL item (or Zotero's own JSON) to the normal form."""
    catalogue = catalogue_of(item)
    item = as_csl(item)
    lower = {name.lower(): value for name, value in item.items()}

    def get(*names: str) -> str:
        return next((text for name in names if (text := _text(lower.get(name.lower())))), "")

    people = (
        item.get("author")
        or item.get("authors")
        or [one for one in item.get("creators") or [] if isinstance(one, dict) and one.get("creatorType") == "author"]
    )
    if not isinstance(people, list):
        people = [people]
    year, date = _date(item.get("issued") or item.get("date") or item.get("published") or item.get("year") or "")
    url = get("URL")
    tags = item.get("tags")
    terms = get("keyword", "keywords") or (
        "; ".join(filter(None, (_text(tag.get("tag") if isinstance(tag, dict) else tag) for tag in tags))) if isinstance(tags, list) else ""
    )
    issn, isbn = values.serials_of("; ".join((get("ISSN"), get("ISBN"))))
    note = get("note", "extra")
    pmid = re.search(r"PMID:? ?([0-9]{1,8})", note)
    return Fields(
        type=values.type_of(get("type", "itemType")),
        title=values.tidy(get("title")),
        title_other=values.tidy(get("original-title")),
        authors=tuple(filter(None, map(_name, people))),
        year=year,
        date=date,
        journal=values.tidy(get("container-title", "publicationTitle", "journal")),
        volume=get("volume"),
        issue=get("issue", "number"),
        pages=values.pages_of(get("page", "pages")),
        article_number=get("article-number"),
        doi=values.doi_of(get("DOI")) or values.doi_in_link(url),
        pmid=values.pmid_of(get("PMID")) if get("PMID") else pmid[1] if pmid else "",
        pmcid=values.pmcid_of(get("PMCID")),
        issn=issn,
        isbn=isbn,
        accession=get("accession-number", "archive_location") or _own_number(item),
        database=catalogue
        or (get("database", "source") if get("database", "source") in platforms.OWN_DATABASE else platforms.platform_of_link(url)[1]),
        abstract=abstracts.sections(abstracts.joined_lines(_JATS.sub(_break, get("abstract", "abstractNote")).split("\n"))),
        keywords=tuple(dict.fromkeys(values.split_terms(terms))),
        language=get("language"),
        url=url,
        notes=note,
        other={clean(name): [text] for name, value in item.items() if name not in _USED and (text := _text(value))}
        | ({"platform": [catalogue]} if catalogue else {}),
    )


def _own_number(item: dict[str, Any]) -> str:
    """Give the number that OpenAlex, Lens and Europe PMC have for an item; CSL's `id` is a key for citing and none."""
    own = _text(item.get("id"))
    return own.removeprefix("https://openalex.org/") if "openalex.org/" in own else _text(item.get("lens_id") or item.get("nctId"))


_JATS = re.compile(r"</?jats:([a-z-]{1,20})[^<>]{0,200}>")  # Crossref's own mark-up


def _break(match: re.Match[str]) -> str:
    return "\n" if match[1] in ("p", "title", "sec") else ""


READER = Reader("csl-json", ("json",), recognises, read, "CSL-JSON")
