"""Recompute what the software promises (RELIABILITY.md 1, those marked N) and say where it does not hold."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models
from django.db.models import Count, Q

from reviewapp.audit.actions import broken_links
from reviewapp.audit.triggers import missing
from reviewapp.jobs.models import Job, JobState
from reviewapp.reviews.models import Counter as NumberCounter
from reviewapp.reviews.models import Member, Review
from reviewapp.reviews.owned import ReviewOwned
from reviewapp.reviews.vocabulary import Role
from screening import visibility
from screening.importing import splitting
from screening.models import (
    Entry,
    EntryEnding,
    FullText,
    Merge,
    Record,
    Report,
    RoundRecord,
    SearchRound,
    SearchText,
    SourceRecord,
    StudyLink,
    Upload,
)
from screening.outcomes import settle
from screening.reporting.prisma import queries, rules
from screening.search import actions as search
from screening.search import engine
from screening.vocabulary import EndingKind, Retrieval, UploadState, Verdict

SLICE = 500
WHY = "check_invariants"
#: Numbers that are given by something other than a counter of their own, or per something smaller than a review.
NOT_DENSE = ("screening.RuleVersion", "screening.Sharing")

Check = Callable[[Review], Iterator[str]]


def problems(review: Review) -> list[str]:
    """Give every place in a review where a promise does not hold, with ids."""
    return [f"{review.slug}: {text}" for check in CHECKS for text in check(review)]


def problems_of_database() -> list[str]:
    """Give what is wrong beside any review: triggers that are absent, words in the search index that belong to nothing."""
    found = [f"trigger {name} is missing: facts could be changed" for name in missing(connection)]
    return found + [f"the search index holds words of record id {pk}, which has no row in it" for pk in engine.strays()]


def _heads_pks(review: Review) -> list[int]:
    return list(Record.objects.for_review(review).heads().order_by("number").values_list("pk", flat=True))


def outcomes(review: Review) -> Iterator[str]:
    """I4: stored outcomes are what the facts say."""
    heads = _heads_pks(review)
    for start in range(0, len(heads), SLICE):
        yield from settle.differences(heads[start : start + SLICE])


def heads(review: Review) -> Iterator[str]:
    """I10: heads follow from the live merges, and a head is the lowest number of its group."""
    records = {pk: (number, head) for pk, number, head in Record.objects.for_review(review).values_list("pk", "number", "head_id")}
    root = {pk: pk for pk in records}

    def find(pk: int) -> int:
        while root[pk] != pk:
            root[pk] = root[root[pk]]
            pk = root[pk]
        return pk

    for child, parent in Merge.objects.for_review(review).filter(undone_at=None).values_list("child_id", "parent_id"):
        a, b = sorted((find(child), find(parent)), key=lambda pk: records[pk][0])
        root[b] = a
    for pk, (number, head) in records.items():
        wanted = None if find(pk) == pk else find(pk)
        if head != wanted:
            yield f"record {number} (id {pk}) has head id {head}, its merges say {wanted}"


def source_records(review: Review) -> Iterator[str]:
    """I10: each imported entry has exactly one record and each record one entry, all of one upload."""
    for number, pk in Record.objects.for_review(review).filter(source_record=None).values_list("number", "pk"):
        yield f"record {number} (id {pk}) has no imported entry"
    apart = SourceRecord.objects.for_review(review).exclude(entry__upload=models.F("upload"))
    for pk in apart.values_list("pk", flat=True):
        yield f"imported entry id {pk} names another file than its entry"


def numbers(review: Review) -> Iterator[str]:
    """Numbers are dense: 1 … n without a hole, and no counter is behind."""
    for model in apps.get_models():
        if not issubclass(model, ReviewOwned) or model._meta.label in NOT_DENSE or not _numbered(model):
            continue
        found = model._base_manager.filter(review=review).aggregate(n=Count("pk"), top=models.Max("number"), least=models.Min("number"))
        if found["n"] and (found["least"] != 1 or found["top"] != found["n"]):
            yield f"{model._meta.label}: {found['n']} numbers from {found['least']} to {found['top']} are not dense"
        counter = NumberCounter.objects.filter(review=review, name=model._meta.model_name).values_list("last", flat=True).first()
        if counter is not None and counter < (found["top"] or 0):
            yield f"{model._meta.label}: the counter stands at {counter}, the highest number is {found['top']}"


def _numbered(model: type[models.Model]) -> bool:
    names = {field.name for field in model._meta.local_concrete_fields}
    unique = [c.fields for c in model._meta.constraints if isinstance(c, models.UniqueConstraint) and c.condition is None]
    return "number" in names and ("review", "number") in unique


def uploads(review: Review) -> Iterator[str]:
    """I8: found = read + mended + still to be looked at + unreadable + not a reference."""
    rows = Entry.objects.for_review(review).values("upload").annotate(
        n=Count("pk"), read=Count("pk", filter=Q(problem="", source_record__isnull=False))
    ).order_by()  # fmt: skip
    entries = {row["upload"]: row for row in rows}
    ended: dict[int, Counter[str]] = defaultdict(Counter)
    endings = EntryEnding.objects.for_review(review).filter(superseded_at=None)
    for upload, kind, n in endings.values_list("entry__upload", "kind").annotate(n=Count("pk")).order_by():
        ended[upload][kind] = n
    waits = Entry.objects.for_review(review).exclude(problem="").exclude(endings__superseded_at=None, endings__isnull=False)
    to_look = dict(waits.values_list("upload").annotate(n=Count("pk")).order_by())
    for upload in Upload.objects.for_review(review).filter(state=UploadState.READ):
        row = entries.get(upload.pk, {"n": 0, "read": 0})
        kinds = ended[upload.pk]
        parts = (
            row["read"],
            kinds[EndingKind.MENDED],
            to_look.get(upload.pk, 0),
            kinds[EndingKind.UNREADABLE],
            kinds[EndingKind.NOT_A_REFERENCE],
        )
        if not upload.found == row["n"] == sum(parts):
            yield (
                f"file {upload.number} (id {upload.pk}): found {upload.found}, entries {row['n']}, but read, mended, "
                f"to look at, unreadable, not a reference are {parts}"
            )
    mended = endings.filter(kind=EndingKind.MENDED, entry__source_record=None)
    for pk in mended.values_list("entry_id", flat=True):
        yield f"entry id {pk} is said to be mended and has no record"


def files(review: Review) -> Iterator[str]:
    """I8: each stored file is there and is byte for byte what its digest says."""
    kept = [(f"file {u.number}", u) for u in Upload.objects.for_review(review).exclude(state=UploadState.REFUSED)]
    kept += [(f"full text {f.number}", f) for f in FullText.objects.for_review(review)]
    seen: dict[tuple[str, str], str] = {}
    for name, row in kept:
        key = (row.stored_as, row.sha256)
        if key not in seen:
            seen[key] = _fault(*key, row.size)
        if seen[key]:
            yield f"{name} (id {row.pk}): {seen[key]}"


def _fault(stored_as: str, sha256: str, size: int) -> str:
    if not default_storage.exists(stored_as):
        return f"{stored_as} is not there"
    digest, length = hashlib.sha256(), 0
    with default_storage.open(stored_as, "rb") as source:
        for chunk in source.chunks():
            digest.update(chunk)
            length += len(chunk)
    if digest.hexdigest() != sha256 or length != size:
        return f"{stored_as} is not what was sent"
    return ""


def prisma(review: Review) -> Iterator[str]:
    """I6: the boxes add up, for the whole and for each search round."""
    for one in (None, *SearchRound.objects.for_review(review)):
        for identity in rules.flow(queries.all_facts(review, search_round=one)).identities:
            if not identity.holds:
                yield f"PRISMA{f', {one}' if one else ''}: {identity.name}: {identity.as_sum} ({identity.left} ≠ {identity.right})"


def jobs(review: Review) -> Iterator[str]:
    """I20: a job that failed says why; one that ended says when."""
    for job in Job.objects.filter(review=review):
        if job.state == JobState.FAILED and not job.error.strip():
            yield f"job {job.number} (id {job.pk}) failed and does not say why"
        if not job.is_live and job.ended_at is None:
            yield f"job {job.number} (id {job.pk}) is {job.state} without an end"


def events(review: Review) -> Iterator[str]:
    """I22: the chain of events holds."""
    yield from (text.removeprefix(f"{review.slug}: ") for text in broken_links(review))


def votes(review: Review) -> Iterator[str]:
    """I1: one current vote a person, record, stage, purpose and round; a superseded one has its successor."""
    all_votes = visibility.everything(WHY).decisions(review)
    keys = ("record", "reviewer", "stage", "purpose", "round")
    double = all_votes.filter(superseded_at=None).order_by().values(*keys).annotate(n=Count("pk")).filter(n__gt=1)
    for row in double:
        yield f"{row['n']} current votes of member id {row['reviewer']} on record id {row['record']} in round id {row['round']}"
    for pk in all_votes.exclude(superseded_at=None).filter(superseded_by=None).values_list("pk", flat=True):
        yield f"vote id {pk} was superseded by none"
    for pk in all_votes.filter(superseded_at=None).exclude(superseded_by=None).values_list("pk", flat=True):
        yield f"vote id {pk} stands and has a successor"
    aside = all_votes.exclude(set_aside=None).filter(superseded_at=None)
    for pk in aside.filter(set_aside__undone_at=None).exclude(verdict=Verdict.WITHDRAWN).values_list("pk", flat=True):
        yield f"vote id {pk} stands and is set aside"
    for pk in aside.exclude(set_aside__undone_at=None).filter(verdict=Verdict.WITHDRAWN).values_list("pk", flat=True):
        yield f"vote id {pk} is withdrawn by what was taken back"
    without = all_votes.filter(stage_kind="full_text", verdict=Verdict.EXCLUDE, primary_reason=None)
    for pk in without.values_list("pk", flat=True):
        yield f"vote id {pk} excludes at full text without a reason"


def resolutions(review: Review) -> Iterator[str]:
    """I5: at most one live final decision a record and round."""
    live = visibility.everything(WHY).resolutions(review).filter(superseded_at=None)
    for row in live.order_by().values("record", "round").annotate(n=Count("pk")).filter(n__gt=1):
        yield f"{row['n']} live final decisions on record id {row['record']} in round id {row['round']}"


def rounds(review: Review) -> Iterator[str]:
    """One round decides a record in a stage, and only heads are live."""
    found = RoundRecord.objects.for_review(review)
    for row in found.filter(decides=True).order_by().values("stage", "record").annotate(n=Count("pk")).filter(n__gt=1):
        yield f"{row['n']} rounds decide record id {row['record']} in stage id {row['stage']}"
    for number in found.filter(is_live=True, record__head__isnull=False).values_list("record__number", flat=True):
        yield f"record {number} is a copy and live in a round"


def reports(review: Review) -> Iterator[str]:
    """A report's state is that of its newest step; a live link leads to a study of the review."""
    for report in Report.objects.for_review(review).prefetch_related("steps"):
        steps = sorted(report.steps.all(), key=lambda step: step.pk)
        wanted = steps[-1].kind if steps else Retrieval.SOUGHT
        if report.retrieval != wanted:
            yield f"report {report.number} (id {report.pk}) is {report.retrieval}, its newest step says {wanted}"
    doubled = (
        StudyLink.objects.for_review(review).filter(undone_at=None).order_by().values("report").annotate(n=Count("pk")).filter(n__gt=1)
    )
    for row in doubled:
        yield f"report id {row['report']} has {row['n']} live studies"


