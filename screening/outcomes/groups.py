"""Groups: the trees of the merge forest. An edge never leaves its group, so a group is all one needs to look at."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q

from screening.models import DuplicatePair, Merge, Record
from screening.vocabulary import PairState


def head_ids(record_ids: Iterable[int]) -> set[int]:
    """Give the ids of the heads that speak for these records."""
    pairs = Record.objects.filter(pk__in=list(record_ids)).values_list("pk", "head_id")
    return {head or pk for pk, head in pairs}


def members(heads: Collection[int], *, but: Collection[str] = ()) -> dict[int, list[Record]]:
    """Give head id → the records of its group, the head first. ``but``: fields that the caller will not look at."""
    found: dict[int, list[Record]] = {head: [] for head in heads}
    for record in Record.objects.filter(Q(pk__in=heads) | Q(head_id__in=heads)).defer(*but).order_by("number"):
        found[record.head_id or record.pk].append(record)
    return found


def member_ids(record: Record) -> list[int]:
    """Give the ids of all records in the group of ``record``, as the database has it now."""
    (head,) = head_ids([record.pk])
    return ids_of_head(head)


def ids_of_head(head: int) -> list[int]:
    """Give the ids of the group of a head that the caller holds: plain SQL, as every vote asks it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM screening_record WHERE id = %s OR head_id = %s ORDER BY number", [head, head])
        return [pk for (pk,) in cursor.fetchall()]


def regroup(ids: Collection[int]) -> set[int]:
    """Write ``head`` of these records from the live merges among them; they must be whole groups, locked. Gives the heads."""
    numbers = dict(Record.objects.filter(pk__in=ids).values_list("pk", "number"))
    root = {pk: pk for pk in numbers}

    def find(pk: int) -> int:
        while root[pk] != pk:
            root[pk] = root[root[pk]]
            pk = root[pk]
        return pk

    for child, parent in Merge.objects.filter(child_id__in=ids, undone_at=None).values_list("child_id", "parent_id"):
        a, b = sorted((find(child), find(parent)), key=numbers.__getitem__)
        root[b] = a
    changed: dict[int | None, list[int]] = {}
    for record in Record.objects.filter(pk__in=ids).only("pk", "head_id"):
        head = find(record.pk)
        wanted = None if head == record.pk else head
        if record.head_id != wanted:
            changed.setdefault(wanted, []).append(record.pk)
    for wanted, pks in changed.items():
        Record.objects.filter(pk__in=pks).update(head_id=wanted)
    return {find(pk) for pk in numbers}


@dataclass
class Forest:
    """Some whole groups in memory, to join many of them before anything is written."""

    number: dict[int, int] = field(default_factory=dict)
    speaks: dict[int, int] = field(default_factory=dict)
    ids: dict[int, list[int]] = field(default_factory=dict)
    apart: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def heads(self, a: int, b: int) -> tuple[int, int]:
        """Give the heads that speak for two records, the one with the lower number first; twice the same where they are one."""
        low, high = sorted((self.speaks[a], self.speaks[b]), key=self.number.__getitem__)
        return low, high

    def kept_apart(self, low: int, high: int) -> bool:
        """Say whether a person decided *not a duplicate* between two groups."""
        group = self.ids[low]
        return any(pk in self.apart and not self.apart[pk].isdisjoint(group) for pk in self.ids[high])

    def join(self, low: int, high: int) -> None:
        """Let ``low`` speak for both groups."""
        joined = self.ids.pop(high)
        self.ids[low] += joined
        self.speaks |= dict.fromkeys(joined, low)


def forest(record_ids: Iterable[int]) -> Forest:
    """Read the groups of these records, and what people keep apart among them."""
    heads = head_ids(record_ids)
    found = Forest()
    rows = Record.objects.filter(Q(pk__in=heads) | Q(head_id__in=heads)).order_by("number").values_list("pk", "number", "head_id")
    for pk, number, head in rows:
        found.number[pk] = number
        found.speaks[pk] = head or pk
        found.ids.setdefault(head or pk, []).append(pk)
    ids = list(found.number)
    told = DuplicatePair.objects.filter(a_id__in=ids, b_id__in=ids, state=PairState.DIFFERENT).order_by()
    for a, b in told.values_list("a_id", "b_id"):
        found.apart[a].add(b)
        found.apart[b].add(a)
    return found
