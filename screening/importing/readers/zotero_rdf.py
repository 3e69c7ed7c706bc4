"""Zotero RDF: items refer to journals and to notes by address; attachments, notes and collections are no references."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import abstracts, platforms, values
from .base import CUT, Fields, ReadEntry, Reader, Refused, entry, safely, trouble, words
from .markup import Broken, Element, parse, records, text_of
from .source import Source
from .xml_records import BROKEN

_ROOT = re.compile(r"<rdf:RDF[\s>]")
_NAMESPACE = re.compile(r"""xmlns:([A-Za-z][\w.-]{0,30})\s*=\s*("[^"<]{1,300}"|'[^'<]{1,300}')""")
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
Z = "{http://www.zotero.org/namespaces/export#}"
DC = "{http://purl.org/dc/elements/1.1/}"
TERMS = "{http://purl.org/dc/terms/}"
BIB = "{http://purl.org/net/biblio#}"
FOAF = "{http://xmlns.com/foaf/0.1/}"
PRISM = "{http://prismstandard.org/namespaces/1.2/basic/}"
_KINDS = words(
    "Article Book BookSection Document Report Thesis Manuscript Patent Recording Letter Interview Image Data Illustration Legislation "
    "ConferenceProceedings Journal Periodical Series Memo MotionPicture Hearing Case Map Software Proceedings Newspaper Magazine"
)
NAMES = (*(f"bib:{kind}" for kind in _KINDS), "rdf:Description", "z:Attachment", "z:Collection", "z:UserItem", "z:Case")
_NO_REFERENCE = ("attachment", "note", "annotation")


