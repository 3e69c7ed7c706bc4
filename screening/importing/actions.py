"""Take files in and read them slice by slice. How their entries end is in endings.py, how files go and return in withdrawing.py.

One writer of Upload (but for its birth certificate: search, bytes, who) and of Entry, SourceRecord and the birth of Record.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.jobs import actions as jobs
from reviewapp.jobs.models import LIVE, Job
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member
from reviewapp.web import files
from screening.importing import loading, opening, queries, rules, withdrawing
from screening.importing.ahead import ahead
from screening.importing.errors import AlreadyHere, CannotChange, NotTaken
from screening.importing.readers import Limits, Reading, Refused, UnknownTable, open_exports
from screening.models import Entry, Search, Upload, UploadStep
from screening.vocabulary import UploadKind, UploadState, UploadStepKind


def limits() -> Limits:
    """Give what a file may ask for, by the settings of this server."""
    return Limits(max_bytes=settings.UPLOAD_MAX_BYTES, max_entries=settings.UPLOAD_MAX_ENTRIES)


# --- in ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What became of one file that was sent: the upload, or a sentence why not (and the upload that has the same bytes)."""

    filename: str
    upload: Upload | None = None
    sentence: str = ""
    same_as: Upload | None = None


def receive(
    member: Member, search: "Search | Into", file: BinaryIO, filename: str, again: bool = False, *, kind: UploadKind = UploadKind.FILE
) -> Upload:
    """Keep one export and ask for it to be read. ``search`` may be found (or recorded) by what the file tells of itself.

    Raises NotTaken (it is no export: nothing is kept), AlreadyHere (the same bytes, unless ``again`` asks for a second copy).
    """
    with arriving(file) as arrived:
        if not again:
            _refuse_same(member, arrived.sha256)
        told = recognised(member, arrived.file, filename, kind=kind)
        into = search if isinstance(search, Search) else search(told)
        kept = Kept(_label(filename), files.keep(arrived, folder="uploads"), arrived.sha256, arrived.size, kind)
        return enter(member, into, kept, told, again=again)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is stored: its label, its name in the store, its bytes."""

    filename: str
    stored_as: str
    sha256: str
    size: int
    kind: UploadKind = UploadKind.FILE


@dataclass(frozen=True, slots=True)
class Told:
    """What a file says of itself and what a person said of it: columns of its Upload. ``asks``: a person must say what its columns hold."""

    values: dict[str, Any]
    read_as: dict[str, Any]
    asks: bool = False


#: Finds the search for a file by what it tells. May raise NotTaken.
Into = Callable[[Told], Search]


@contextmanager
def arriving(file: BinaryIO) -> Iterator[files.Arrived]:
    """Hold an export beside the kept files while it is looked at. Raises NotTaken beyond settings.UPLOAD_MAX_BYTES."""
    try:
        with files.arriving(file, limit=settings.UPLOAD_MAX_BYTES) as arrived:
            yield arrived
    except files.TooLarge:
        raise NotTaken(too_large())


def too_large() -> str:
    """Say that a file passes the limit, and what to do."""
    return _("%(fact)s Export it in parts.") % {"fact": files.TooLarge(settings.UPLOAD_MAX_BYTES)}


def recognised(
    member: Member, file: BinaryIO, filename: str, said: dict[str, Any] | None = None, *, kind: str = UploadKind.FILE
) -> Told:
    """Look at the beginning of a file. A table of unknown columns is read as one with the same header was; else it asks.

    Raises NotTaken (it is no export, or not what was said).
    """
    read_as = said or {}
    try:
        try:
            return _told(file, filename, read_as, kind)
        except UnknownTable as unknown:
            columns = queries.remembered_columns(member.review, unknown.preview)
            if columns:
                return _told(file, filename, read_as | {"columns": columns, "remembered": True}, kind)
            return Told({"dialect": _("table")[:40], "remark": rules.clean(str(unknown))}, read_as, asks=True)
    except Refused as refused:
        raise NotTaken(str(refused)) from refused


def _told(file: BinaryIO, filename: str, read_as: dict[str, Any], kind: str) -> Told:
    with opening.opened_as(file, filename, read_as, limits(), kind=kind) as reading:
        encoding = read_as.get("encoding") or reading.encoding
        values = {
            "dialect": rules.clean(reading.label)[:40],
            "encoding": (opening.ENCODINGS.get(encoding) or rules.encoding_name(encoding))[:40],
            "database": rules.clean(read_as.get("database") or reading.database)[:120],
            "platform": rules.clean(read_as.get("platform") or reading.platform)[:120],
            "remark": rules.clean(" ".join(filter(None, (reading.extension_disagrees, reading.advice)))),
        }
    return Told(values, read_as)


def _refuse_same(member: Member, sha256: str) -> None:
    same = Upload.objects.for_review(member.review).filter(sha256=sha256).order_by("copy").first()
    if same is not None:
        raise AlreadyHere(same, queries.records_in(same))


@transaction.atomic
def enter(member: Member, search: Search, kept: Kept, told: Told, *, again: bool = False, replaces: Upload | None = None) -> Upload:
    """Make the row of a kept file, and the job that reads it (unless the file asks for its columns first)."""
    review = member.review
    number = numbers.take(review, "upload")  # from here on uploads of this review take turns: the next look is the true one
    if not again:
        _refuse_same(member, kept.sha256)
    copies = Upload.objects.for_review(review).filter(sha256=kept.sha256).count()
    upload = Upload.objects.create(
        review=review,
        number=number,
        search=search,
        kind=kept.kind,
        filename=kept.filename,
        stored_as=kept.stored_as,
        sha256=kept.sha256,
        size=kept.size,
        copy=copies + 1,
        uploaded_by=member,
        read_as=told.read_as,
        replaces=replaces,
        state=UploadState.COLUMNS if told.asks else UploadState.WAITING,
        **told.values,
    )
    if not told.asks:
        ask_to_read(upload, member)
    data = {"upload": number, "search": search.number, "sha256": kept.sha256, "size": kept.size, "copy": copies + 1}
    said = {"read_as": told.read_as} if told.read_as else {}
    again_of = {"replaces": replaces.number} if replaces else {}
    audit.log("upload:received", review=review, actor=member, data=data | said | again_of)
    return upload


def ask_to_read(upload: Upload, member: Member) -> Job:
    return jobs.enqueue("import", review=upload.review, key=job_key(upload), asked_by=member, upload=upload.pk)


def job_key(upload: Upload) -> str:
    """Name the job that reads this file."""
    return f"upload:{upload.pk}"


def _label(filename: str) -> str:
    """Keep the last part of a path as a label: never a place on our disk."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in rules.clean(last) if letter.isprintable())[-255:].strip() or "file"


