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
from screening.models import Entry, Record, SourceRecord, Upload
from screening.outcomes.display import FIELDS
from screening.search import actions as search
from screening.stages.actions import admit

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


def write_slice(upload: Upload, part: Sequence[Found]) -> list[int]:
    """Write one slice in the caller's transaction and give the ids of its new records. What is there already is left out first,
    so that numbers stay dense."""
    written = Entry.objects.filter(upload=upload, position__range=(part[0].position, part[-1].position))
    there = set(written.values_list("position", flat=True))
    fresh = [found for found in part if found.position not in there]
    entries = [_entry(upload, found) for found in fresh]
    bulk.insert(entries)
    readable = [(entry, found.row) for entry, found in zip(entries, fresh, strict=True) if found.row is not None]
    records = _records(upload, [row for _entry_row, row in readable])
    bulk.insert([_source(entry, record, row) for (entry, row), record in zip(readable, records, strict=True)])
    ids = [record.pk for record in records]
    if ids:
        admit(upload.review, ids, upload.search.search_round)
        search.ask(upload.review)
    if entries:
        _say(upload, fresh, records)
    return ids


def write_mended(entry: Entry, fields: Fields) -> SourceRecord:
    """Write the record of an entry that a person read."""
    row = rules.row_of(fields)
    record = _records(entry.upload, [row])[0]
    source = _source(entry, record, row)
    bulk.insert([source])
    search.ask(entry.review)
    return source


def _entry(upload: Upload, found: Found) -> Entry:
    one = found.entry
    problem = "" if one.fields is not None else rules.clean(one.problem) or _("This entry could not be read.")
    return Entry(
        review_id=upload.review_id, upload=upload, position=found.position, line=max(one.line, 0), raw=found.raw, problem=problem,
        running=rules.running_number(one.fields, found.raw),
    )  # fmt: skip


def _records(upload: Upload, rows: Sequence[dict[str, Any]]) -> list[Record]:
    """Give each row a record of its own, which shows what was read."""
    if not rows:
        return []
    first = numbers.take(upload.review, "record", len(rows))
    shown = ({name: row[name] for name in FIELDS} for row in rows)
    records = [Record(review_id=upload.review_id, number=number, **values) for number, values in enumerate(shown, start=first)]
    bulk.insert(records)
    return records


def _source(entry: Entry, record: Record, row: dict[str, Any]) -> SourceRecord:
    return SourceRecord(review_id=entry.review_id, entry=entry, upload_id=entry.upload_id, record=record, **row)


def _say(upload: Upload, part: Sequence[Found], records: Sequence[Record]) -> None:
    """One Event for the slice: how many, which numbers, and the digest of its rows."""
    rows = [[found.position, max(found.entry.line, 0), found.digest] for found in part]
    data = {
        "upload": upload.number,
        "search": upload.search.number,
        "from": part[0].position,
        "to": part[-1].position,
        "entries": len(part),
        "records": len(records),
        "first_record": records[0].number if records else None,
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

