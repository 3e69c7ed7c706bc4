"""Put many new rows into a table at once: COPY on PostgreSQL, ``bulk_create`` on SQLite. One interface, one contract test.

Primary keys are reserved first, so that rows of several tables can point at one another before any of them is there.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection, models


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
    """Send the rows as the text of COPY, made column by column: asking each field for each row takes longer than all the rest."""
    meta = type(rows[0])._meta
    fields = meta.local_concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    with connection.cursor() as cursor:
        for row, pk in zip(rows, _reserve(cursor, meta, len(rows)), strict=True):
            row.pk = pk
        lines = map("\t".join, zip(*(_column(field, rows) for field in fields), strict=True))
        with connection.wrap_database_errors, cursor.copy(f"COPY {quote(meta.db_table)} ({columns}) FROM STDIN") as copy:
            copy.write("\n".join(lines) + "\n")
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


def _column(field: Any, rows: Sequence[Any]) -> list[str]:
    """Write one column of all rows in the text form of COPY."""
    name = field.attname
    if isinstance(field, models.DateField) and (field.auto_now_add or field.auto_now):
        for row in rows:
            field.pre_save(row, add=True)
    values = [getattr(row, name) for row in rows]
    if isinstance(field, models.JSONField):
        return [_escaped(json.dumps(value, cls=field.encoder)) for value in values]
    if isinstance(field, models.CharField | models.TextField):
        return ["\\N" if value is None else _escaped(value) for value in values]
    if isinstance(field, models.BooleanField):
        return ["\\N" if value is None else "t" if value else "f" for value in values]
    if isinstance(field, models.IntegerField | models.ForeignKey | models.OneToOneField):
        return ["\\N" if value is None else str(int(value)) for value in values]
    return ["\\N" if value is None else _escaped(str(field.get_db_prep_save(value, connection))) for value in values]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


def _reserve(cursor: Any, meta: Any, n: int) -> list[int]:
    """Take ``n`` numbers from the sequence behind the primary key."""
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
        [connection.ops.quote_name(meta.db_table), meta.pk.column, n],
    )
    return [pk for (pk,) in cursor.fetchall()]
