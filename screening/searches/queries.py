"""What the search log says: searches by round, and what became of the entries of their files."""
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from reviewapp.jobs.models import LIVE, Job
from reviewapp.reviews.models import Review
from screening.models import Entry, EntryEnding, EntryPlace, Search, SearchRound, Source, Split, Upload
from screening.searches.rules import Completeness, completeness
from screening.vocabulary import Arm, EndingKind, UploadState


@dataclass(frozen=True, slots=True)
class Counts:
    """Entries of one file or of several: ``found`` = ``read`` + ``mended`` + ``look`` + ``unreadable`` + ``not_reference`` (I8)."""

    found: int = 0
    look: int = 0
    mended: int = 0
    unreadable: int = 0
    not_reference: int = 0

    @property
    def read(self) -> int:
        return self.found - self.look - self.mended - self.unreadable - self.not_reference

    @property
    def records(self) -> int:
        return self.read + self.mended

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) + getattr(other, name) for name in ("found", "look", "mended", "unreadable", "not_reference")))

    def __sub__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) - getattr(other, name) for name in ("found", "look", "mended", "unreadable", "not_reference")))


def counts_of(uploads: Collection[Upload]) -> dict[int, Counts]:
    """Give upload id → its counts, from facts, in three queries whatever the number of files."""
    ids = [upload.pk for upload in uploads]
    under_way = [upload.pk for upload in uploads if upload.state != UploadState.READ]
    found = {upload.pk: upload.found for upload in uploads}
    if under_way:
        found |= dict.fromkeys(under_way, 0) | _grouped(Entry.objects.filter(upload__in=under_way))
    troubled = _grouped(Entry.objects.filter(upload__in=ids).exclude(problem=""))
    ended: dict[tuple[int, str], int] = {}
    if troubled:
        current = EntryEnding.objects.filter(entry__upload__in=ids, superseded_at=None)
        rows = current.values_list("entry__upload", "kind").annotate(n=Count("pk")).order_by()
        ended = {(upload, kind): n for upload, kind, n in rows}
    return {pk: _counts(found[pk], troubled.get(pk, 0), {kind: ended.get((pk, kind), 0) for kind in EndingKind.values}) for pk in ids}


def is_empty(search: Search) -> bool:
    """Say whether nothing refers to a search, so that it may leave the log."""
    return not any(getattr(search, name).exists() for name in ("uploads", "places", "signatures", "repeated_by"))


def _grouped(entries: QuerySet[Entry]) -> dict[int, int]:
    return dict(entries.values_list("upload").annotate(n=Count("pk")).order_by())


def _counts(found: int, troubled: int, ended: dict[str, int]) -> Counts:
    mended, unreadable, not_reference = (ended[kind] for kind in (EndingKind.MENDED, EndingKind.UNREADABLE, EndingKind.NOT_A_REFERENCE))
    return Counts(found, troubled - mended - unreadable - not_reference, mended, unreadable, not_reference)


@dataclass(frozen=True, slots=True)
class Part:
    """Entries of a pooled library that belong to another search than their file: of which file, from or to which search, how many."""

    upload: Upload
    source: Search
    search: Search
    counts: Counts


@dataclass
class SearchLine:
    """One row of the search log: a search, its files that stand, their sum; parts of split files that came from or went elsewhere."""

    search: Search
    files: list[Upload] = field(default_factory=list)
    withdrawn: list[Upload] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    came: list[Part] = field(default_factory=list)
    went: list[Part] = field(default_factory=list)

    @property
    def reading(self) -> list[Upload]:
        return [upload for upload in self.files if upload.state in (UploadState.WAITING, UploadState.READING)]

    @property
    def stopped(self) -> list[Upload]:
        return [upload for upload in self.files if upload.state == UploadState.STOPPED]

    @property
    def completeness(self) -> Completeness:
        """What PRISMA-S asks of this search and what is not told yet."""
        return completeness(self.search, in_databases=self.search.source.arm == Arm.DATABASES)

    @property
    def unmapped(self) -> list[Upload]:
        """Tables that wait for somebody to say what their columns hold."""
        return [upload for upload in self.files if upload.state == UploadState.COLUMNS]

    @property
    def references(self) -> int:
        """Entries found, but for those that are no reference."""
        return self.counts.found - self.counts.not_reference

    @property
    def gap(self) -> int | None:
        """Entries found less hits; None while one of the two is unknown. What is no reference is no hit either."""
        if self.search.hits is None or not (self.files or self.came) or self.reading:
            return None
        return self.references + sum(part.counts.found for part in self.went) - self.search.hits

    @property
    def missing(self) -> int:
        """How many entries are fewer than the hits."""
        return -(self.gap or 0)

    @property
    def state(self) -> str:
        """One word for the last column: reading, stopped, columns, gap, explained, look, fits, unknown, or empty."""
        if self.reading:
            return "reading"
        if not self.files and not self.came:
            return "empty"
        if self.stopped:
            return "stopped"
        if self.unmapped:
            return "columns"
        if self.counts.look:
            return "look"
        if self.gap:
            return "explained" if self.search.gap_reason.strip() else "gap"
        return "unknown" if self.gap is None else "fits"


@dataclass
class RoundOfSearches:
    """A search round with its lines and their sum."""

    round: SearchRound
    lines: list[SearchLine] = field(default_factory=list)


