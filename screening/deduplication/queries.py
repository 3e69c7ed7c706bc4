"""Reads for the duplicates pages. Nothing here knows of votes: who merges sees the same, whether votes exist or not."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from reviewapp.jobs.models import LIVE, Job
from reviewapp.reviews.models import Review
from screening.deduplication import engine
from screening.deduplication.actions import evidence_of, item_of, rule_of
from screening.deduplication.rules import Piece, alike, differences
from screening.models import DuplicatePair, Merge, Record, SourceRecord
from screening.outcomes import groups
from screening.search.queries import search
from screening.vocabulary import PairState

SHOWN = ("title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "abstract", "type", "language")
MOST_FOUND = 20
EVIDENCE_OF = {"volume": "volume", "pages": "pages", "journal": "journal"}


@dataclass(frozen=True, slots=True)
class Row:
    """One field of two records side by side; texts in pieces (text, differs).

    ``verdict``: same, near, against or silent; differs: not alike, and nothing that the engine weighs.
    """

    field: str
    left: list[Piece]
    right: list[Piece]
    verdict: str
    says: str


def counts(review: Review) -> dict[str, int]:
    """How many pairs are open, same and different; how many merges the engine and people made."""
    found = dict(DuplicatePair.objects.for_review(review).values_list("state").annotate(n=Count("pk")).order_by())
    live = Merge.objects.for_review(review).filter(undone_at=None)
    return {
        **{state.value: found.get(state, 0) for state in PairState},
        "all": sum(found.values()),
        "engine": live.filter(by=None).count(),
        "people": live.exclude(by=None).count(),
    }


def comparing(review: Review) -> Job | None:
    """Give the look for duplicates that is under way, or the one that waits."""
    found: Job | None = Job.objects.filter(review=review, kind="dedupe", state__in=LIVE).order_by("pk").first()
    return found


def as_they_came(a: Record, b: Record) -> tuple[SourceRecord, SourceRecord]:
    """Give the entries that two records were born with: what a head displays is put together from its group."""
    sources = {source.record_id: source for source in SourceRecord.objects.filter(record__in=[a, b])}
    return sources[a.pk], sources[b.pk]


def side_by_side(a: Record | SourceRecord, b: Record | SourceRecord, evidence: list[dict[str, str]]) -> list[Row]:
    """Both field by field with the engine's evidence."""
    told = {item["field"]: item for item in evidence}
    rows = []
    for name in SHOWN:
        left, right = _text(a, name), _text(b, name)
        item = told.get(name, {})
        if left or right or item:
            first, second = differences(left, right) if left and right else ([(left, False)], [(right, False)])
            rows.append(Row(name, first, second, item.get("verdict") or _plain(left, right), item.get("says", "")))
    return rows


def _plain(left: str, right: str) -> str:
    if not left or not right:
        return "silent"
    if left.casefold() == right.casefold():
        return "same"
    return "near" if alike(*differences(left, right)) else "differs"


def _text(record: Record | SourceRecord, name: str) -> str:
    value = getattr(record, name)
    return "; ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def found_in(record: Record) -> list[str]:
    """Where a record's group was found: source, search round, file, position."""
    rows = SourceRecord.objects.filter(record_id__in=[record.pk, *record.followers.values_list("pk", flat=True)]).order_by("pk")
    searches = ("upload__search__source", "upload__search__search_round", "entry__place__search__source")
    return [
        f"{row.search.source.name}, {row.upload.search.search_round.name}, {row.upload.name} · {row.entry.position}"
        for row in rows.select_related(*searches)
    ]


def compared(a: Record, b: Record) -> tuple[Any, list[dict[str, str]]]:
    """Ask the engine about any two records: why were they (not) merged?"""
    one, two = as_they_came(a, b)
    told = engine.compare(item_of(one), item_of(two), strictness=rule_of(a.review).strictness)
    return told, evidence_of(told.evidence)


def merges(review: Review) -> QuerySet[Merge]:
    """The ledger: every merge, newest first, those taken back too."""
    found: QuerySet[Merge] = Merge.objects.for_review(review).select_related(
        "child", "parent", "by__user", "by__review", "undone_by__user", "undone_by__review"
    )
    return found.order_by("-number")


def merges_of(found: QuerySet[Merge], record: Record) -> QuerySet[Merge]:
    """Of these merges, those of a record's group, and its own that were taken back."""
    ids = groups.member_ids(record)
    return found.filter(Q(child_id__in=ids) | Q(parent_id__in=ids))


def look_up(review: Review, asked: str, *, but: Record) -> list[Record]:
    """Find heads by number or by words of the title (in any form, or their beginnings), at most 20; ``but`` and its group are left out."""
    heads = Record.objects.for_review(review).filter(head=None).exclude(pk=but.head_id or but.pk)
    if asked.isdecimal() and len(asked) < 10:
        found = Record.objects.for_review(review).filter(number=int(asked)).select_related("head").first()
        head = (found.head or found) if found else None
        by_number = [head] if head is not None and head.pk != (but.head_id or but.pk) else []
        if by_number or len(asked) < 3:
            return by_number
    words = re.findall(r"[^\W_]+", asked)[:12]
    if not words:
        return []
    found_by = search(review, " ".join(f"(title:{word} OR title:{word}*)" if len(word) > 1 else f"title:{word}" for word in words))
    hits = list(heads.filter(pk__in=found_by.rows.values("pk")).order_by("number")[:MOST_FOUND])
    fresh = heads.filter(Q(search_text=None) | Q(search_text__is_stale=True))  # came a moment ago, and is not in the index yet
    for word in words:
        fresh = fresh.filter(title__icontains=word)
    every = {one.pk: one for one in [*hits, *fresh.order_by("number")[:MOST_FOUND]]}
    return sorted(every.values(), key=lambda one: one.number)[:MOST_FOUND]
