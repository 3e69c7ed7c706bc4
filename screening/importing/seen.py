"""A later search beside what was here: which of its entries are new, which were seen before and where those stand, whose data changed."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviewapp.jobs.models import LIVE, Job
from reviewapp.reviews.models import Member, Review
from screening import visibility
from screening.importing.queries import PART
from screening.models import Entry, Record, SearchRound, SourceRecord, Upload
from screening.vocabulary import Outcome, StageKind

#: What two imports of one reference are compared in, and what each is called.
COMPARED = {
    "title": gettext_lazy("title"), "year": gettext_lazy("year"), "doi": "DOI", "pmid": "PMID", "volume": gettext_lazy("volume"),
    "issue": gettext_lazy("issue"), "pages": gettext_lazy("pages"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One field that the later import gives otherwise: what stood in the earlier ones (may be nothing), what stands now."""

    name: str
    before: str
    now: str


@dataclass(slots=True)
class Seen:
    """The records of some files: ``new`` + ``seen`` + ``elsewhere`` + ``twice`` are all of them.

    seen: of a group that an earlier search round brought. elsewhere: in another file of the same round. twice: in the same files before.
    """

    records: int = 0
    seen: dict[int, int] = field(default_factory=dict)  # record → head
    elsewhere: set[int] = field(default_factory=set)
    twice: set[int] = field(default_factory=set)
    changes: dict[int, list[Change]] = field(default_factory=dict)
    compared: bool = True  # False: the duplicate search is still to come

    @property
    def new(self) -> int:
        return self.records - len(self.seen) - len(self.elsewhere) - len(self.twice)

    def ids(self, kind: str) -> list[int]:
        """Give the records of one kind but ``new``."""
        found: Collection[int] = {"seen": self.seen, "elsewhere": self.elsewhere, "twice": self.twice, "changed": self.changes}[kind]
        return sorted(found)


LISTS = {
    "new": gettext_lazy("New"),
    "seen": gettext_lazy("Seen before"),
    "changed": gettext_lazy("Seen before, data changed"),
    "elsewhere": gettext_lazy("In another file of this round"),
}
#: The lists that say where each record stands, and what changed.
TOLD = ("seen", "changed")


@dataclass(frozen=True, slots=True)
class About:
    """What a list says of a record that was seen before."""

    head: int
    stands: str
    changes: list[Change]


def entries_of(upload: Upload, seen: Seen, which: str) -> QuerySet[Entry]:
    """Give the entries of one of the LISTS of a file."""
    entries = Entry.objects.filter(upload=upload, source_record__isnull=False).select_related("source_record__record")
    if which != "new":
        return entries.filter(source_record__record__in=seen.ids(which))
    others = [*seen.seen, *seen.elsewhere, *seen.twice]
    return entries.exclude(source_record__record__in=others)


def told_of(member: Member, seen: Seen, records: Collection[int]) -> dict[int, About]:
    """Give record → where it stands, as far as this member may know, and what changed."""
    heads = {record: seen.seen[record] for record in records if record in seen.seen}
    stands = stands_of(member, set(heads.values()))
    numbers = dict(Record.objects.filter(pk__in=heads.values()).values_list("pk", "number"))
    return {
        record: About(numbers[head], str(STANDS[stands[head]]), seen.changes.get(record, [])) for record, head in heads.items()
    }


def has_earlier(search_round: SearchRound) -> bool:
    """Say whether the round of a search has rounds before it."""
    return SearchRound.objects.filter(review=search_round.review_id, number__lt=search_round.number).exists()


def seen_of(review: Review, uploads: Sequence[Upload], search_round: SearchRound) -> Seen:
    """Look at the records of these files (all of ``search_round``) beside those of the files that stand."""
    own = {upload.pk for upload in uploads}
    seen = Seen(SourceRecord.objects.filter(upload__in=own).count())
    seen.compared = not Job.objects.filter(review=review, kind__in=("dedupe", "import"), state__in=LIVE).exists()
    for part in _parts(_groups(own)):
        groups: dict[int, list[SourceRecord]] = defaultdict(list)
        for source in _members(part):
            groups[source.record.head_id or source.record_id].append(source)
        for head, members in groups.items():
            _place(seen, head, members, own, search_round)
    return seen


def _groups(own: set[int]) -> list[int]:
    """Give the heads of the groups that have a record of these files and another one."""
    mine = Q(source_record__upload__in=own)
    followers = Record.objects.filter(mine).exclude(head=None).values_list("head_id", flat=True)
    heads = Record.objects.filter(head__source_record__upload__in=own).values_list("head_id", flat=True)
    return sorted({*followers.order_by(), *heads.order_by()})


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), PART):
        yield ids[start : start + PART]


