"""Write what a reader found: entries, records and source records, a slice in one transaction."""
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.audit.canonical import digest
from reviewapp.jobs import actions as jobs
from reviewapp.jobs.models import LIVE, Job, JobState
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member, Review
from screening.importing import bulk, opening, rules
from screening.importing.readers import Fields, ReadEntry
from screening.models import Entry, Record, RoundRecord, SourceRecord, Upload
from screening.outcomes.display import FIELDS
from screening.search import actions as search
from screening.stages.actions import admit

MANY = 1000  #: entries from which on plans for an empty table are bad ones
SLICE = 1000
#: The first thousand come in smaller slices, so that a page soon has something to say.
FIRST = 100
SLICE_CHARS = 8_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of a file at its position, with the columns of what was read (None: it needs a look) and the digest of its raw text."""

    position: int
    entry: ReadEntry
    raw: str
    row: dict[str, Any] | None
    digest: str


def found(upload: Upload, position: int, one: ReadEntry) -> Found:
    """Make ready for the database what a reader gave; touches no database."""
    raw = rules.clean(one.raw)
    row = None if one.fields is None else rules.row_of(opening.overruled(one.fields, upload.read_as), one.remarks)
    return Found(position, one, raw, row, sha256(raw.encode()).hexdigest())


def last_position(upload: Upload) -> int:
    """Give how far earlier runs came: slices are written in order, each whole."""
    return Entry.objects.filter(upload=upload).aggregate(last=Max("position"))["last"] or 0


def tell_how_many(upload: Upload) -> None:
    """After a large file, let the database know at once that its tables have grown."""
    if last_position(upload) >= MANY:
        bulk.know(Entry, Record, SourceRecord, RoundRecord)


def write_slice(upload: Upload, part: Sequence[Found]) -> list[int]:
    """Write one slice in the caller's transaction and give the ids of its new records. What is there already is left out first,
    so that numbers stay dense."""
    written = Entry.objects.filter(upload=upload, position__range=(part[0].position, part[-1].position))
    there = set(written.values_list("position", flat=True))
    fresh = [found for found in part if found.position not in there]
    keys = bulk.insert_values(Entry, [_entry(upload, found) for found in fresh])
    readable = [(entry, found.row) for entry, found in zip(keys, fresh, strict=True) if found.row is not None]
    first, ids = _write_records(upload, readable)
    if ids:
        admit(upload.review, ids, upload.search.search_round)
        search.ask(upload.review)
    if fresh:
        _say(upload, fresh, first, len(ids))
    return ids


def write_mended(entry: Entry, fields: Fields) -> SourceRecord:
    """Write the record of an entry that a person read."""
    _first, ids = _write_records(entry.upload, [(entry.pk, rules.row_of(fields))])
    search.ask(entry.review)
    source: SourceRecord = SourceRecord.objects.select_related("record").get(record__in=ids)
    return source


def _entry(upload: Upload, found: Found) -> dict[str, Any]:
    one = found.entry
    problem = "" if one.fields is not None else rules.clean(one.problem) or _("This entry could not be read.")
    return {
        "review_id": upload.review_id, "upload_id": upload.pk, "position": found.position, "line": max(one.line, 0), "raw": found.raw,
        "problem": problem, "running": rules.running_number(one.fields, found.raw),
    }  # fmt: skip


def _write_records(upload: Upload, rows: Sequence[tuple[int, dict[str, Any]]]) -> tuple[int | None, list[int]]:
    """Give each entry that is read a record of its own, which shows what was read. Gives the first number and the ids."""
    if not rows:
        return None, []
    review = upload.review_id
    first = numbers.take(upload.review, "record", len(rows))
    shown = [{name: row[name] for name in FIELDS} for _entry_id, row in rows]
    ids = bulk.insert_values(Record, [{"review_id": review, "number": n, **values} for n, values in enumerate(shown, start=first)])
    born = zip(rows, ids, strict=True)
    upload_id = upload.pk
    bulk.insert_values(
        SourceRecord,
        [{"review_id": review, "entry_id": entry, "upload_id": upload_id, "record_id": record, **row} for (entry, row), record in born],
    )
    return first, ids


def _say(upload: Upload, part: Sequence[Found], first_record: int | None, records: int) -> None:
    """One Event for the slice: how many, which numbers, and the digest of its rows."""
    rows = [[found.position, max(found.entry.line, 0), found.digest] for found in part]
    data = {
        "upload": upload.number,
        "search": upload.search.number,
        "from": part[0].position,
        "to": part[-1].position,
        "entries": len(part),
        "records": records,
        "first_record": first_record,
        "digest": digest(rows),
    }
    audit.log("import:slice", review=upload.review, actor=upload.uploaded_by, data=data)


def ask_for_duplicates(review: Review, member: Member | None) -> None:
    """Ask for a look at the new records beside the old ones, in the caller's transaction.

    A look that is under way may have read the records before ours were there: then another one waits behind it. One that waits is held
    until our commit, so that it begins with our records in sight.
    """
    live = Job.objects.filter(review=review, kind="dedupe", state__in=LIVE)
    if waiting := live.select_for_update().filter(state=JobState.QUEUED).first():
        transaction.on_commit(lambda: jobs.ring(waiting.pk))
        return
    jobs.enqueue("dedupe", review=review, key=f"review:{review.pk}", asked_by=member)

