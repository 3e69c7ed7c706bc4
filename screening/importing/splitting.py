"""Split a pooled library (EndNote, Zotero) into the searches its references came from, by a field that tells it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviewapp.audit import actions as audit
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member, Review
from screening.importing import bulk
from screening.importing.errors import CannotChange
from screening.importing.readers import kept_back
from screening.models import Entry, EntryPlace, Search, Source, SourceRecord, Split, Upload
from screening.searches import actions as searches
from screening.vocabulary import UploadState

SLICE = 2000
#: A field with more values than this names no databases; of keywords the most frequent are shown.
MOST_VALUES = 60
LONGEST = 200
DATABASE, KEYWORDS = "database", "keywords"


class CannotSplit(CannotChange):
    """The file cannot be split so."""

    status = 422


@dataclass(frozen=True, slots=True)
class Choice:
    """A field by which a file could be split: its key, its name, and how many entries have a value."""

    key: str
    name: str
    entries: int
    values: int


@dataclass
class Values:
    """The values of a field in a file, the most frequent first, and how many entries have none."""

    key: str
    counts: list[tuple[str, int]] = field(default_factory=list)
    without: int = 0
    more: int = 0


NAMES = {DATABASE: gettext_lazy("Database"), KEYWORDS: gettext_lazy("Keyword or group")}


def _rows(upload: Upload) -> Iterator[tuple[int, str, list[str], dict[str, list[str]]]]:
    rows = SourceRecord.objects.filter(upload=upload).order_by("entry_id")
    yield from rows.values_list("entry_id", "database", "keywords", "other").iterator(chunk_size=SLICE)


def values_of(key: str, database: str, keywords: Sequence[str], other: Mapping[str, Any]) -> list[str]:
    """Give what one reference says in a field, in its order."""
    told = [database] if key == DATABASE else keywords if key == KEYWORDS else other.get(key.removeprefix("other:"), [])
    return [text for one in told if (text := " ".join(str(one).split())[:LONGEST])]


def choices(upload: Upload) -> list[Choice]:
    """Give the fields that could tell from where the references of a file came, the likeliest first; no decisions of others."""
    entries: Counter[str] = Counter()
    values: dict[str, set[str]] = {}
    for _entry, database, keywords, other in _rows(upload):
        for key in (DATABASE, KEYWORDS, *(f"other:{name}" for name in other)):
            found = values_of(key, database, keywords, other)
            if found:
                entries[key] += 1
                held = values.setdefault(key, set())
                if len(held) <= MOST_VALUES or key == KEYWORDS:
                    held.update(found)
    closed = {f"other:{name}" for name in kept_back.of_decisions([key.removeprefix("other:") for key in entries if key not in NAMES])}
    closed |= {key for key, held in values.items() if any(map(kept_back.has_trace, held))}
    fits = [key for key in entries if key in NAMES or (key not in closed and 1 < len(values[key]) <= MOST_VALUES)]
    fits.sort(key=lambda key: (key != DATABASE, key == KEYWORDS, -entries[key], key))
    return [Choice(key, name_of(key), entries[key], len(values[key])) for key in fits]


def name_of(key: str) -> str:
    """Name a field as people see it."""
    return str(NAMES.get(key) or _("Field %(name)s") % {"name": key.removeprefix("other:")})


def values(upload: Upload, key: str) -> Values:
    """Count the values of a field."""
    counts: Counter[str] = Counter()
    found = Values(key)
    for _entry, database, keywords, other in _rows(upload):
        told = values_of(key, database, keywords, other)
        counts.update(dict.fromkeys(told, 1))
        found.without += not told
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0].casefold()))
    found.counts, found.more = ordered[:MOST_VALUES], max(len(ordered) - MOST_VALUES, 0)
    return found


def targets(upload: Upload) -> list[Search]:
    """Give the searches to which entries of a file may belong: of the same round and arm, and of a source that goes no way of its own."""
    same = Search.objects.for_review(upload.review).filter(search_round=upload.search.search_round, source__straight_to_retrieval=False)
    arm = upload.search.source.arm
    found = same.exclude(pk=upload.search_id).select_related("source", "search_round").order_by("number")
    return [one for one in found if one.source.arm == arm]


def live(upload: Upload) -> Split | None:
    """Give how a file is split now."""
    found: Split | None = Split.objects.filter(upload=upload, undone_at=None).select_related("by__user", "by__review").first()
    return found


def why_not(upload: Upload) -> str:
    """Say why a file cannot be split, if so."""
    if upload.state != UploadState.READ:
        return _("The file is not read to its end yet. Split it when it is.")
    if upload.is_withdrawn:
        return _("The file is withdrawn. Restore it first.")
    if upload.search.source.straight_to_retrieval:
        return _("Papers from this source go straight to retrieval: its files are not split.")
    return ""


@transaction.atomic
def split(member: Member, upload: Upload, key: str, wanted: Mapping[str, Search | str]) -> Split:
    """Let entries belong to searches by their value: an existing search, or the name of a source for which one is made.

    An entry with several of the values goes by its first. Raises CannotSplit. Reversible (``join``).
    """
    held = Upload.objects.select_for_update(no_key=True, of=("self",)).select_related("review", "search__source", "search__search_round")
    fresh: Upload = held.get(pk=upload.pk)
    if sentence := why_not(fresh):
        raise CannotSplit(sentence)
    if live(fresh) is not None:
        raise CannotSplit(_("This file is split already. Join it again first."))
    search_of = _searches(member, fresh, wanted)
    placed = list(_placed(fresh, key, search_of))
    if not placed:
        raise CannotSplit(_("No entry has one of these values. Choose a search for at least one value."))
    counted = Counter(value for _entry, value in placed)
    parts = [{"value": value, "search": search_of[value].number, "entries": counted[value]} for value in search_of if counted[value]]
    made: Split = Split.objects.create(
        review=member.review, number=numbers.take(member.review, "split"), upload=fresh, field=key[:120], parts=parts, by=member
    )
    for start in range(0, len(placed), SLICE):
        rows = placed[start : start + SLICE]
        bulk.insert([EntryPlace(review_id=fresh.review_id, entry_id=entry, split=made, search=search_of[value]) for entry, value in rows])
    into = sorted({search_of[value].number for value in counted})
    data = {"upload": fresh.number, "split": made.number, "searches": into, "entries": len(placed)}
    audit.log("upload:split", review=member.review, actor=member, data=data)
    return made


def _searches(member: Member, upload: Upload, wanted: Mapping[str, Search | str]) -> dict[str, Search]:
    """Give value → its search; sources and searches that are not there are made."""
    allowed = {one.pk for one in targets(upload)}
    made: dict[str, Search] = {}
    found = {}
    for value, one in wanted.items():
        if isinstance(one, Search):
            if one.pk not in allowed:
                raise CannotSplit(_("Search %(n)s is of another round or of other methods. Choose one of the list.") % {"n": one.number})
            found[value] = one
        else:
            name = " ".join(one.split())[:120]
            found[value] = made.get(name.casefold()) or made.setdefault(name.casefold(), _new_search(member, upload, name))
    return found


def _new_search(member: Member, upload: Upload, name: str) -> Search:
    """Make a search of this round in the source of this name, which is made too where it is not there."""
    same = Source.objects.for_review(upload.review).filter(name__iexact=name, straight_to_retrieval=False).order_by("number")
    source = next((one for one in same if one.arm == upload.search.source.arm), None)
    source = source or searches.add_source(member, name=name, platform=_free_platform(upload.review, name), kind=upload.search.source.kind)
    return searches.add_search(member, source=source, search_round=upload.search.search_round)


def _free_platform(review: Review, name: str) -> str:
    """Name a platform where a source of this name goes another way already."""
    return _("pooled library") if Source.objects.for_review(review).filter(name__iexact=name, platform="").exists() else ""


def _placed(upload: Upload, key: str, search_of: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield entry and value, of the entries that belong to a part."""
    for entry, database, keywords, other in _rows(upload):
        value = next((one for one in values_of(key, database, keywords, other) if one in search_of), None)
        if value is not None:
            yield entry, value


