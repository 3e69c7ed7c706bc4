"""EndNote XML, as EndNote, Mendeley, Zotero and Covidence write it: often one line, text in <style> parts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import abstracts, platforms, values
from .base import Fields, ReadEntry, Reader
from .markup import Element, text_of
from .source import Source
from .xml_records import entries

_ROOT = re.compile(r"<xml\b[^>]*>\s*<records|<records\b[^>]*>\s*(?:<record\b|</records>)|<record>\s*<database|<source-app\b", re.I)


def recognises(head: str) -> int:
    """The root is xml with records inside."""
    return 90 if head.lstrip("\ufeff \n\t")[:1] == "<" and _ROOT.search(head) else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each record element."""
    found = False
    for one in entries(source, ("record",), fields_of):
        found = True
        yield one
    if not found and "</records>" not in source.head and "<records/>" not in source.head:
        source.cut = True


def fields_of(record: Element) -> Fields:
    """Map one record element to the normal form."""

    def at(path: str) -> str:
        return text_of(record.find(path))

    def all_at(path: str) -> list[str]:
        return [text for one in record.findall(path) if (text := text_of(one))]

    kind = record.find("ref-type")
    kind_name = (kind.get("name") or text_of(kind)) if kind is not None else ""
    authors = [_collective(values.tidy(name)) for name in all_at("contributors/authors/author")]
    numbers = values.serials_of("; ".join(all_at("isbn") + all_at("issn")))
    doi_text = at("electronic-resource-num")
    urls = all_at("urls/related-urls/url") + all_at("urls/web-urls/url")
    date = at("dates/pub-dates/date")
    year_text = at("dates/year")
    accession = at("accession-num")
    database = platforms.database_name(at("remote-database-name")) or platforms.database_by_accession(accession)
    provider = at("remote-database-provider")
    if not database and urls:
        database = platforms.platform_of_link(urls[0])[1]
    customs = {f"custom{n}": text for n in range(1, 8) if (text := at(f"custom{n}"))}
    pmcid = next((values.pmcid_of(text) for text in customs.values() if text.upper().startswith("PMC")), "")
    low = database.lower()
    pmid = values.pmid_of(accession) if accession.isdigit() and (low in ("nlm", "medline", "pubmed") or "medline" in low) else ""
    if not pmid:
        pmid = next((found for link in urls if (found := values.pmid_in_link(link))), "")
    other = {name: [text] for name, text in customs.items()}
    for name, path in (
        ("ref-type", ""), ("secondary authors", "contributors/secondary-authors/author"), ("auth-address", "auth-address"),
        ("label", "label"),
        ("edition", "edition"), ("publisher", "publisher"), ("place", "pub-location"), ("research-notes", "research-notes"),
        ("work-type", "work-type"), ("section", "section"), ("num-vols", "num-vols"), ("reprint-edition", "reprint-edition"),
        ("short-title", "titles/short-title"), ("tertiary-title", "titles/tertiary-title"), ("DP", "remote-database-provider"),
        ("UR", "urls/related-urls/url"), ("pdf", "urls/pdf-urls/url"), ("caption", "caption"), ("access-date", "access-date"),
        ("rec-number", "rec-number"), ("groups", "groups/group"),
    ):  # fmt: skip
        held = all_at(path) if path else [kind_name] if kind_name else []
        if held and not (name == "DP" and not provider):
            other[name] = held
    title = values.tidy(at("titles/title"))
    return Fields(
        type=values.type_of(kind_name) if kind_name else "other",
        title=title,
        title_other=values.tidy(at("titles/translated-title")),
        authors=tuple(authors),
        year=values.year_of(year_text) or values.year_of(date),
        date=date or year_text,
        journal=values.tidy(
            at("titles/secondary-title") or at("periodical/full-title") or at("alt-periodical/full-title") or at("titles/alt-title")
        ),
        volume=at("volume"),
        issue=at("number") or at("issue"),
        pages=values.pages_of(at("pages")),
        article_number=at("custom7") if re.fullmatch(r"e?[0-9]{2,9}", at("custom7")) else "",
        doi=values.doi_of(doi_text) or next((found for link in urls if (found := values.doi_in_link(link))), ""),
        pmid=pmid,
        pmcid=pmcid,
        issn=numbers[0],
        isbn=numbers[1],
        accession=accession,
        database=database,
        abstract=abstracts.sections(abstracts.joined_lines(at("abstract").split("\n"))),
        keywords=tuple(
            dict.fromkeys(values.tidy(term) for one in all_at("keywords/keyword") for term in re.split(r"[\n;]", one) if term.strip())
        ),
        language=at("language"),
        url=urls[0] if urls else "",
        notes=at("notes"),
        other=other,
    )


def _collective(name: str) -> str:
    """Take off the comma by which EndNote marks the name of a group."""
    return name[:-1].rstrip() if name.endswith(",") and name.count(",") == 1 else name


READER = Reader("endnote-xml", ("xml",), recognises, read, "EndNote XML")
