"""The records behind each number of the figure, as far as a member may know them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from screening.models import Entry, EntryEnding, SearchRound, SourceRecord, of_search
from screening.vocabulary import Arm, EndingKind, SourceKind

from .queries import KINDS, Gathered
from .rules import Flow

#: Keys of the figure whose records have another name in what was gathered.
NAMES = {
    "dbr_notretrieved_reports": ("dbr_not_retrieved",),
    "other_notretrieved_reports": ("other_not_retrieved",),
    "new_studies": ("dbr_included", "other_included"),
    "new_reports": ("dbr_included", "other_included"),
    "total_studies": ("dbr_included", "other_included"),
    "total_reports": ("dbr_included", "other_included"),
}
#: Numbers that count entries of files, not heads: their records are the imported ones.
OF_ENTRIES = (
    "identified",
    "database_results",
    "register_results",
    "other_identified",
    "website_results",
    "organisation_results",
    "citations_results",
)
GATHERED = (
    "records_screened",
    "records_excluded",
    "excluded_other",
    "waiting",
    "other_screened",
    "other_screening_excluded",
    "other_waiting",
    *(
        f"{arm}_{box}"
        for arm in ("dbr", "other")
        for box in (
            "sought_reports",
            "assessed",
            "excluded",
            "included",
            "awaiting_classification",
            "ongoing",
            "waiting_retrieval",
            "waiting_assessment",
        )
    ),
)
KEYS = (*OF_ENTRIES, "duplicates", *NAMES, *GATHERED)


@dataclass(frozen=True)
class Behind:
    """What a number counts: record numbers in order, and entries of files without a record (unreadable, still to be looked at)."""

    title: str
    numbers: list[int]
    entries: int = 0


def titles() -> dict[str, str]:
    """Say each key in words."""
    words = {
        "identified": _("Records identified"),
        "database_results": _("Records identified from databases"),
        "register_results": _("Records identified from registers"),
        "other_identified": _("Records identified by other methods"),
        "website_results": _("Records identified from websites"),
        "organisation_results": _("Records identified from organisations and contacts"),
        "citations_results": _("Records identified by citation searching"),
        "duplicates": _("Duplicate records"),
        "excluded_other": _("Records removed for other reasons"),
        "records_screened": _("Records screened"),
        "records_excluded": _("Records excluded"),
        "waiting": _("Records that wait for a decision"),
        "other_screened": _("Records from other methods screened"),
        "other_screening_excluded": _("Records from other methods excluded at title and abstract"),
        "other_waiting": _("Records from other methods that wait"),
        "new_studies": _("Studies included"),
        "new_reports": _("Reports of included studies"),
        "total_studies": _("Studies included"),
        "total_reports": _("Reports of included studies"),
    }
    steps = {
        "sought_reports": _("Reports sought for retrieval"),
        "notretrieved_reports": _("Reports not retrieved"),
        "assessed": _("Reports assessed for eligibility"),
        "excluded": _("Reports excluded"),
        "included": _("Reports included"),
        "awaiting_classification": _("Reports awaiting classification"),
        "ongoing": _("Reports of ongoing studies"),
        "waiting_retrieval": _("Reports that wait for a full text"),
        "waiting_assessment": _("Reports that wait for a decision"),
    }
    words |= {f"dbr_{key}": text for key, text in steps.items()}
    return words | {f"other_{key}": _("%(what)s, other methods") % {"what": text} for key, text in steps.items()}


def behind(gathered: Gathered, key: str, part: str = "") -> Behind:
    """Give what one number counts. ``gathered.facts()`` has run. Raises KeyError for a key that the figure has not."""
    title = titles()[key] + (f": {part}" if part else "")
    if key in OF_ENTRIES:
        return Behind(title, *_imported(gathered, key, part))
    if key == "duplicates":
        return Behind(title, _duplicates(gathered))
    if key == "excluded_other":
        return Behind(title, sorted(gathered.ids["excluded_other"]), gathered.looked_at(Arm.DATABASES)[0])
    if part:
        return Behind(title, sorted(gathered.ids.get(f"{key}:{part}", [])))
    found = [number for name in NAMES.get(key, (key,)) for number in gathered.ids.get(name, [])]
    return Behind(title, sorted(found))


def _wanted_sources(gathered: Gathered, key: str, part: str) -> list[int]:
    kinds = {
        "identified": (SourceKind.DATABASE, SourceKind.REGISTER),
        "database_results": (SourceKind.DATABASE,),
        "register_results": (SourceKind.REGISTER,),
        "other_identified": tuple(KINDS),
        "website_results": (SourceKind.WEBSITE,),
        "organisation_results": (SourceKind.ORGANISATION, SourceKind.CONTACTS, SourceKind.OTHER),
        "citations_results": (SourceKind.CITATION,),
    }[key]
    found = [source for source in gathered.sources if source.kind in kinds]
    named = [source for source in found if source.name == part]
    return [source.pk for source in (named if part else found)]


def _imported(gathered: Gathered, key: str, part: str) -> tuple[list[int], int]:
    sources = _wanted_sources(gathered, key, part)
    records = SourceRecord.objects.for_review(gathered.review).annotate(source=of_search("source_id"))
    entries = Entry.objects.for_review(gathered.review).annotate(source=of_search("source_id", entry=""))
    records = records.filter(upload__is_withdrawn=False, source__in=sources)
    entries = entries.filter(upload__is_withdrawn=False, source__in=sources)
    if gathered.search_round is not None:
        records = records.filter(upload__search__search_round=gathered.search_round)
        entries = entries.filter(upload__search__search_round=gathered.search_round)
    gone = EntryEnding.objects.filter(entry__in=entries, superseded_at=None, kind=EndingKind.NOT_A_REFERENCE).count()
    numbers = sorted(records.values_list("record__number", flat=True))
    return numbers, entries.exclude(problem="").filter(source_record=None).count() - gone


def _duplicates(gathered: Gathered) -> list[int]:
    """All but one of each group: the earliest database member stands for it."""
    kinds = (SourceKind.DATABASE, SourceKind.REGISTER)
    rows = SourceRecord.objects.for_review(gathered.review).filter(upload__is_withdrawn=False, upload__search__source__kind__in=kinds)
    groups: dict[int, list[tuple[int, int]]] = {}
    for record, head, number, search_round in rows.values_list(
        "record_id", "record__head_id", "record__number", "upload__search__search_round_id"
    ):
        if (head or record) in gathered.heads:
            groups.setdefault(head or record, []).append((gathered.order[search_round], number))
    wanted = None if gathered.search_round is None else gathered.order[gathered.search_round.pk]
    copies = [member for group in groups.values() for member in sorted(group)[1:]]
    return sorted(number for order, number in copies if wanted is None or order == wanted)


def links(flow: Flow, slug: str, search_round: SearchRound | None = None) -> dict[str, str]:
    """Give the address behind every number of the figure."""
    keys = [key for box in flow.boxes.values() for key in (box.key, *(row.key for row in box.rows))]
    return {key: address(key, slug, search_round) for key in keys if key.split(":")[0] in KEYS}


def address(key: str, slug: str, search_round: SearchRound | None = None) -> str:
    """Give the address of the records behind a number."""
    name, _colon, part = key.partition(":")
    query = {"part": part} if part else {}
    if search_round is not None:
        query["search_round"] = str(search_round.number)
    return reverse("prisma_records", args=[slug, name]) + (f"?{urlencode(query)}" if query else "")


def waiting_links(flow: Flow, slug: str, search_round: SearchRound | None = None) -> list[tuple[str, str]]:
    """Give (text, address) for each thing that waits and whose records may be listed."""
    names = {
        "records_screened": "waiting",
        "other_identified": "other_waiting",
        "dbr_sought_reports": "dbr_waiting_retrieval",
        "dbr_assessed": "dbr_waiting_assessment",
        "other_sought_reports": "other_waiting_retrieval",
        "other_assessed": "other_waiting_assessment",
    }
    found: dict[str, int] = {}
    for one in flow.waiting:
        if one.key in names:
            found[names[one.key]] = found.get(names[one.key], 0) + one.n
    return [(_("Open the %(n)s") % {"n": f"{n:,}"}, address(key, slug, search_round)) for key, n in found.items()]


def numbers_of(gathered: Gathered, keys: Iterable[str]) -> list[int]:
    """Give the record numbers behind several gathered keys, once each, in order."""
    return sorted({number for key in keys for number in gathered.ids.get(key, [])})