def receive_many(member: Member, search: Search | Into, sent: Iterable[tuple[str, BinaryIO]]) -> list[Outcome]:
    """Keep several files, unpacking archives; one that is refused does not hold up the others."""
    outcomes: list[Outcome] = []
    for filename, file in sent:
        try:
            inside = open_exports(file, filename, limits=limits())
        except Refused as refused:
            outcomes.append(Outcome(_label(filename), sentence=str(refused)))
            continue
        outcomes += [_received(member, search, label, opener) for label, opener in inside]
    return outcomes


def _received(member: Member, search: Search | Into, filename: str, opener: Callable[[], BinaryIO]) -> Outcome:
    label = _label(filename)
    try:
        return Outcome(label, receive(member, search, opener(), filename))
    except (NotTaken, Refused) as refused:
        return Outcome(label, sentence=str(refused))
    except AlreadyHere as same:
        return Outcome(label, sentence=str(same), same_as=same.upload)


def copy_again(member: Member, search: Search, upload: Upload) -> Upload:
    """Read the bytes of a file that is here already a second time, because somebody asked for it."""
    with files.opened(upload.stored_as) as file:
        return receive(member, search, file, upload.filename, again=True)


def type_reference(member: Member, search: Search, text: str, again: bool = False) -> Upload:
    """Keep what a person typed or pasted (an export, DOIs and PMIDs, references as lines) as a file of its own kind, and read it."""
    filename = _("typed") + f"-{timezone.localdate():%Y-%m-%d}.txt"
    return receive(member, search, BytesIO(text.encode("utf-8", "replace")), filename, again, kind=UploadKind.TYPED)


# --- reading ----------------------------------------------------------------------------------------------------------