def one_review(review: Review) -> Iterator[str]:
    """I3: whatever hangs on something of the review belongs to the review."""
    for model in apps.get_models():
        if not issubclass(model, ReviewOwned):
            continue
        for field in model._meta.local_concrete_fields:
            parent: Any = field.remote_field.model if field.remote_field else None
            if parent is not None and isinstance(parent, type) and issubclass(parent, ReviewOwned):
                apart = model._base_manager.filter(review=review, **{f"{field.name}__isnull": False})
                for pk in apart.exclude(**{f"{field.name}__review": review}).values_list("pk", flat=True)[:20]:
                    yield f"{model._meta.label} id {pk}: {field.name} belongs to another review"


def people(review: Review) -> Iterator[str]:
    """A review that is not deleted keeps an owner."""
    if review.deleted_at is None and not any(m.has_role(Role.OWNER) for m in Member.objects.for_review(review).filter(ended_at=None)):
        yield "nobody owns it"


def search_index(review: Review) -> Iterator[str]:
    """Every head has its row in the index, with the words it has now; what waits has a job that will bring it up."""
    known = SearchText.objects.for_review(review)
    if not Job.objects.filter(review=review, kind=search.KIND, state__in=(JobState.QUEUED, JobState.RUNNING)).exists():
        missing_rows = Record.objects.for_review(review).heads().filter(search_text=None).order_by("number")
        for number, pk in missing_rows.values_list("number", "pk"):
            yield f"record {number} (id {pk}) is not in the search index, and no job will put it there"
        for pk in known.filter(is_stale=True).order_by("record_id").values_list("record_id", flat=True):
            yield f"record id {pk} changed since it was indexed, and no job will index it anew"
    fresh = list(known.filter(is_stale=False).order_by("record_id").values_list("record_id", flat=True))
    for start in range(0, len(fresh), SLICE):
        for pk in engine.differing(search.read_tokens(fresh[start : start + SLICE])):
            yield f"record id {pk}: the search index holds other words than the record"


def splits(review: Review) -> Iterator[str]:
    """The places of entries of split files are what their values say."""
    yield from splitting.differences(review)


CHECKS: tuple[Check, ...] = (
    outcomes, heads, source_records, numbers, uploads, files, prisma, jobs, events, votes, resolutions, rounds, reports, one_review, people,
    search_index, splits,
)  # fmt: skip
