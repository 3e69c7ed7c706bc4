"""Which member of a group each displayed field is taken from.

The rule: members of files that stand come before those of withdrawn ones; then the one with the most fields filled, then the lowest
number. Every field comes from the first in that order that has it; but the abstract is the longest, and a title in capitals only, in square
brackets (a translation) or cut short stands back for another one, each of files that stand where these have one.
A person's newest FieldEdit goes before all.
"""

from collections.abc import Collection, Iterable

from django.db.models import Q

from screening.models import FieldEdit, Record, SourceRecord
from screening.outcomes.groups import head_ids
from screening.search import actions as search

FIELDS = (
    "title",
    "authors",
    "year",
    "journal",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "abstract",
    "keywords",
    "language",
    "type",
    "url",
)
EDITABLE = ("title", "abstract", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "language", "authors")
_LONGEST = ("abstract",)


def refresh(record_ids: Iterable[int]) -> None:
    """Write the displayed fields of the heads of these records."""
    heads = Record.objects.in_bulk(head_ids(record_ids))
    groups: dict[int, list[int]] = {}
    for pk, head in Record.objects.filter(Q(pk__in=heads) | Q(head_id__in=heads)).order_by("number").values_list("pk", "head_id"):
        groups.setdefault(head or pk, []).append(pk)
    ids = [pk for group in groups.values() for pk in group]
    rows = SourceRecord.objects.filter(record_id__in=ids).select_related("upload").only("record_id", "upload__is_withdrawn", *FIELDS)
    sources = {s.record_id: s for s in rows}
    edits: dict[int, dict[str, str]] = {}
    for edit in FieldEdit.objects.filter(record_id__in=ids).order_by("pk"):
        edits.setdefault(edit.record_id, {})[edit.field] = edit.value
    changed: dict[tuple[str, ...], list[Record]] = {}
    for pk, group in groups.items():
        corrected = {field: value for member in group for field, value in edits.get(member, {}).items()}
        fields = _apply(heads[pk], chosen([sources[member] for member in group if member in sources]) | _parsed(corrected))
        if fields:
            changed.setdefault(fields, []).append(heads[pk])
    for fields, found in changed.items():
        Record.objects.bulk_update(found, fields, batch_size=200)
    for head in list(heads.values())[:1]:  # all of one review
        search.changed(head.review, heads)


def chosen(sources: Collection[SourceRecord]) -> dict[str, object]:
    """Give field → value by the rule above."""
    ranked = sorted(sources, key=lambda s: (s.upload.is_withdrawn, -sum(bool(getattr(s, f)) for f in FIELDS), s.pk))
    values: dict[str, object] = {}
    for field in FIELDS:
        filled = [source for source in ranked if getattr(source, field)]
        if filled:
            alike = [getattr(one, field) for one in filled if one.upload.is_withdrawn == filled[0].upload.is_withdrawn]
            values[field] = max(alike, key=len) if field in _LONGEST else min(alike, key=_poor) if field == "title" else alike[0]
    return values


def _poor(title: str) -> tuple[bool, bool, bool]:
    """Order titles: those in capitals only, in square brackets or cut short come last."""
    return title.isupper(), title.startswith("["), title.rstrip().endswith(("...", "…"))


def _parsed(corrected: dict[str, str]) -> dict[str, object]:
    parsed: dict[str, object] = dict(corrected)
    if "year" in corrected:
        parsed["year"] = int(corrected["year"]) if corrected["year"].isdecimal() else None
    if "authors" in corrected:
        parsed["authors"] = [line.strip() for line in corrected["authors"].split("\n") if line.strip()]
    return parsed


def _apply(head: Record, values: dict[str, object]) -> tuple[str, ...]:
    """Set the displayed fields, and give those that changed."""
    changed = []
    for field in FIELDS:
        default: object = None if field == "year" else [] if field in ("authors", "keywords") else ""
        value = values.get(field, default)
        if getattr(head, field) != value:
            setattr(head, field, value)
            changed.append(field)
    return tuple(changed)
