"""Locks that last until the end of the transaction. On SQLite BEGIN IMMEDIATE is the lock, and these do nothing.

Measured in docs/decisions/0003: share locks on rows starve whoever waits for the exclusive one; advisory locks queue fairly.
"""

from enum import IntEnum

from django.db import connection


class Space(IntEnum):
    """What an advisory lock stands for: part of its key, so that a round and a review never meet by number."""

    ROUND = 1
    DEDUPE = 2
    INSTALL = 3
    PLACES = 4


def _key(space: Space, number: int) -> int:
    return (int(space) << 48) | number


def shared(space: Space, number: int) -> None:
    """Wait for and hold ``number`` together with others who hold it shared."""
    _lock("pg_advisory_xact_lock_shared", space, number)


def exclusive(space: Space, number: int) -> None:
    """Wait for and hold ``number`` alone."""
    _lock("pg_advisory_xact_lock", space, number)


def _lock(function: str, space: Space, number: int) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [_key(space, number)])