def lines_of(searches: Iterable[Search]) -> list[SearchLine]:
    """Give each search with its files and what became of their entries."""
    searches = list(searches)
    uploads: dict[int, list[Upload]] = defaultdict(list)
    for upload in Upload.objects.filter(search__in=searches).exclude(state=UploadState.REFUSED).order_by("number"):
        uploads[upload.search_id].append(upload)
    everything = [upload for files in uploads.values() for upload in files]
    counts = counts_of(everything)
    mark_stopped(everything)
    lines = []
    for search in searches:
        files = [upload for upload in uploads[search.pk] if not upload.is_withdrawn]
        total = sum((counts[upload.pk] for upload in files), Counts())
        lines.append(SearchLine(search, files, [u for u in uploads[search.pk] if u.is_withdrawn], total))
    _move({line.search.pk: line for line in lines})
    return lines


def _move(lines: dict[int, SearchLine]) -> None:
    """Count entries of split files in the searches to which they belong."""
    for part in parts_of(lines):
        if (giver := lines.get(part.source.pk)) is not None:
            giver.counts -= part.counts
            giver.went.append(part)
        if (taker := lines.get(part.search.pk)) is not None:
            taker.counts += part.counts
            taker.came.append(part)


def parts_of(searches: Iterable[int]) -> list[Part]:
    """Give what split files that stand gave to or took from these searches. An entry has a place when a record came of it."""
    ids = list(searches)
    concerned = EntryPlace.objects.filter(Q(search__in=ids) | Q(entry__upload__search__in=ids), entry__upload__is_withdrawn=False)
    rows = concerned.values_list("entry__upload", "search").annotate(n=Count("pk"), mended=Count("pk", filter=~Q(entry__problem="")))
    found = list(rows.order_by("entry__upload", "search"))
    if not found:
        return []
    uploads = Upload.objects.select_related("search__source", "search__search_round").in_bulk({upload for upload, *_rest in found})
    others = Search.objects.select_related("source", "search_round").in_bulk({search for _upload, search, *_rest in found})
    return [
        Part(uploads[upload], uploads[upload].search, others[search], Counts(found=n, mended=mended)) for upload, search, n, mended in found
    ]


def mark_stopped(uploads: Collection[Upload]) -> None:
    """Let files whose job ended without reading them to their end show as stopped (on the page only)."""
    under_way = [upload for upload in uploads if upload.state in (UploadState.WAITING, UploadState.READING)]
    if not under_way:
        return
    jobs = Job.objects.filter(review_id=under_way[0].review_id, kind="import", state__in=LIVE, cancel_requested=False)
    live = set(jobs.values_list("key", flat=True))
    for upload in under_way:
        if f"upload:{upload.pk}" not in live:
            upload.state = UploadState.STOPPED


def search_log(review: Review) -> list[RoundOfSearches]:
    """Give the search rounds, newest first, each with its searches in the order of their numbers."""
    rounds = {r.pk: RoundOfSearches(r) for r in SearchRound.objects.for_review(review).order_by("-number")}
    searches = Search.objects.for_review(review).select_related("source", "search_round", "repeats").order_by("number")
    for line in lines_of(searches):
        rounds[line.search.search_round_id].lines.append(line)
    return list(rounds.values())


def unused_sources(review: Review) -> list[Source]:
    """Give the sources in which no search was recorded yet."""
    return list(Source.objects.for_review(review).annotate(n=Count("searches")).filter(n=0).order_by("number"))


@dataclass(frozen=True, slots=True)
class Total:
    """The foot of the log: the hits that are known, and whether some are not."""

    hits: int
    unknown: bool
    counts: Counts


def total_of(lines: Collection[SearchLine]) -> Total:
    """Sum the log up."""
    hits = [line.search.hits for line in lines]
    return Total(sum(n or 0 for n in hits), None in hits, sum((line.counts for line in lines), Counts()))


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file of a search, with its counts."""

    upload: Upload
    counts: Counts


def files_of(search: Search) -> list[FileLine]:
    """Give every file of a search, the refused and withdrawn ones too, with counts."""
    uploads = list(Upload.objects.filter(search=search).select_related("uploaded_by__user", "uploaded_by__review").order_by("number"))
    counts = counts_of(uploads)
    mark_stopped(uploads)
    return [FileLine(upload, counts[upload.pk]) for upload in uploads]


def is_part_of_split(search: Search) -> bool:
    """Say whether entries of a split file belong to this search, or it is that of the file."""
    live = Split.objects.filter(undone_at=None)
    return live.filter(Q(upload__search=search) | Q(places__search=search)).exists()


def comparable(search: Search) -> list[Search]:
    """Give the other searches with a strategy: those of the same source first, then by number."""
    others = Search.objects.for_review(search.review).exclude(pk=search.pk).exclude(strategy="").select_related("source", "search_round")
    return sorted(others, key=lambda one: (one.source_id != search.source_id, one.number))


def likely_before(search: Search, others: Collection[Search]) -> Search | None:
    """Give the search with which this one is most likely to be compared: the one it repeats, else the last of its source before it."""
    repeated = next((one for one in others if one.pk == search.repeats_id), None)
    same = [one for one in others if one.source_id == search.source_id]
    earlier = [one for one in same if one.number < search.number]
    return repeated or (earlier[-1] if earlier else next(iter(same or others), None))
