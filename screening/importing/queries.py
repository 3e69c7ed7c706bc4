"""What pages and actions ask about files and their entries."""
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from reviewapp.db.clock import now
from reviewapp.jobs.models import Job
from reviewapp.reviews.models import Member, Review
from reviewapp.web import files
from screening.importing import kept_back
from screening.importing.readers import Limits, Preview, Refused, preview_table
from screening.models import ColumnChoice, Entry, EntryEnding, RoundRecord, Search, SourceRecord, Upload
from screening.outcomes.groups import head_ids
from screening.searches.queries import counts_of
from screening.vocabulary import UploadState

PART = 1000


def uploads_of(member: Member) -> QuerySet[Upload]:
    """Give the files of a review with what their pages name."""
    found: QuerySet[Upload] = Upload.objects.for_review(member.review).select_related(
        "review", "search__source", "search__search_round", "uploaded_by__user", "uploaded_by__review", "replaces"
    )
    return found


def entries_of(upload: Upload) -> QuerySet[Entry]:
    """Give the entries of a file in its order, with what was read from them."""
    return Entry.objects.filter(upload=upload).select_related("source_record__record").order_by("position")


def record_ids(upload: Upload) -> list[int]:
    """Give the ids of the records born from a file, in its order."""
    return list(SourceRecord.objects.filter(upload=upload).order_by("record__number").values_list("record_id", flat=True))


def records_in(upload: Upload) -> int:
    """Say how many records came from a file."""
    return counts_of([upload])[upload.pk].records


def in_a_round(ids: list[int]) -> bool:
    """Say whether one of these records, or the group it belongs to, has a place in a round, so that it may have votes.

    Not whether it has any: a file with one record, made for the purpose, would tell who asks that somebody voted on it (I14).
    """
    parts = (ids[n : n + PART] for n in range(0, len(ids), PART))
    return any(RoundRecord.objects.filter(record__in=set(part) | head_ids(part)).exists() for part in parts)


def remembered_columns(review: Review, preview: Preview) -> dict[str, str]:
    """Give label → field as a person chose it for the last table with this header row; {} for none."""
    if not preview.key:
        return {}
    choice = ColumnChoice.objects.for_review(review).filter(header=preview.key).order_by("-pk").first()
    if choice is None or len(choice.names) != len(preview.names):
        return {}
    return {new: choice.columns[old] for old, new in zip(choice.names, preview.names, strict=True) if old in choice.columns}


def preview_of(upload: Upload) -> Preview | None:
    """Give the first rows of a file that is a table; None for what is none, or whose bytes are gone."""
    limits = Limits(max_bytes=settings.UPLOAD_MAX_BYTES)
    try:
        with files.opened(upload.stored_as) as file:
            return preview_table(file, upload.filename, limits=limits)
    except (Refused, FileNotFoundError):
        return None


def stays_in_place(upload: Upload, search: Search) -> bool:
    """Say whether a file can belong to another search as it is: of the same round, and with the same way to full text."""
    old = upload.search
    same_round = old.search_round_id == search.search_round_id
    return same_round and old.source.straight_to_retrieval == search.source.straight_to_retrieval


def job_of(upload: Upload) -> Job | None:
    """Give the newest job that reads this file."""
    return Job.objects.filter(review_id=upload.review_id, kind="import", key=f"upload:{upload.pk}").order_by("-pk").first()


@dataclass(frozen=True)
class Progress:
    """How far the reading of a file is: ``done`` entries, ``share`` of its bytes in thousandths, seconds ``left`` if that can be told."""

    done: int
    share: int = 0
    rate: int = 0
    left: int | None = None
    waits: bool = False
    error: str = ""

    @property
    def minutes_left(self) -> int:
        return round((self.left or 0) / 60)