@transaction.atomic
def join(member: Member, upload: Upload) -> None:
    """Take a split back: all entries belong to the search of their file again. The searches stay, with nothing in them."""
    Upload.objects.select_for_update(no_key=True, of=("self",)).get(pk=upload.pk)
    found = live(upload)
    if found is None:
        return
    Split.objects.filter(pk=found.pk).update(undone_at=timezone.now(), undone_by=member)
    EntryPlace.objects.filter(split=found).delete()
    audit.log("upload:joined", review=member.review, actor=member, data={"upload": upload.number, "split": found.number})


def differences(review: Review) -> Iterable[str]:
    """Say where places of entries are not what the live splits say (check_invariants)."""
    lost = EntryPlace.objects.for_review(review).exclude(split__undone_at=None).count()
    if lost:
        yield f"{lost} entries have a place of a split that was taken back"
    for one in Split.objects.for_review(review).filter(undone_at=None).select_related("upload"):
        search = dict(Search.objects.for_review(review).values_list("number", "pk"))
        search_of = {part["value"]: search.get(part["search"]) for part in one.parts}
        said = {entry: search_of[value] for entry, value in _placed(one.upload, one.field, search_of)}
        stored = dict(EntryPlace.objects.filter(split=one).values_list("entry_id", "search_id"))
        mended = set(Entry.objects.filter(upload=one.upload, endings__kind="mended").values_list("pk", flat=True))
        if {pk: s for pk, s in said.items() if pk not in mended} != {pk: s for pk, s in stored.items() if pk not in mended}:
            yield f"split {one.number} of file {one.upload.number}: the places of its entries are not what its values say"
