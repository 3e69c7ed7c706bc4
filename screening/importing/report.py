"""The import report in numbers: of one file, or of a search with all its files; what was signed, and what changed since."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Count, Max, Min
from django.utils.translation import gettext_lazy

from screening.importing import queries
from screening.importing.running import Numbered, Running, look
from screening.models import Entry, ImportSignature, Search, Upload, name_of_file
from screening.searches import queries as searches
from screening.vocabulary import UploadState

#: Name of a number → what it is called, in the order of the page.
WORDS = {
    "hits": gettext_lazy("hits in the source"),
    "hits_shown": gettext_lazy("hits shown"),
    "hits_after_dedup": gettext_lazy("hits after the platform’s own duplicate removal"),
    "hits_exported": gettext_lazy("hits exported"),
    "gap_reason": gettext_lazy("why hits and entries differ"),
    "files": gettext_lazy("files"),
    "came": gettext_lazy("entries that came by a split of another file"),
    "went": gettext_lazy("entries that went to other searches by a split"),
    "found": gettext_lazy("entries found"),
    "read": gettext_lazy("read"),
    "mended": gettext_lazy("mended by a person"),
    "look": gettext_lazy("need a look"),
    "unreadable": gettext_lazy("unreadable"),
    "not_reference": gettext_lazy("not a reference"),
    "no_title": gettext_lazy("without title"),
    "no_abstract": gettext_lazy("without abstract"),
    "no_year": gettext_lazy("without year"),
    "twice": gettext_lazy("same entry twice"),
    "letters_repaired": gettext_lazy("letters repaired"),
    "controls_removed": gettext_lazy("control characters removed"),
    "running_missing": gettext_lazy("running numbers missing"),
    "running_twice": gettext_lazy("running numbers that came twice"),
}


#: The columns of the table of files.
COLUMNS = (
    "found", "read", "mended", "look", "unreadable", "not_reference", "no_title", "no_abstract", "no_year", "twice", "letters_repaired",
)  # fmt: skip


@dataclass(slots=True)
class FileReport:
    """One file with everything that its report counts. In the report of a search: as far as it belongs to the search.

    ``is_part``: of a file of another search, by a split.
    """

    upload: Upload
    counts: searches.Counts
    quality: queries.Quality
    is_part: bool = False

    @property
    def numbers(self) -> dict[str, int]:
        """The numbers of this file by the names of WORDS."""
        counts = {name: getattr(self.counts, name) for name in ("found", "read", "mended", "look", "unreadable", "not_reference")}
        repaired = {"letters_repaired": self.upload.letters_repaired, "controls_removed": self.upload.controls_removed}
        if self.is_part:  # counted with the file itself
            repaired = dict.fromkeys(repaired, 0)
        return counts | asdict(self.quality) | repaired


@dataclass(slots=True)
class Report:
    """The import report of a search: its files that stand, parts of split files that came, their sum, the running numbers."""

    search: Search
    line: searches.SearchLine
    files: list[FileReport] = field(default_factory=list)
    running: Running = field(default_factory=Running)
    parts: list[FileReport] = field(default_factory=list)

    @property
    def rows(self) -> list[FileReport]:
        """Everything that is counted."""
        return [*self.files, *self.parts]

    @property
    def foot(self) -> list[tuple[str, int]]:
        """The sums under the columns of the page's table, with what they are called."""
        return [(str(WORDS[name]), self.total[name]) for name in COLUMNS]

    @property
    def total(self) -> dict[str, int]:
        """The sum over files and parts, by the names of WORDS."""
        numbers = [one.numbers for one in self.rows]
        return {name: sum(one[name] for one in numbers) for name in WORDS if numbers and name in numbers[0]}

    @property
    def numbers(self) -> dict[str, Any]:
        """What a signature keeps: the numbers of the search, and those of each file under its number."""
        files: dict[str, Any] = {str(one.upload.number): _about(one.upload) | one.numbers for one in self.rows}
        parts = {"came": self.line.came, "went": self.line.went}
        split = {name: sum(part.counts.found for part in found) for name, found in parts.items() if found}
        return _hits(self.search) | {"files": len(self.files)} | split | self.total | _numbered(self.running) | {"by_file": files}

    @property
    def may_be_signed(self) -> bool:
        """All files read to their end, and a gap explained."""
        return self.why_not == ""

    @property
    def why_not(self) -> str:
        """One word for what stands in the way: nothing here, reading, stopped, a gap without a reason."""
        if not self.files and not self.line.came:
            return "empty"
        if any(one.upload.state != UploadState.READ for one in self.files):
            return "unread"
        return "gap" if self.line.gap and not self.search.gap_reason.strip() else ""


