"""Which record of the review each reference of a file is: by DOI, PMID, accession number or title, judged by the dedupe engine."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviewapp.reviews.models import Review
from screening.attaching.contents import Reference
from screening.deduplication.actions import item_of
from screening.deduplication.engine import compare
from screening.deduplication.engine.normalise import clean_doi, words
from screening.models import Record, SourceRecord

#: A title that so many records share says nothing.
MOST_ALIKE = 20
PART = 500


@dataclass(frozen=True, slots=True)
class Match:
    """A reference, and the heads it may be: one that is sure (``head``), or several to choose from."""

    reference: Reference
    head: int | None
    candidates: tuple[int, ...] = ()


def match(review: Review, references: Sequence[Reference]) -> list[Match]:
    """Match every reference with the heads of the review."""
    keys = [_keys(one.row["doi"], one.row["pmid"], one.row["accession"], one.row["title"]) for one in references]
    by_key = _index(review, {key for each in keys for key in each})
    near = [dict.fromkeys(pk for key in each for pk in by_key.get(key, ())) for each in keys]
    sources = _sources(review, {pk for each in near for pk in each})
    return [_match(one, [sources[pk] for pk in each if pk in sources]) for one, each in zip(references, near, strict=True)]


def _keys(doi: str, pmid: str, accession: str, title: str) -> list[tuple[str, str]]:
    found = [("doi", clean_doi(doi)), ("pmid", pmid.strip()), ("title", _title(title))]
    if accession.startswith("rayyan-"):
        found.append(("accession", accession))
    return [(kind, value) for kind, value in found if value]


def _title(title: str) -> str:
    return " ".join(words(title))[:300]


def _index(review: Review, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], list[int]]:
    """Give key → records born with it, of those that are asked for; keys that fit too many records are left out."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    rows = SourceRecord.objects.for_review(review).filter(upload__is_withdrawn=False).order_by("pk")
    for pk, doi, pmid, accession, title in rows.values_list("record_id", "doi", "pmid", "accession", "title").iterator(chunk_size=5000):
        for key in _keys(doi, pmid, accession, title):
            if key in wanted:
                found[key].append(pk)
    return {key: pks for key, pks in found.items() if len(pks) <= MOST_ALIKE}


def _sources(review: Review, pks: Iterable[int]) -> dict[int, SourceRecord]:
    found: dict[int, SourceRecord] = {}
    ordered = sorted(pks)
    for start in range(0, len(ordered), PART):
        rows = SourceRecord.objects.for_review(review).filter(record__in=ordered[start : start + PART])
        found |= {row.record_id: row for row in rows.select_related("record").defer("notes", "other", "keywords")}
    return found


def _match(reference: Reference, near: list[SourceRecord]) -> Match:
    """Decide: one head that the engine calls the same, or that has the same number or title and year; several are left to a person."""
    own = SourceRecord(record_id=0, **reference.row)
    sure, possible = set(), set()
    for source in near:
        head = source.record.head_id or source.record_id
        told = compare(item_of(own), item_of(source))
        if told.decision == "same" or _same_plainly(own, source):
            sure.add(head)
        elif told.decision == "look":
            possible.add(head)
    if len(sure) == 1:
        return Match(reference, next(iter(sure)))
    candidates = tuple(sorted(sure or possible))
    return Match(reference, None, candidates)


def _same_plainly(a: SourceRecord, b: SourceRecord) -> bool:
    """Say whether two have the number that Rayyan gave, or the same title of some length in the same year, and no other DOI."""
    if a.accession and a.accession == b.accession and a.accession.startswith("rayyan-"):
        return True
    if a.doi and b.doi and clean_doi(a.doi) != clean_doi(b.doi):
        return False
    title = _title(a.title)
    return bool(title) and title == _title(b.title) and a.year is not None and a.year == b.year and len(title.split()) >= 4


def numbers_of(heads: Iterable[int]) -> dict[int, int]:
    """Give head → the number of its record."""
    return dict(Record.objects.filter(pk__in=list(heads)).values_list("pk", "number"))