def progress_of(upload: Upload) -> Progress | None:
    """Give the progress of a file that is being read; None when it is not."""
    if upload.state not in (UploadState.WAITING, UploadState.READING):
        return None
    job = job_of(upload)
    if job is not None and not job.is_live:
        return Progress(job.done, error=job.error or str(_("The reading stopped.")))
    if job is None or job.started_at is None:
        return Progress(0, waits=True)
    share = min(1000, int(job.checkpoint.get("bytes", 0)) * 1000 // max(upload.size, 1))
    seconds = max((now() - job.started_at).total_seconds(), 0.1)
    left = round(seconds * (1000 - share) / share) if share and seconds > 1 else None
    return Progress(job.done, share, round(job.done / seconds), left)


# --- the import report -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quality:
    """What is missing among the entries that were read."""

    no_title: int
    no_abstract: int
    no_year: int
    twice: int


NO_TITLE, NO_ABSTRACT, NO_YEAR = Q(title=""), Q(abstract=""), Q(year=None)
ENDED = Exists(EntryEnding.objects.filter(entry=OuterRef("pk"), superseded_at=None))
SAME = ("accession", "doi", "title", "year")


def quality_of(upload: Upload) -> Quality:
    """Count what is missing, and entries that stand in the file more than once."""
    return qualities_of([upload])[upload.pk]


def qualities_of(uploads: Collection[Upload], search: Search | None = None) -> dict[int, Quality]:
    """Give upload id → its quality, in two queries whatever the number of files; with ``search`` of what belongs to it (split files)."""
    ids = [upload.pk for upload in uploads]
    sources = SourceRecord.objects.filter(upload__in=ids).order_by()
    if search is not None:
        sources = sources.filter(Q(entry__place__search=search) | Q(entry__place=None, upload__search=search))
    missing = {"no_title": NO_TITLE, "no_abstract": NO_ABSTRACT, "no_year": NO_YEAR}
    rows = sources.values("upload").annotate(**{name: Count("pk", filter=q) for name, q in missing.items()})
    counted = {row.pop("upload"): row for row in rows}
    twice: Counter[int] = Counter()
    told = sources.exclude(title="", doi="", accession="").values("upload", *SAME).annotate(n=Count("pk")).filter(n__gt=1)
    for upload, n in told.values_list("upload", "n"):
        twice[upload] += n - 1
    return {pk: Quality(**counted.get(pk, dict.fromkeys(missing, 0)), twice=twice[pk]) for pk in ids}


def _repeated(upload: Upload) -> QuerySet:
    told = SourceRecord.objects.filter(upload=upload).exclude(title="", doi="", accession="")
    return told.values(*SAME).annotate(n=Count("pk")).filter(n__gt=1).order_by("title")


LISTS = {
    "look": _("Needs a look"),
    "no-title": _("Without title"),
    "no-abstract": _("Without abstract"),
    "no-year": _("Without year"),
    "twice": _("Same entry twice"),
    "ended": _("Ended by a person"),
    "all": _("All entries"),
}


def listed(upload: Upload, which: str) -> QuerySet[Entry]:
    """Give one of the LISTS of a file."""
    entries = entries_of(upload)
    if which == "look":
        return waiting(upload)
    if which == "ended":
        return entries.filter(ENDED)
    if which == "twice":
        wanted = Q(pk__in=[])
        for same in _repeated(upload)[:200]:
            wanted |= Q(**{f"source_record__{name}": same[name] for name in SAME if same[name] is not None}) & (
                Q() if same["year"] is not None else Q(source_record__year=None)
            )
        return entries.filter(wanted, source_record__isnull=False)
    missing = {"no-title": NO_TITLE, "no-abstract": NO_ABSTRACT, "no-year": NO_YEAR}.get(which)
    if missing is not None:
        sources = SourceRecord.objects.filter(missing, upload=upload).values("entry")
        return entries.filter(pk__in=sources)
    return entries


def waiting(upload: Upload) -> QuerySet[Entry]:
    """Give the entries that could not be read and wait for a person."""
    return entries_of(upload).filter(source_record=None).exclude(problem="").exclude(ENDED)


ENTRY_COLUMNS = ("entry", "line", "running number", "reason", "record", "title", "authors", "year", "doi", "raw text")


def entry_rows(entries: QuerySet[Entry]) -> Iterator[tuple[Any, ...]]:
    """Give the rows of a table of entries, in the order of ENTRY_COLUMNS."""
    in_cells: dict[int, bool] = {}
    for entry in entries.iterator(chunk_size=500):
        source = getattr(entry, "source_record", None)
        read: tuple[Any, ...] = (None, "", "", None, "")
        if source is not None:
            read = (source.record.number, source.title, "; ".join(source.authors), source.year, source.doi)
        if entry.upload_id not in in_cells:
            in_cells[entry.upload_id] = kept_back.in_cells(entry.upload_id)
        raw = kept_back.raw_of(entry, cells=in_cells[entry.upload_id])
        yield entry.position, entry.line, entry.running, entry.problem, *read, raw


@dataclass(frozen=True)
class Effect:
    """What a withdrawal would do: records of this file, those that stay through another file, whether a why is needed.

    ``stay_by``: those that stay through the file that comes in its place.
    """

    records: int
    leave: int
    stay: int
    asks_why: bool
    stay_by: int = 0


def may_replace(upload: Upload) -> list[Upload]:
    """Give the files of the same search that could come in the place of this one: read, and standing."""
    others = Upload.objects.filter(search=upload.search, is_withdrawn=False, state=UploadState.READ).exclude(pk=upload.pk)
    return list(others.order_by("-number"))


def stands_in(upload: Upload) -> Upload | None:
    """Give the file that was put in the place of a withdrawn one, if it stands."""
    last = upload.steps.select_related("replaced_by").order_by("-pk").first()
    by: Upload | None = last.replaced_by if last else None
    return None if by is None or by.is_withdrawn else by


def effect_of(upload: Upload, by: Upload | None = None) -> Effect:
    """Say what withdrawing a file does to the records of the review; of a withdrawn one, which would come back (``leave``)."""
    ids = record_ids(upload)
    heads: set[int] = set()
    for start in range(0, len(ids), PART):
        heads |= head_ids(ids[start : start + PART])
    kept: set[int] = set()
    through: set[int] = set()
    ordered = sorted(heads)
    for start in range(0, len(ordered), PART):
        part = ordered[start : start + PART]
        in_group = Q(record__in=part) | Q(record__head__in=part)
        others = SourceRecord.objects.filter(in_group, upload__is_withdrawn=False).exclude(upload=upload)
        for own, head, file in others.values_list("record_id", "record__head_id", "upload_id"):
            kept.add(head or own)
            if by is not None and file == by.pk:
                through.add(head or own)
    return Effect(len(ids), len(heads) - len(kept), len(kept), in_a_round(ids), len(through))


# --- one entry ---------------------------------------------------------------------------------------------------------

SHOWN_CHARS, SHOWN_LINES = 20_000, 300


@dataclass(frozen=True)
class Raw:
    """The raw text of an entry with the numbers of its lines in the file; ``more`` when it is too long to be shown whole.

    ``hides``: lines that tell decisions of others are put out.
    """

    lines: list[tuple[int, str]]
    more: bool
    hides: bool = False


def raw_of(entry: Entry) -> Raw:
    """Number the lines of an entry as an editor would."""
    raw = kept_back.raw_of(entry)
    lines = raw[:SHOWN_CHARS].split("\n")
    more = len(raw) > SHOWN_CHARS or len(lines) > SHOWN_LINES
    return Raw(list(enumerate(lines[:SHOWN_LINES], start=max(entry.line, 1))), more, hides=raw != entry.raw)


def ending_of(entry: Entry) -> EntryEnding | None:
    """Give how an entry ended by a person's word, if it did."""
    return EntryEnding.objects.filter(entry=entry, superseded_at=None).select_related("by__user", "by__review").first()


def next_waiting(upload: Upload, after: int = 0) -> Entry | None:
    """Give the next entry that waits for a person, from this position on and then from the beginning."""
    return waiting(upload).filter(position__gt=after).first() or waiting(upload).first()


def neighbours(entry: Entry) -> tuple[int | None, int | None]:
    """Give the positions before and after an entry in its file."""
    around = Entry.objects.filter(upload=entry.upload_id, position__in=[entry.position - 1, entry.position + 1])
    there = set(around.values_list("position", flat=True))
    before, after = entry.position - 1, entry.position + 1
    return before if before in there else None, after if after in there else None
