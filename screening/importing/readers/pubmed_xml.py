"""PubMed XML (PubmedArticleSet): articles and book chapters; text after inner markup belongs to title and abstract."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import values
from .base import Fields, ReadEntry, Reader
from .markup import Element, text_of
from .nbib import _type as type_of_kinds
from .source import Source
from .xml_records import entries

_ROOT = re.compile(r"<(?:Pubmed(?:Article|BookArticle)|MedlineCitation)(?:Set)?[\s>/]")


def recognises(head: str) -> int:
    """A PubmedArticle stands in the first part."""
    return 93 if head.lstrip("\ufeff \n\t")[:1] == "<" and _ROOT.search(head) else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Give one entry for each PubmedArticle or PubmedBookArticle."""
    return entries(source, ("PubmedArticle", "PubmedBookArticle", "MedlineCitation"), fields_of)


def _text(element: Element | None) -> str:
    return values.tidy(text_of(element))


def fields_of(record: Element) -> Fields:
    """Map one PubMed record to the normal form."""
    citation = record.find("MedlineCitation")
    if citation is None:
        citation = record.find("BookDocument")
    if citation is None:
        citation = record
    article = citation.find("Article")
    if article is None:
        article = citation
    identifiers = {
        (one.get("IdType") or "").lower(): _text(one)
        for one in (*record.findall("PubmedData/ArticleIdList/ArticleId"), *citation.findall("ArticleIdList/ArticleId"))
    }
    locations = {(one.get("EIdType") or "").lower(): _text(one) for one in article.findall("ELocationID")}
    year, date = _dated(article)
    kinds = [_text(one) for one in article.iter("PublicationType")]
    issn = "; ".join(dict.fromkeys(found for one in article.findall("Journal/ISSN") if (found := values.serials_of(_text(one))[0])))
    pages = _text(article.find("Pagination/MedlinePgn"))
    keywords = [
        _text(one) for path in ("MeshHeadingList/MeshHeading/DescriptorName", "KeywordList/Keyword") for one in citation.findall(path)
    ]
    pmid = values.pmid_of(_text(citation.find("PMID"))) or values.pmid_of(identifiers.get("pubmed", ""))
    title = article.find("ArticleTitle")
    book = article.find("Book")
    book_title = _text(book.find("BookTitle")) if book is not None else ""
    return Fields(
        type="book chapter" if book is not None else type_of_kinds(kinds),
        title=_text(title) or book_title,
        title_other=_text(article.find("VernacularTitle")),
        authors=tuple(filter(None, (_name(one) for one in article.findall("AuthorList/Author")))),
        year=year,
        date=date,
        journal=_text(article.find("Journal/Title")) or _text(article.find("Journal/ISOAbbreviation")) or book_title,
        volume=_text(article.find("Journal/JournalIssue/Volume")),
        issue=_text(article.find("Journal/JournalIssue/Issue")),
        pages=values.pages_of(pages),
        article_number=pages if re.fullmatch(r"[eE][0-9]+", pages) else "",
        doi=values.doi_of(locations.get("doi", "")) or values.doi_of(identifiers.get("doi", "")),
        pmid=pmid,
        pmcid=values.pmcid_of(identifiers.get("pmc", "")),
        issn=issn,
        isbn=values.serials_of(_text(article.find("Book/Isbn")))[1],
        accession=pmid,
        database="PubMed",
        abstract=_abstract(article.find("Abstract")),
        keywords=tuple(dict.fromkeys(filter(None, keywords))),
        language=_text(article.find("Language")),
        other={
            name: held
            for name, held in (("PT", list(filter(None, kinds))), ("pii", [locations["pii"]] if "pii" in locations else []))
            if held
        },
    )


def _name(author: Element) -> str:
    if collective := _text(author.find("CollectiveName")):
        return collective
    family = _text(author.find("LastName"))
    given = _text(author.find("ForeName")) or _text(author.find("Initials"))
    suffix = _text(author.find("Suffix"))
    return ", ".join(filter(None, (family, given, suffix)))


def _dated(article: Element) -> tuple[int | None, str]:
    for path in ("Journal/JournalIssue/PubDate", "Book/PubDate", "ArticleDate", "ContributionDate"):
        place = article.find(path)
        if place is not None:
            parts = [_text(place.find(name)) for name in ("Year", "Month", "Day")]
            date = " ".join(filter(None, parts)) or _text(place.find("MedlineDate"))
            if (year := values.year_of(date)) is not None:
                return year, date
    return None, ""


def _abstract(abstract: Element | None) -> str:
    """Put each labelled section on a line of its own."""
    if abstract is None:
        return ""
    lines = []
    for one in abstract.findall("AbstractText"):
        label = (one.get("Label") or "").strip()
        if text := _text(one):
            lines.append(f"{label}: {text}" if label and label != "UNLABELLED" else text)
    return "\n".join(lines)


READER = Reader("pubmed-xml", ("xml",), recognises, read, "PubMed XML")
