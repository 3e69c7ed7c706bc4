"""Put many new rows into a table at once: COPY on PostgreSQL, one prepared statement on SQLite. One interface, one contract test.

Primary keys are reserved first, so that rows of several tables can point at one another before any of them is there.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone


def insert(rows: Sequence[Any]) -> None:
    """Insert new rows of one model and set their primary keys; fields that fill themselves (``auto_now_add``) do.

    Raises IntegrityError as a single insert would. Must be called inside a transaction when several calls belong together.
    """
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql":
        model._base_manager.bulk_create(rows, batch_size=500)
        return
    for field in model._meta.local_concrete_fields:
        if _fills_itself(field):
            for row in rows:
                field.pre_save(row, add=True)
    keys = _copy(model, len(rows), lambda name: [getattr(one, name) for one in rows])
    for row, pk in zip(rows, keys, strict=True):
        row.pk = pk
        row._state.adding = False
        row._state.db = connection.alias


def insert_values(model: type[Any], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """As ``insert``, of rows that nobody needs as objects: name of a column's attribute → value, what is left out by its default.

    Gives the primary keys. Making the objects would take a fifth of the time of a large import.
    """
    if not rows:
        return []
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    moment = timezone.now()

    def column(name: str) -> list[Any]:
        if name in rows[0]:
            return [row[name] for row in rows]
        field = fields[name]
        return [moment] * len(rows) if _fills_itself(field) else [field.get_default() for _row in rows]

    put = _copy if connection.vendor == "postgresql" else _prepared
    return put(model, len(rows), column)


def know(*tables: type[models.Model]) -> None:
    """Let PostgreSQL take its statistics of these models at once.

    By itself it does so a minute after many rows came; until then it plans as for an empty table, and compares each row with each.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE " + ", ".join(connection.ops.quote_name(table._meta.db_table) for table in tables))


def _fills_itself(field: Any) -> bool:
    return isinstance(field, models.DateField) and (field.auto_now_add or field.auto_now)


def _copy(model: type[Any], n: int, column: Callable[[str], list[Any]]) -> list[int]:
    """Send rows as the text of COPY, made column by column: asking each field for each row takes longer than all the rest."""
    meta = model._meta
    fields = meta.local_concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    with connection.cursor() as cursor:
        keys = _reserve(cursor, meta, n)
        texts = (_column(field, keys if field.primary_key else column(field.attname)) for field in fields)
        lines = map("\t".join, zip(*texts, strict=True))
        with connection.wrap_database_errors, cursor.copy(f"COPY {quote(meta.db_table)} ({columns}) FROM STDIN") as copy:
            copy.write("\n".join(lines) + "\n")
    return keys


def _prepared(model: type[Any], n: int, column: Callable[[str], list[Any]]) -> list[int]:
    """Run one prepared INSERT for all rows: the statements of ``bulk_create`` take several times as long to write as to run."""
    meta = model._meta
    fields = meta.local_concrete_fields
    quote = connection.ops.quote_name
    columns, marks = ", ".join(quote(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    with transaction.atomic(), connection.cursor() as cursor:  # one writer at a time: nobody takes these keys meanwhile
        keys = _follow(cursor, meta, n)
        values = (keys if field.primary_key else _adapted(field, column(field.attname)) for field in fields)
        cursor.executemany(
            f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({marks})",  # noqa: S608 - names of a model's own
            list(zip(*values, strict=True)),
        )
    return keys


def _adapted(field: Any, values: Sequence[Any]) -> list[Any]:
    """Write one column of all rows as SQLite keeps it."""
    if isinstance(field, models.CharField | models.TextField | models.BooleanField | models.IntegerField | models.ForeignKey):
        return list(values)
    if isinstance(field, models.DateField):  # mostly one moment for all rows
        known = {value: field.get_db_prep_save(value, connection) for value in set(values)}
        return [known[value] for value in values]
    return [field.get_db_prep_save(value, connection) for value in values]


def _follow(cursor: Any, meta: Any, n: int) -> list[int]:
    """Give the ``n`` keys after the last that the table ever gave."""
    cursor.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = %s", [meta.db_table])
    last = cursor.fetchone()[0] or 0
    return list(range(last + 1, last + n + 1))


def _column(field: Any, values: Sequence[Any]) -> list[str]:
    """Write one column of all rows in the text form of COPY."""
    if isinstance(field, models.JSONField):
        return [_escaped(json.dumps(value, cls=field.encoder)) for value in values]
    if isinstance(field, models.CharField | models.TextField):
        return ["\\N" if value is None else _escaped(value) for value in values]
    if isinstance(field, models.BooleanField):
        return ["\\N" if value is None else "t" if value else "f" for value in values]
    if isinstance(field, models.IntegerField | models.AutoField | models.ForeignKey | models.OneToOneField):
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
