"""Locks for votes, merges and decisions. A head that moved gives its locks back before we try again: no deadlocks with merges."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from reviewapp.db import locks
from screening.models import Record, ScreeningRound
from screening.outcomes.groups import head_ids, ids_of_head

#: All that a vote reads of the head it locks.
READ = ("id", "review_id", "number", "head_id", "is_parked", "is_removed")
#: Plain SQL, as every vote asks it.
LOCK = f"SELECT {', '.join(READ)} FROM screening_record WHERE id = %s AND head_id IS NULL FOR NO KEY UPDATE"  # noqa: S608 - names above


class Moved(Exception):
    """A record is not the head of its group any more: whoever holds its lock rolls back, and tries again."""


def heads(record_ids: Iterable[int], *, lean: bool = False) -> list[Record]:
    """Lock the heads of these records, by number, until the end of the transaction, and give them; ``lean``: with what READ names only."""
    wanted, rows = list(record_ids), Record.objects.only(*READ) if lean else Record.objects.all()
    if connection.vendor == "sqlite":  # one writer at a time: nothing moves under our hands
        return list(rows.filter(pk__in=head_ids(wanted)).order_by("number"))
    while True:
        try:
            with transaction.atomic():
                found = head_ids(wanted)
                locked = list(rows.select_for_update(no_key=True).filter(pk__in=found).order_by("number"))
                if head_ids(wanted) != found:
                    raise Moved
                return locked
        except Moved:
            continue


def for_vote(round: ScreeningRound, record: Record) -> tuple[ScreeningRound, Record]:
    """Take the round together with other voters, then the record's head alone; both as they are now."""
    locks.shared(locks.Space.ROUND, round.pk)
    fresh = ScreeningRound.objects.select_related("rules", "stage", "review", "criteria").get(pk=round.pk)
    return fresh, heads([record.pk])[0]


def group_for_vote(record: Record) -> tuple[Record, list[int]]:
    """Lock the head that speaks for ``record``, and give it with the ids of its group: in two statements, as nearly always nothing moved.

    Raises Moved when the head of ``record`` became another since it was read; the caller rolls back, which gives the lock back, reads the
    record again and tries again.
    """
    speaks = record.head_id or record.pk
    rows = Record.objects.only(*READ)
    if connection.vendor == "sqlite":  # one writer at a time
        group = {found.pk: found for found in rows.filter(Q(pk=speaks) | Q(head_id=speaks))}
        if speaks not in group or group[speaks].head_id is not None or record.pk not in group:
            raise Moved
        return group[speaks], list(group)
    head = next(iter(Record.objects.raw(LOCK, [speaks])), None)
    ids = ids_of_head(speaks) if head is not None else []
    if head is None or record.pk not in ids:
        raise Moved
    return head, ids


def as_now(known: ScreeningRound, fresh: ScreeningRound) -> ScreeningRound:
    """Give ``fresh``, a round read under its lock, the rules, criteria, stage and review that ``known`` has, where they are still those.

    Versions of rules and criteria are never changed: the same id is the same version.
    """
    for name in ("rules", "criteria", "stage", "review"):
        related: Any = ScreeningRound._meta.get_field(name)
        if getattr(fresh, f"{name}_id") == getattr(known, f"{name}_id") and related.is_cached(known):
            related.set_cached_value(fresh, related.get_cached_value(known))
    return fresh


def for_close(round: ScreeningRound) -> ScreeningRound:
    """Take the round alone: waits for votes under way, and votes wait for us."""
    locks.exclusive(locks.Space.ROUND, round.pk)
    return ScreeningRound.objects.select_related("rules", "stage", "review", "criteria").get(pk=round.pk)
