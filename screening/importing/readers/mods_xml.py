"""MODS XML, as DiVA, LIBRIS and other libraries, Zotero and bibutils write it; with or without a prefix for its namespace."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import abstracts, platforms, values
from .base import Fields, ReadEntry, Reader
from .markup import Element, text_of
from .source import Source
from .xml_records import entries

_ROOT = re.compile(r"<(?:([A-Za-z][\w.-]{0,20}):)?mods(?:Collection)?[\s>]")
_SPACE = re.compile(r"http://www\.loc\.gov/mods")
_PREFIXED = re.compile(r"<(/?)[A-Za-z][\w.-]{0,20}:")
_DECLARED = re.compile(r"""\s(?:xmlns|xsi)(?::[\w.-]{1,20})?\s*=\s*(?:"[^"<]{0,300}"|'[^'<]{0,300}')""")
_ATTRIBUTE = re.compile(r"""(\s)(?:xlink|xml|xsi):([\w.-]{1,30}\s*=)""")
_EXPLAINED = frozenset(("citekey", "local", "uri", "doi", "isbn", "issn", "issn electronic", "eissn", "pmid", "pubmed", "isi", "scopus"))


def recognises(head: str) -> int:
    """The root is mods or modsCollection of the Library of Congress."""
    return 91 if head.lstrip("\ufeff \n\t")[:1] == "<" and _ROOT.search(head) and _SPACE.search(head) else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Give one entry for each mods element."""
    found = _ROOT.search(source.head)
    name = f"{found[1]}:mods" if found and found[1] else "mods"
    return entries(source, (name,), fields_of, plain=_plain)


def _plain(text: str) -> str:
    """Take the prefixes and namespaces off, so that one record can be read alone."""
    return _ATTRIBUTE.sub(r"\1\2", _DECLARED.sub("", _PREFIXED.sub(r"<\1", text)))


def _text(element: Element | None) -> str:
    return values.tidy(text_of(element))


def fields_of(record: Element) -> Fields:
    """Map one mods element to the normal form."""
    hosts = [one for one in record.findall("relatedItem") if one.get("type") == "host"]
    host = hosts[0] if hosts else None
    part = host.find("part") if host is not None else None
    part = record.find("part") if part is None else part
    given = _identifiers(record, host)
    titles = _titles(record)
    kinds = [_text(one) for one in record.findall("genre")]
    issued = next((text for path in ("originInfo/dateIssued", "originInfo/copyrightDate") if (text := _text(record.find(path)))), "")
    issued = issued or (_text(host.find("originInfo/dateIssued")) if host is not None else "")
    issued = issued or (_text(part.find("date")) if part is not None else "")
    links = [text for path in ("location/url", "identifier[@type='uri']") for one in record.findall(path) if (text := _text(one))]
    serial = "; ".join(given.get(name, "") for name in ("issn", "issn electronic", "eissn", "isbn"))
    issn, isbn = values.serials_of(serial)
    journal = (_titles(host) or [""])[0] if host is not None else ""
    return Fields(
        type=_kind(kinds, bool(journal)),
        title=titles[0] if titles else "",
        title_other=titles[1] if len(titles) > 1 else "",
        authors=tuple(_people(record)),
        year=values.year_of(issued),
        date=issued,
        journal=journal,
        volume=_detail(part, "volume"),
        issue=_detail(part, "issue") or _detail(part, "number"),
        pages=_pages(part),
        article_number=_detail(part, "artNo"),
        doi=values.doi_of(given.get("doi", "")) or next((doi for link in links if (doi := values.doi_in_link(link))), ""),
        pmid=values.pmid_of(given.get("pmid", "") or given.get("pubmed", "")),
        issn=issn,
        isbn=isbn,
        accession=_text(record.find("recordInfo/recordIdentifier")) or given.get("local", ""),
        database=next((name for link in links if (name := platforms.platform_of_link(link)[1])), ""),
        abstract=abstracts.sections("\n".join(filter(None, map(_text, record.findall("abstract"))))),
        keywords=tuple(dict.fromkeys(filter(None, map(_text, record.findall("subject/topic"))))),
        language=_text(record.find("language/languageTerm")) or _text(record.find("language")),
        url=links[0] if links else "",
        notes="\n".join(filter(None, map(_text, record.findall("note")))),
        other={name: [text] for name, text in given.items() if name not in _EXPLAINED} | ({"genre": kinds} if kinds else {}),
    )


def _identifiers(record: Element, host: Element | None) -> dict[str, str]:
    """Give type → identifier; those of the host (ISSN, ISBN) count where the record has none."""
    out: dict[str, str] = {}
    for one in (*record.findall("identifier"), *(host.findall("identifier") if host is not None else ())):
        out.setdefault((one.get("type") or "").lower(), _text(one))
    return out


def _titles(record: Element) -> list[str]:
    """Give the title with its subtitle, then those in other languages; abbreviations are none."""
    own: list[str] = []
    others: list[str] = []
    for one in record.findall("titleInfo"):
        if one.get("type") == "abbreviated":
            continue
        begin = "".join(filter(None, (_text(one.find("nonSort")), " " if one.find("nonSort") is not None else "")))
        parts = [begin + _text(one.find("title")), _text(one.find("subTitle"))]
        (others if one.get("type") else own).append(": ".join(part for part in parts if part.strip()).replace("::", ":"))
    return [title for title in (*own, *others) if title]


_AUTHORS = frozenset(("", "author", "aut", "creator", "cre"))


def _people(record: Element) -> Iterator[str]:
    for one in record.findall("name"):
        roles = {_text(role).lower() for role in one.findall("role/roleTerm")} or {""}
        if not roles & _AUTHORS:
            continue
        family, given, rest = "", "", []
        for part in one.findall("namePart"):
            match part.get("type"):
                case "family":
                    family = _text(part)
                case "given":
                    given = " ".join(filter(None, (given, _text(part))))
                case None:
                    rest.append(_text(part))
        if name := ", ".join(filter(None, (family, given))) or " ".join(rest):
            yield name


def _detail(part: Element | None, kind: str) -> str:
    if part is None:
        return ""
    return next((_text(one.find("number")) or _text(one) for one in part.findall("detail") if one.get("type") == kind), "")


def _pages(part: Element | None) -> str:
    extent = part.find("extent") if part is not None else None
    if extent is None:
        return ""
    return values.pages_of(_text(extent.find("start")), _text(extent.find("end"))) or values.pages_of(_text(extent.find("list")))


_GENRES = (
    ("article", "journal article"), ("review", "journal article"), ("periodical", "journal article"),
    ("conferencepaper", "conference paper"),
    ("chapter", "book chapter"), ("thesis", "thesis"), ("dissertation", "thesis"), ("report", "report"), ("book", "book"),
)  # fmt: skip


def _kind(kinds: list[str], inside: bool) -> str:
    folded = [kind.lower().replace(" ", "") for kind in kinds]
    for word, kind in _GENRES:
        if any(word in one for one in folded):
            return kind
    found = next((kind for one in kinds if (kind := values.type_of(one)) != "other"), "")
    return found or ("journal article" if inside else "other")


READER = Reader("mods", ("xml", "mods"), recognises, read, "MODS XML")
