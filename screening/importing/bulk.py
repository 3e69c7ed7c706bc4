"""Put many new rows into a table at once: COPY on PostgreSQL, ``bulk_create`` on SQLite. One interface, one contract test.

Primary keys are reserved first, so that rows of several tables can point at one another before any of them is there.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection


def insert(rows: Sequence[Any]) -> None:
    """Insert new rows of one model and set their primary keys; fields that fill themselves (``auto_now_add``) do.

    Raises IntegrityError as a single insert would. Must be called inside a transaction when several calls belong together.
    """
    if not rows:
        return
    if connection.vendor == "postgresql":
        _copy(rows)
    else:
        type(rows[0])._base_manager.bulk_create(rows, batch_size=500)


def _copy(rows: Sequence[Any]) -> None:
    meta = type(rows[0])._meta
    fields = meta.local_concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    with connection.cursor() as cursor:
        for row, pk in zip(rows, _reserve(cursor, meta, len(rows)), strict=True):
            row.pk = pk
        with connection.wrap_database_errors, cursor.copy(f"COPY {quote(meta.db_table)} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields])
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


def _reserve(cursor: Any, meta: Any, n: int) -> list[int]:
    """Take ``n`` numbers from the sequence behind the primary key."""
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
        [connection.ops.quote_name(meta.db_table), meta.pk.column, n],
    )
    return [pk for (pk,) in cursor.fetchall()]
