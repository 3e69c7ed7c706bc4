"""Groups: the trees of the merge forest. An edge never leaves its group, so a group is all one needs to look at."""

from collections.abc import Collection, Iterable

from django.db.models import Q

from screening.models import Merge, Record


def head_ids(record_ids: Iterable[int]) -> set[int]:
    """Give the ids of the heads that speak for these records."""
    pairs = Record.objects.filter(pk__in=list(record_ids)).values_list("pk", "head_id")
    return {head or pk for pk, head in pairs}


def members(heads: Collection[int]) -> dict[int, list[Record]]:
    """Give head id → the records of its group, the head first."""
    found: dict[int, list[Record]] = {head: [] for head in heads}
    for record in Record.objects.filter(Q(pk__in=heads) | Q(head_id__in=heads)).order_by("number"):
        found[record.head_id or record.pk].append(record)
    return found


def member_ids(record: Record) -> list[int]:
    """Give the ids of all records in the group of ``record``, as the database has it now."""
    (head,) = head_ids([record.pk])
    return ids_of_head(head)


def ids_of_head(head: int) -> list[int]:
    """Give the ids of the group of a head that the caller holds."""
    return list(Record.objects.filter(Q(pk=head) | Q(head_id=head)).order_by("number").values_list("pk", flat=True))


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