def recognises(head: str) -> int:
    """The root is rdf:RDF with bibliographic namespaces."""
    return 92 if _ROOT.search(head) and ("purl.org/net/biblio" in head or "zotero" in head) else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each item that has an item type or authors or a title of its own."""
    if source.size > source.limits.max_whole_bytes:
        raise Refused(f"The RDF file has {source.size:,} bytes, more than can be held at once: export it in parts, or as RIS.")
    source.mark = float("inf")
    spaces = "".join(f" xmlns:{name}={value}" for name, value in dict(_NAMESPACE.findall(source.head)).items())
    made: list[tuple[int, str, Element | None, str]] = []
    for line, text, whole in records(source, NAMES):
        if not whole:
            source.cut = True
            made.append((line, text, None, CUT))
            continue
        try:
            made.append((line, text, parse(text, source.limits, spaces), ""))
        except Broken as broken:
            made.append((line, text, None, BROKEN.format(line=line + int(broken.args[0]) - 1)))
    things = {about: element for _, _, element, _ in made if element is not None and (about := element.get(f"{RDF}about"))}
    uses: dict[str, int] = {}
    for _, _, element, _ in made:
        if element is not None and _is_item(element):
            for part in element.findall(f"{TERMS}isPartOf"):
                target = part.get(f"{RDF}resource", "")
                uses[target] = uses.get(target, 0) + 1
    position = 0
    for line, text, element, problem in made:
        if element is None:
            position += 1
            yield trouble(position, line, text, problem)
        elif _is_item(element):
            position += 1
            yield _finish(position, line, text, element, things, uses)


@safely
def _finish(position: int, line: int, raw: str, element: Element, things: dict[str, Element], uses: dict[str, int]) -> ReadEntry:
    return entry(position, line, raw, fields_of(element, things, uses))


def _is_item(element: Element) -> bool:
    kind = text_of(element.find(f"{Z}itemType"))
    if kind:
        return kind not in _NO_REFERENCE
    name = element.tag.rpartition("}")[2]
    return (
        name in ("Article", "Book", "BookSection", "Report", "Thesis", "Document", "Manuscript") and element.find(f"{DC}title") is not None
    )


def fields_of(item: Element, things: dict[str, Element], uses: dict[str, int]) -> Fields:
    """Map one item and its container to the normal form; a container's DOI counts when the item alone uses the container."""

    def text(path: str, within: Element | None = None) -> str:
        return values.tidy(text_of((item if within is None else within).find(path)))

    containers: list[tuple[Element, bool]] = []
    for part in item.findall(f"{TERMS}isPartOf"):
        target = part.get(f"{RDF}resource", "")
        if target in things:
            containers.append((things[target], uses.get(target, 0) == 1))
        containers += [(inner, True) for inner in part]
    identifiers = [text_of(one) for one in item.findall(f"{DC}identifier") if len(one) == 0]
    own = [text_of(one) for container, alone in containers if alone for one in container.findall(f"{DC}identifier")]
    serial = "; ".join(
        [one for one in identifiers if one.startswith(("ISSN", "ISBN"))]
        + [
            held
            for container, _ in containers
            for one in container.findall(f"{DC}identifier")
            if (held := text_of(one))[:4] in ("ISSN", "ISBN")
        ]
    )
    issn, isbn = values.serials_of(serial)
    url = text(f"{DC}identifier/{TERMS}URI/{RDF}value")
    named = [one for one in (*identifiers, *own) if one.upper().startswith("DOI")]
    doi = next((found for one in named if (found := values.doi_of(one))), "") or values.doi_in_link(url)
    kind = text(f"{Z}itemType")
    date = text(f"{DC}date")
    extra = text_of(item.find(f"{DC}description"))
    notes = [
        text_of(things[target].find(f"{RDF}value"))
        for one in item.findall(f"{TERMS}isReferencedBy")
        if (target := one.get(f"{RDF}resource", "")) in things
    ]
    pmid = re.search(r"PMID:? ?([0-9]{4,8})", extra)
    subjects = [text_of(one) for one in item.findall(f"{DC}subject")]
    journal = next((held for container, _ in containers if (held := text(f"{DC}title", container))), "")
    return Fields(
        type=values.type_of(_KIND_NAMES.get(kind, kind)),
        title=text(f"{DC}title"),
        authors=_names(item),
        year=values.year_of(date),
        date=date,
        journal=journal or text(f"{Z}publicationTitle") or text(f"{Z}proceedingsTitle"),
        volume=next((held for container, _ in containers if (held := text(f"{PRISM}volume", container))), text(f"{PRISM}volume")),
        issue=next((held for container, _ in containers if (held := text(f"{PRISM}number", container))), text(f"{PRISM}number")),
        pages=values.pages_of(text(f"{BIB}pages")),
        doi=doi,
        pmid=pmid[1] if pmid else values.pmid_in_link(url),
        pmcid=values.pmcid_of(extra),
        issn=issn,
        isbn=isbn,
        database=platforms.platform_of_link(url)[1],
        abstract=abstracts.sections(abstracts.joined_lines(text_of(item.find(f"{TERMS}abstract")).split("\n"))),
        keywords=tuple(dict.fromkeys(filter(None, map(values.tidy, subjects)))),
        language=text(f"{Z}language") or text(f"{DC}language"),
        url=url or item.get(f"{RDF}about", "").partition("#item")[0],
        notes="\n".join(filter(None, (extra, *notes))),
        other={
            name: [held]
            for name, path in (("DP", f"{Z}libraryCatalog"), ("archive", f"{Z}archive"), ("item type", f"{Z}itemType"))
            if (held := text(path))
        },
    )


_KIND_NAMES = {
    "journalArticle": "journal article",
    "magazineArticle": "journal article",
    "newspaperArticle": "journal article",
    "conferencePaper": "conference paper",
    "bookSection": "book section",
    "webpage": "web page",
    "encyclopediaArticle": "book chapter",
    "document": "",
}


def _names(item: Element) -> tuple[str, ...]:
    found = []
    for person in item.findall(f"{BIB}authors//{FOAF}Person"):
        family, given = (values.tidy(text_of(person.find(f"{FOAF}{name}"))) for name in ("surname", "givenName"))
        found.append(", ".join(filter(None, (family, given))))
    return tuple(filter(None, found))


READER = Reader("zotero-rdf", ("rdf", "xml"), recognises, read, "Zotero RDF")
