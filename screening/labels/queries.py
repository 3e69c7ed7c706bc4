"""Which labels there are for a member, and on which records."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening import visibility
from screening.models import Label, Record
from screening.vocabulary import LabelUse

#: Everybody who works in the review; who only looks on puts no labels.
WORKERS = (Right.SCREEN, Right.SETTLE, Right.SEARCHES, Right.DUPLICATES, Right.FULL_TEXTS, Right.APPRAISE, Right.MANAGE)


@dataclass(slots=True)
class Worn:
    """A label on a record, and who put it there as far as this member may see."""

    label: Label
    mine: bool = False
    by: list[str] = field(default_factory=list)


def labels(member: Member) -> QuerySet[Label]:
    """The labels this member may use: the team's first, then their own."""
    found: QuerySet[Label] = Label.objects.for_review(member.review).filter(ended_at=None).filter(Q(owner=None) | Q(owner=member))
    return found.order_by("owner_id", "use", "name", "number")


def worn(member: Member, records: Sequence[Record]) -> dict[int, list[Worn]]:
    """Give head id → its labels that this member may see. Three queries at most, however many records."""
    heads = {record.pk for record in records}
    if not visibility.any_labellings(heads):
        return {}
    rows = visibility.labellings(member).filter(Q(record__in=heads) | Q(record__head__in=heads))
    found: dict[int, dict[int, Worn]] = defaultdict(dict)
    for row in rows.select_related("label", "record", "by__user", "by__review"):
        head = row.record_id if row.record_id in heads else (row.record.head_id or row.record_id)
        one = found[head].setdefault(row.label_id, Worn(row.label))
        one.mine = one.mine or row.by_id == member.pk
        one.by.append(row.by.label)
    return {head: sorted(of.values(), key=lambda one: (one.label.owner_id or 0, one.label.name.casefold())) for head, of in found.items()}


def has_label(member: Member, chosen: Iterable[Label]) -> Q:
    """A condition on Record (a head): it wears one of these labels, as far as this member may see."""
    rows = visibility.labellings(member).filter(label__in=list(chosen))
    return Q(Exists(rows.filter(record=OuterRef("pk")))) | Q(Exists(rows.filter(record__head=OuterRef("pk"))))


def counts(member: Member) -> dict[int, int]:
    """Give label id → on how many records this member may see it."""
    rows = visibility.labellings(member).values("label").annotate(n=Count("record", distinct=True)).order_by()
    return {row["label"]: row["n"] for row in rows}


@dataclass(slots=True)
class Point:
    """One point of the agenda: a record that somebody wants to discuss."""

    record: Record
    by: list[str]
    notes: list[tuple[str, str]]


def agenda(member: Member) -> list[Point]:
    """Records labelled *to discuss* as far as this member may see, with the notes open to them, by number."""
    rows = visibility.labellings(member).filter(label__use=LabelUse.DISCUSS, record__is_removed=False)
    by: dict[int, list[str]] = defaultdict(list)
    for row in rows.select_related("by__user", "by__review", "record__head"):
        by[row.record.head_id or row.record_id].append(row.by.label)
    found = list(Record.objects.for_review(member.review).filter(pk__in=by).order_by("number"))
    written: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for note in visibility.notes(member, record_ids=[record.pk for record in found]):
        written[note.record_id].append((note.by.label, note.text))
    return [Point(record, list(dict.fromkeys(by[record.pk])), written[record.pk]) for record in found]
