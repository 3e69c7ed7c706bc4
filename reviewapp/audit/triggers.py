"""Append-only tables: facts are never updated nor deleted, and the database itself refuses (I2).

A model says ``append_only = ("superseded_at",)``: these columns may go once from NULL to a value, nothing else may change.
They stand aside only inside ``with maintenance(reason)``: purge, restore and the flush of tests. They guard against mistakes, not
against whoever holds the database's password. How it works on both engines: docs/decisions/0002.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from reviewapp.db import locks

_reason: ContextVar[str] = ContextVar("maintenance_reason", default="")
FUNCTION = "reviewapp_refuse"
MAINTENANCE_TABLE = "reviewapp_maintenance"


def append_only_models() -> list[type[Model]]:
    """Give every model that declares ``append_only``, in a fixed order."""
    return sorted((m for m in apps.get_models() if hasattr(m, "append_only")), key=lambda m: m._meta.label)


@contextmanager
def maintenance(reason: str, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Let facts be changed inside this block, in one transaction; nested blocks belong to the outermost."""
    if _reason.get():
        yield
        return
    token = _reason.set(reason)
    connection = connections[using]
    try:
        with transaction.atomic(using=using):
            _set(connection, reason)
            yield
            _clear(connection)
    finally:
        _reason.reset(token)


def _set(connection: BaseDatabaseWrapper, reason: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config('reviewapp.maintenance', %s, true)", [reason])
        else:
            cursor.execute(f"CREATE TABLE IF NOT EXISTS {MAINTENANCE_TABLE} (reason text)")
            cursor.execute(f"INSERT INTO {MAINTENANCE_TABLE} VALUES (%s)", [reason])  # noqa: S608 (a constant)


def _clear(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config('reviewapp.maintenance', '', true)")
        else:
            cursor.execute(f"DELETE FROM {MAINTENANCE_TABLE}")  # noqa: S608 (a constant)


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Put every trigger in place; does nothing more than one query when all are there as they should be."""
    connection = connections[using]
    wanted = expected(connection)
    if not missing(connection, wanted):
        return
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            locks.exclusive(locks.Space.INSTALL, 1)
            cursor.execute(PG_FUNCTION)
        else:
            cursor.execute(f"CREATE TABLE IF NOT EXISTS {MAINTENANCE_TABLE} (reason text)")
        for name, sql in wanted.items():
            table = name.rsplit("__", 1)[0]
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"' + (f' ON "{table}"' if connection.vendor == "postgresql" else ""))
            cursor.execute(sql)


def missing(connection: BaseDatabaseWrapper, wanted: dict[str, str] | None = None) -> list[str]:
    """Name the triggers that are absent or say something else than they should."""
    wanted = expected(connection) if wanted is None else wanted
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
            there = {name: _arguments(sql) for name, sql in cursor.fetchall()}
            return [name for name, sql in wanted.items() if there.get(name) != _arguments(sql)]
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        there = dict(cursor.fetchall())
        return [name for name, sql in wanted.items() if there.get(name) != sql]


def _arguments(sql: str) -> str:
    return sql.rsplit("(", 1)[-1].replace(" ", "")


def drop_on_sqlite(using: str) -> None:
    """Take the triggers away while tables are remade."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND substr(name, -8) IN ('__update', '__delete')"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


def expected(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Give name → SQL of every trigger that should stand in this database."""
    wanted: dict[str, str] = {}
    for model in append_only_models():
        wanted |= _postgresql(model) if connection.vendor == "postgresql" else _sqlite(model)
    return wanted


PG_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE was jsonb; now jsonb; free text;
BEGIN
  IF coalesce(current_setting('reviewapp.maintenance', true), '') <> '' THEN
    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSIF TG_OP = 'UPDATE' THEN RETURN NEW; ELSE RETURN NULL; END IF;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    was := to_jsonb(OLD); now := to_jsonb(NEW);
    FOREACH free IN ARRAY TG_ARGV LOOP
      IF was->free = 'null' THEN was := was - free; now := now - free; END IF;
    END LOOP;
    IF was = now THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $body$
"""


def _free(model: Any) -> list[str]:
    """Give the columns of an append-only model that may be filled in once."""
    return [model._meta.get_field(name).column for name in model.append_only]


def _postgresql(model: type[Model]) -> dict[str, str]:
    table = model._meta.db_table
    free = ", ".join(f"'{column}'" for column in _free(model))
    return {
        f"{table}__update": f'CREATE TRIGGER "{table}__update" BEFORE UPDATE ON "{table}" FOR EACH ROW EXECUTE FUNCTION {FUNCTION}({free})',
        f"{table}__delete": f'CREATE TRIGGER "{table}__delete" BEFORE DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()',
        f"{table}__truncate": f'CREATE TRIGGER "{table}__truncate" BEFORE TRUNCATE ON "{table}" '
        f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()",
    }


def _sqlite(model: type[Model]) -> dict[str, str]:
    table = model._meta.db_table
    free = _free(model)
    changes = [
        f'(OLD."{c}" IS NOT NULL AND OLD."{c}" IS NOT NEW."{c}")' if c in free else f'OLD."{c}" IS NOT NEW."{c}"'
        for c in (field.column for field in model._meta.local_concrete_fields)
    ]
    aside = f"NOT EXISTS (SELECT 1 FROM {MAINTENANCE_TABLE})"  # noqa: S608 (a constant)
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    return {
        f"{table}__update": f'CREATE TRIGGER "{table}__update" BEFORE UPDATE ON "{table}" '
        f"WHEN {aside} AND ({' OR '.join(changes)}) {refuse}",
        f"{table}__delete": f'CREATE TRIGGER "{table}__delete" BEFORE DELETE ON "{table}" WHEN {aside} {refuse}',
    }
