"""Bring the JSON of OpenAlex, Semantic Scholar, Europe PMC, Lens, Mendeley, DataCite and ClinicalTrials.gov into the names of CSL.

CSL's own stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import names


def as_csl(item: dict[str, Any]) -> dict[str, Any]:
    """Give the item with CSL's names for what other sources call otherwise; what a name holds already is not overruled."""
    if isinstance(inner := item.get("attributes"), dict):  # DataCite
        item = {**item, **inner}
    if isinstance(inner := item.get("data"), dict) and "itemType" in inner:  # what Zotero's server gives
        item = {name: value for name, value in item.items() if name not in ("data", "meta", "links", "library")} | inner
    if isinstance(study := item.get("protocolSection"), dict):
        return _trial(study) | {name: value for name, value in item.items() if value not in (None, "")}
    found = {name: value for name, value in _found(item) if value not in (None, "", [], {})}
    if not found:
        return item
    left = {name: value for name, value in item.items() if name not in _TAKEN}
    return found | {name: value for name, value in left.items() if value not in (None, "") or name not in found}


_TAKEN = frozenset(
    ("authorships", "abstract_inverted_index", "biblio", "journalInfo", "externalIds", "external_ids", "identifiers", "authorString")
)


def catalogue_of(item: dict[str, Any]) -> str:
    """Name the catalogue whose own JSON an item is, "" for all others."""
    if "openalex.org/" in str(item.get("id", "")):
        return "OpenAlex"
    return next((name for key, name in _OWN_KEYS if key in item), "")


_OWN_KEYS = (
    ("lens_id", "Lens"), ("paperId", "Semantic Scholar"), ("authorString", "Europe PMC"), ("protocolSection", "ClinicalTrials.gov"),
)  # fmt: skip


def _found(item: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """Give (name of CSL, value) for what the item says in another way."""
    yield "author", _people(item)
    if not isinstance(item.get("title"), str | list):
        yield "title", _at(item, "titles", 0, "title") or item.get("display_name")
    if not item.get("issued"):
        years = ("publication_date", "date_published", "publication_year", "year_published", "publicationYear", "pubYear")
        yield "issued", next((str(item[name]) for name in years if item.get(name)), "")
    if not item.get("abstract"):
        yield "abstract", _inverted(item.get("abstract_inverted_index")) or item.get("abstractText")
    places = (("primary_location", "source", "display_name"), ("journalInfo", "journal", "title"), ("journal", "name"), ("source", "title"))
    journal = next((text for path in places if isinstance(text := _at(item, *path), str)), "")
    if not journal and "identifiers" in item and isinstance(item.get("source"), str):  # Mendeley
        journal = item["source"]
    yield "container-title", journal or (item.get("venue") if "paperId" in item else "")
    for name, paths in _NUMBERS:
        if not item.get(name):
            yield name, next((text for path in paths if (text := _at(item, *path))), "")
    first, last = (_at(item, "biblio", "first_page") or item.get("start_page"), _at(item, "biblio", "last_page") or item.get("end_page"))
    if first and not item.get("page"):
        yield "page", f"{first}-{last}" if last and last != first else str(first)
    for name, value in _identifiers(item).items():
        if name in _IDENTIFIERS and not item.get(_IDENTIFIERS[name]):
            yield _IDENTIFIERS[name], value
    if isinstance(words := item.get("keywords"), list) and words and isinstance(words[0], dict):
        yield "keyword", "; ".join(str(one.get("display_name") or one.get("name") or "") for one in words if isinstance(one, dict))
    if isinstance(words := _at(item, "keywordList", "keyword"), list):
        yield "keyword", "; ".join(map(str, words))
    yield "type", item.get("publication_type") or _at(item, "pubTypeList", "pubType", 0)
    if not item.get("URL"):
        yield "URL", item.get("url") or _at(item, "primary_location", "landing_page_url")


def _trial(study: dict[str, Any]) -> dict[str, Any]:
    """Give a study of ClinicalTrials.gov in CSL's names; the sections themselves stay with the other fields."""
    number = _at(study, "identificationModule", "nctId") or ""
    officials, words = _at(study, "contactsLocationsModule", "overallOfficials"), _at(study, "conditionsModule")
    terms = [*(_at(words, "conditions") or ()), *(_at(words, "keywords") or ())]
    return {
        "title": _at(study, "identificationModule", "officialTitle") or _at(study, "identificationModule", "briefTitle"),
        "author": [{"literal": one["name"]} for one in officials or () if isinstance(one, dict) and one.get("name")],
        "issued": _at(study, "statusModule", "studyFirstPostDateStruct", "date") or _at(study, "statusModule", "startDateStruct", "date"),
        "abstract": _at(study, "descriptionModule", "briefSummary") or "",
        "keyword": "; ".join(map(str, terms)),
        "URL": f"https://clinicaltrials.gov/study/{number}" if number else "",
        "nctId": number,
    }


_NUMBERS = (
    ("volume", (("biblio", "volume"), ("journalInfo", "volume"), ("journal", "volume"))),
    ("issue", (("biblio", "issue"), ("journalInfo", "issue"))),
    ("page", (("pageInfo",), ("journal", "pages"))),
    ("ISSN", (("primary_location", "source", "issn_l"), ("journalInfo", "journal", "issn"), ("source", "issn", 0, "value"))),
)
_IDENTIFIERS = {"doi": "DOI", "pmid": "PMID", "pubmed": "PMID", "pmcid": "PMCID", "pubmedcentral": "PMCID", "issn": "ISSN", "isbn": "ISBN"}


def _at(value: Any, *path: str | int) -> Any:
    """Follow a path of names and places; None where it ends before."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and len(value) > step else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _identifiers(item: dict[str, Any]) -> dict[str, str]:
    """Give kind → identifier from the dictionaries and lists that hold them."""
    out: dict[str, str] = {}
    for name in ("ids", "externalIds", "identifiers"):
        if isinstance(held := item.get(name), dict):
            out |= {kind.lower(): str(value) for kind, value in held.items() if value}
    if isinstance(listed := item.get("external_ids"), list):
        out |= {str(one.get("type", "")).lower(): str(one.get("value", "")) for one in listed if isinstance(one, dict)}
    return out


def _people(item: dict[str, Any]) -> list[Any]:
    if isinstance(listed := item.get("authorships"), list):
        return [{"literal": _at(one, "author", "display_name") or _at(one, "raw_author_name") or ""} for one in listed]
    if isinstance(text := item.get("authorString"), str) and not item.get("author"):
        return [{"literal": name} for name in names.split_names(text)]
    if isinstance(listed := item.get("creators"), list) and listed and isinstance(listed[0], dict) and "creatorType" not in listed[0]:
        return [{"literal": one.get("name", "")} for one in listed if isinstance(one, dict)]
    return []


def _inverted(index: Any) -> str:
    """Put OpenAlex's abstract together: word → places."""
    if not isinstance(index, dict):
        return ""
    placed = [(place, word) for word, places in index.items() if isinstance(places, list) for place in places if isinstance(place, int)]
    return " ".join(word for _, word in sorted(placed))
