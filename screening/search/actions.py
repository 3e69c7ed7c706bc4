"""Keep the index up: ask for it in the transaction that changes a record, and do it in slices (a Job of kind *index*)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from reviewapp.jobs import actions as jobs
from reviewapp.jobs.models import Job, JobState
from reviewapp.reviews.models import Review
from screening.models import Record, SearchText, SourceRecord
from screening.search import engine
from screening.search.tokens import Tokens, tokens_of

KIND = "index"
#: Records a slice. SQLite has one writer, and tokens are made while it writes: there a slice is short.
SLICE, SLICE_SQLITE = 500, 100
TRIES = 5


def changed(review: Review, record_ids: Iterable[int]) -> None:
    """Say, in the transaction that changes them, that the words of these heads are others now."""
    stale = [SearchText(review=review, record_id=pk, is_stale=True) for pk in sorted(set(record_ids))]
    if stale:
        SearchText.objects.bulk_create(stale, update_conflicts=True, unique_fields=["record"], update_fields=["is_stale"], batch_size=500)
        ask(review)


def ask(review: Review) -> None:
    """Ask for the index of a review to be brought up, in the caller's transaction.

    A job that waits is held until our commit, shared with others who ask, so that it begins with our records in sight; a job that runs
    may have read them before, and then another one waits behind it.
    """
    for _try in range(TRIES):
        if _held(review):
            return
        try:
            with transaction.atomic():
                jobs.enqueue(KIND, review=review, key=f"review:{review.pk}")
        except IntegrityError:  # another one asked at this moment, and a worker took it at once
            continue


def _held(review: Review) -> bool:
    waiting = Job.objects.filter(review=review, kind=KIND, state=JobState.QUEUED).order_by()
    if connection.vendor == "sqlite":
        return waiting.exists()
    with connection.cursor() as cursor:  # FOR SHARE is not in the ORM
        table = connection.ops.quote_name(Job._meta.db_table)
        sql = f"SELECT 1 FROM {table} WHERE review_id = %s AND kind = %s AND state = %s FOR SHARE"  # noqa: S608 (a name of ours)
        cursor.execute(sql, [review.pk, KIND, JobState.QUEUED])
        return cursor.fetchone() is not None


def ask_for_all(review: Review) -> int:
    """Have every record of a review indexed anew (the way of making tokens changed, or the index was lost); gives how many."""
    with transaction.atomic():
        n = SearchText.objects.for_review(review).update(is_stale=True)
        ask(review)
    return n


def index_slice(review: Review, *, after: int | None) -> tuple[int, int | None]:
    """Index some records in the caller's transaction; gives how many, and up to which id new heads were looked for (None: to the end)."""
    size = SLICE_SQLITE if connection.vendor == "sqlite" else SLICE
    fresh: list[int] = []
    if after is not None:
        fresh = list(_unknown(review).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:size])
    SearchText.objects.bulk_create([SearchText(review=review, record_id=pk) for pk in fresh], ignore_conflicts=True)
    # Locked first and read after: whoever changes one of these records meanwhile marks it when we are done.
    stale = SearchText.objects.for_review(review).filter(is_stale=True).order_by("record_id").select_for_update()
    ids = list(stale.values_list("record_id", flat=True)[:size])
    engine.write(read_tokens(ids))
    return len(ids), fresh[-1] if len(fresh) == size else None


def _unknown(review: Review) -> QuerySet[Any]:
    known = SearchText.objects.filter(record=OuterRef("pk"))
    found: QuerySet[Any] = Record.objects.for_review(review).heads().filter(~Exists(known))
    return found


def waiting(review: Review) -> int:
    """Count what is not indexed, or was changed since."""
    return _unknown(review).count() + SearchText.objects.for_review(review).filter(is_stale=True).count()


def read_tokens(ids: Collection[int]) -> Mapping[int, Tokens]:
    """Make the tokens of these heads from what they display, and from the identifiers of all in their groups."""
    numbers: dict[int, tuple[list[str], list[str]]] = {pk: ([], []) for pk in ids}
    members = SourceRecord.objects.filter(Q(record__in=ids) | Q(record__head__in=ids)).order_by("pk")
    for pk, head, doi, pmid in members.values_list("record_id", "record__head_id", "doi", "pmid"):
        for one in {head or pk, pk} & numbers.keys():  # a copy whose row waited has its own; no search gives it
            numbers[one][0].append(doi)
            numbers[one][1].append(pmid)
    rows = Record.objects.filter(pk__in=ids).only("title", "abstract", "journal", "keywords", "authors", "language", "doi", "pmid")
    return {
        row.pk: tokens_of(
            title=row.title, abstract=row.abstract, journal=row.journal, keywords=row.keywords, authors=row.authors, language=row.language,
            dois=[row.doi, *numbers[row.pk][0]], pmids=[row.pmid, *numbers[row.pk][1]],
        )
        for row in rows
    }  # fmt: skip