def report_of(search: Search) -> Report:
    """Give the report of a search."""
    line = searches.lines_of([search])[0]
    counts = searches.counts_of(line.files)
    for part in line.went:
        counts[part.upload.pk] -= part.counts
    came = [part.upload for part in line.came]
    qualities = queries.qualities_of([*line.files, *came], search if line.came or line.went else None)
    files = [FileReport(upload, counts[upload.pk], qualities[upload.pk]) for upload in line.files]
    parts = [FileReport(part.upload, part.counts, qualities[part.upload.pk], is_part=True) for part in line.came]
    return Report(search, line, files, running_of(line.files, search.hits), parts)


def file_numbers(search: Search, one: FileReport, numbered: Running) -> dict[str, Any]:
    """What the signature of one file keeps."""
    return _hits(search) | one.numbers | _numbered(numbered) | {"by_file": {str(one.upload.number): _about(one.upload) | one.numbers}}


def _hits(search: Search) -> dict[str, Any]:
    return {name: getattr(search, name) for name in ("hits", "hits_shown", "hits_after_dedup", "hits_exported", "gap_reason")}


def _numbered(found: Running) -> dict[str, int]:
    return {"running_missing": found.missing_count, "running_twice": len(found.twice)} if found.count else {}


def _about(upload: Upload) -> dict[str, str]:
    return {name: getattr(upload, name) for name in ("filename", "sha256", "dialect", "encoding", "database", "platform")}


# --- running numbers -----------------------------------------------------------------------------------------------------


def running_of(uploads: Sequence[Upload], hits: int | None = None, *, batch: bool = False) -> Running:
    """Look at the running numbers of these files; nothing is fetched where they are 1, 2, 3 … to the end.

    ``batch``: of one file of a search, which need not begin with 1.
    """
    entries = Entry.objects.filter(upload__in=uploads).exclude(running=None)
    said = entries.aggregate(n=Count("pk"), different=Count("running", distinct=True), first=Min("running"), last=Max("running"))
    if not said["n"]:
        return Running()
    upto = hits if hits and hits > said["last"] else None
    first = said["first"] if batch else 1
    if said["first"] == first and said["n"] == said["different"] == said["last"] - first + 1:
        missing = [(said["last"] + 1, upto)] if upto else []
        return Running(first, upto or said["last"], said["n"], missing, {})
    rows = entries.values_list("running", "upload__number", "position", "source_record__accession", "source_record__title").order_by()
    found = [Numbered(n, file, position, accession or title or "") for n, file, position, accession, title in rows]
    return look(found, upto, batch=batch)


# --- signatures ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """One number that is another now than when the report was signed."""

    word: str
    then: Any
    now: Any
    file: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature with what changed since; ``lines`` are the numbers as they were."""

    signature: ImportSignature
    lines: list[tuple[str, Any]]
    since: list[Difference]


def signatures(search: Search, upload: Upload | None, now: dict[str, Any]) -> list[Signed]:
    """Give the signatures of a search's report, or of a file's, the newest first."""
    rows = ImportSignature.objects.filter(search=search, upload=upload) if upload is None else ImportSignature.objects.filter(upload=upload)
    wanted = rows.select_related("by__user", "by__review").order_by("-pk")
    return [Signed(one, _lines(one.numbers), differences(one.numbers, now)) for one in wanted]


def _lines(numbers: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(str(word), numbers[name]) for name, word in WORDS.items() if numbers.get(name) not in (None, "")]


def differences(then: dict[str, Any], now: dict[str, Any]) -> list[Difference]:
    """Say what differs between two sets of numbers: those of the whole, then files that came, went or changed."""
    found = [Difference(str(word), then.get(name), now.get(name)) for name, word in WORDS.items() if then.get(name) != now.get(name)]
    before, after = then.get("by_file", {}), now.get("by_file", {})
    for number in sorted({*before, *after}, key=int):
        old, new = before.get(number), after.get(number)
        name = name_of_file((old or new)["filename"])
        if old is None or new is None:
            found.append(Difference(str(WORDS["found"]), old and old["found"], new and new["found"], name))
        elif len(before) > 1:
            found += [Difference(str(w), old.get(n), new.get(n), name) for n, w in WORDS.items() if old.get(n) != new.get(n)]
    return found


def has_been_signed(uploads: Iterable[Upload]) -> dict[int, int]:
    """Give upload id → how many signatures its own report has."""
    rows = ImportSignature.objects.filter(upload__in=list(uploads)).values_list("upload").annotate(n=Count("pk")).order_by()
    return dict(rows)