def load(lease: jobs.Lease) -> None:
    """Read a kept file into the review, slice by slice, from where an earlier run stopped. A second run adds nothing."""
    wanted = Upload.objects.select_related("review", "search__search_round", "search__source", "uploaded_by__user")
    upload = wanted.get(pk=lease.arguments["upload"])
    if upload.state in (UploadState.READ, UploadState.REFUSED):
        return
    Upload.objects.filter(pk=upload.pk, state=UploadState.WAITING).update(state=UploadState.READING)
    try:
        with (
            files.opened(upload.stored_as) as file,
            opening.opened_as(file, upload.filename, upload.read_as, limits(), kind=upload.kind) as reading,
        ):
            with ahead(_parts(upload, reading, file, after=loading.last_position(upload))) as parts:
                for part, place in parts:
                    with lease.slice():
                        loading.write_slice(upload, part)
                        lease.job.done = part[-1].position
                        lease.checkpoint.update(position=part[-1].position, bytes=min(place, upload.size))
            loading.tell_how_many(upload)
            _finish(lease, upload, reading)
    except Refused as refused:
        _refuse(lease, upload, str(refused))
    except FileNotFoundError as gone:
        raise jobs.JobFailed(_("The stored file is gone from the server's disk. Bring it back from a backup, then read on.")) from gone


def _parts(upload: Upload, reading: Reading, file: Any, *, after: int) -> Iterator[tuple[list[loading.Found], int]]:
    """Give what a reader finds in slices (so many entries, or so much text), each with how far in the file it is.

    Positions are ours: 1, 2, 3 … without a gap. Runs in a thread of its own: nothing here may touch the database.
    """
    part: list[loading.Found] = []
    size = 0
    for position, one in enumerate(reading, start=1):
        if position <= after:
            continue
        part.append(loading.found(upload, position, one))
        size += len(one.raw)
        if len(part) >= (loading.SLICE if position > loading.SLICE else min(loading.FIRST, loading.SLICE)) or size >= loading.SLICE_CHARS:
            yield part, file.tell()
            part, size = [], 0
    if part:
        yield part, file.tell()


def _finish(lease: jobs.Lease, upload: Upload, reading: Reading) -> None:
    with lease.slice():
        found = Entry.objects.filter(upload=upload).count()
        Upload.objects.filter(pk=upload.pk).update(
            state=UploadState.READ,
            found=found,
            controls_removed=reading.controls_removed,
            letters_repaired=reading.letters_repaired,
            is_cut=reading.cut,
            read_at=timezone.now(),
        )
        lease.job.done = lease.job.total = found
        loading.ask_for_duplicates(upload.review, lease.job.asked_by)
        look = Entry.objects.filter(upload=upload, source_record=None).count()
        data = {"upload": upload.number, "found": found, "look": look}
        audit.log("import:read", review=upload.review, actor=upload.uploaded_by, data=data)


def _refuse(lease: jobs.Lease, upload: Upload, sentence: str) -> None:
    """End a file that turned out to be unreadable further on: what was read of it before counts nowhere."""
    with lease.slice():
        ids, why, by = queries.record_ids(upload), rules.clean(sentence), upload.uploaded_by
        Upload.objects.filter(pk=upload.pk).update(state=UploadState.REFUSED, refusal=why, is_withdrawn=True, read_at=timezone.now())
        UploadStep.objects.create(review=upload.review, upload=upload, kind=UploadStepKind.WITHDRAWN, by=by, why=why)
        if ids:
            withdrawing.ask_to_settle(upload, by)
        audit.log("import:refused", review=upload.review, actor=by, data={"upload": upload.number, "read_before": len(ids)}, text=why)


@transaction.atomic
def stop(member: Member, upload: Upload) -> None:
    """Stop the reading of a file; what is read already stays, and reading can go on later."""
    job = queries.job_of(upload)
    if job is not None and job.is_live:
        jobs.cancel(job)
    stopped = Upload.objects.filter(pk=upload.pk, state__in=(UploadState.WAITING, UploadState.READING)).update(state=UploadState.STOPPED)
    if stopped:
        audit.log("upload:stopped", review=member.review, actor=member, data={"upload": upload.number})


@transaction.atomic
def read_on(member: Member, upload: Upload) -> None:
    """Go on reading a file that was stopped, or whose reading failed."""
    fresh = Upload.objects.select_for_update(no_key=True).get(pk=upload.pk)
    if fresh.state in (UploadState.READ, UploadState.REFUSED) or fresh.is_withdrawn:
        raise CannotChange(_("This file is not waiting to be read."))
    live = Job.objects.filter(review=member.review, kind="import", key=job_key(upload), state__in=LIVE, cancel_requested=False)
    if live.exists():
        return
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.WAITING)
    ask_to_read(fresh, member)
    audit.log("upload:read_on", review=member.review, actor=member, data={"upload": upload.number})
