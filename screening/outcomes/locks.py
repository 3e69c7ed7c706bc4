"""Locks for votes, merges and decisions. A head that moved gives its locks back before we try again: no deadlocks with merges."""

from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Q

from reviewapp.db import locks
from screening.models import Record, ScreeningRound
from screening.outcomes.groups import head_ids


class _Moved(Exception):
    pass


def heads(record_ids: Iterable[int]) -> list[Record]:
    """Lock the heads of these records, by number, until the end of the transaction, and give them."""
    wanted = list(record_ids)
    if connection.vendor == "sqlite":  # one writer at a time: nothing moves under our hands
        speak = Q(pk__in=wanted, head=None) | Q(followers__in=wanted)
        return list(Record.objects.filter(speak).order_by("number").distinct())
    while True:
        try:
            with transaction.atomic():
                found = head_ids(wanted)
                locked = list(Record.objects.select_for_update(no_key=True).filter(pk__in=found).order_by("number"))
                if head_ids(wanted) != found:
                    raise _Moved
                return locked
        except _Moved:
            continue


def for_vote(round: ScreeningRound, record: Record) -> tuple[ScreeningRound, Record]:
    """Take the round together with other voters, then the record's head alone; both as they are now."""
    locks.shared(locks.Space.ROUND, round.pk)
    fresh = ScreeningRound.objects.select_related("rules", "stage", "review", "criteria").get(pk=round.pk)
    return fresh, heads([record.pk])[0]


def for_close(round: ScreeningRound) -> ScreeningRound:
    """Take the round alone: waits for votes under way, and votes wait for us."""
    locks.exclusive(locks.Space.ROUND, round.pk)
    return ScreeningRound.objects.select_related("rules", "stage", "review", "criteria").get(pk=round.pk)