def _members(heads: Sequence[int]) -> Iterable[SourceRecord]:
    """Give what was read of the members of these groups, as far as it is compared; of the abstract only whether there is one."""
    found = SourceRecord.objects.filter(Q(record__in=heads) | Q(record__head__in=heads), upload__is_withdrawn=False)
    has_abstract = Case(When(abstract="", then=Value("")), default=Value("yes"), output_field=CharField())
    wanted = found.select_related("record", "upload__search__search_round").annotate(has_abstract=has_abstract)
    fields = ("upload__search__search_round__number", "record__number", "record__head")
    rows: Iterable[SourceRecord] = wanted.only("record_id", "upload_id", *COMPARED, *fields).order_by("record__number")
    return rows


def _place(seen: Seen, head: int, members: list[SourceRecord], own: set[int], search_round: SearchRound) -> None:
    mine = [one for one in members if one.upload_id in own]
    others = [one for one in members if one.upload_id not in own]
    earlier = [one for one in others if one.upload.search.search_round.number < search_round.number]
    beside = [one for one in others if one.upload.search.search_round_id == search_round.pk]
    for n, one in enumerate(mine):
        if n:
            seen.twice.add(one.record_id)
        elif earlier:
            seen.seen[one.record_id] = head
            if changes := changes_of(one, earlier):
                seen.changes[one.record_id] = changes
        elif any(other.record.number < one.record.number for other in beside):
            seen.elsewhere.add(one.record_id)


def changes_of(one: Any, earlier: Sequence[Any]) -> list[Change]:
    """Say in which fields an import differs from all earlier ones of the same reference; what it does not give is no change."""
    found = []
    for name, word in COMPARED.items():
        now, before = getattr(one, name), [getattr(other, name) for other in earlier]
        if now and _plain(name, now) not in {_plain(name, value) for value in before}:
            found.append(Change(str(word), str(next(filter(None, before), "")), str(now)))
    if one.has_abstract and not any(other.has_abstract for other in earlier):
        found.append(Change(_("abstract"), "", _("is there now")))
    return found


def _plain(name: str, value: Any) -> str:
    text = "".join(letter for letter in str(value or "").casefold() if letter.isalnum())
    return text if name != "pages" else _first_page(str(value or ""))


def _first_page(pages: str) -> str:
    """Pages are written as 100-109, 100-9 or 100: the first of them tells whether they changed."""
    return pages.replace("–", "-").split("-")[0].strip().casefold()


# --- where the seen ones stand ------------------------------------------------------------------------------------------

STANDS = {
    "included": gettext_lazy("included after full text"),
    "excluded_full": gettext_lazy("excluded at full text"),
    "goes_on": gettext_lazy("goes to full text"),
    "excluded": gettext_lazy("excluded at title and abstract"),
    "removed": gettext_lazy("removed before screening"),
    "parked": gettext_lazy("parked: all its files are withdrawn"),
    "open": gettext_lazy("being screened, or not open to you"),
}


def stands_of(member: Member, heads: Collection[int]) -> dict[int, str]:
    """Give head → one of STANDS, as far as this member may know; everything else is ``open``, whatever others did."""
    known: dict[int, dict[str, str]] = defaultdict(dict)
    flags: dict[int, str] = {}
    for part in _parts(sorted(heads)):
        rows = visibility.outcomes(member).filter(record__in=part, decides=True)
        for head, stage, outcome in rows.values_list("record_id", "stage__kind", "outcome").order_by():
            known[head][stage] = outcome
        for pk, removed, parked in Record.objects.filter(pk__in=part).values_list("pk", "is_removed", "is_parked"):
            flags[pk] = "removed" if removed else "parked" if parked else ""
    return {head: flags.get(head) or _stand(known.get(head, {})) for head in heads}


def _stand(known: dict[str, str]) -> str:
    first, full = known.get(StageKind.TITLE_ABSTRACT), known.get(StageKind.FULL_TEXT)
    if full == Outcome.GOES_ON:
        return "included"
    if full == Outcome.EXCLUDED:
        return "excluded_full"
    if first == Outcome.GOES_ON:
        return "goes_on"
    return "excluded" if first == Outcome.EXCLUDED else "open"


def standing_counts(member: Member, seen: Seen) -> list[tuple[str, str, int]]:
    """Give (key, words, how many) for the places where the seen records stand, those that there are."""
    stands = stands_of(member, set(seen.seen.values()))
    counts = Counter(stands[head] for head in seen.seen.values())
    return [(key, str(words), counts[key]) for key, words in STANDS.items() if counts[key]]
