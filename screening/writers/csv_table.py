"""Write tables as CSV that no spreadsheet calculates: text that looks like a formula gets an apostrophe, numbers stay numbers."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .text import guarded, unguarded

__all__ = ["BOM", "unguarded", "write"]
BOM = "\ufeff"


def write(header: Sequence[str], rows: Iterable[Sequence[Any]], *, bom: bool = True) -> Iterator[str]:
    """Yield the table line by line with CRLF. ``bom`` lets spreadsheets see that the file is UTF-8."""
    held = io.StringIO(newline="")
    writer = csv.writer(held, lineterminator="\r\n")
    yield BOM + _line(writer, held, header) if bom else _line(writer, held, header)
    for row in rows:
        yield _line(writer, held, row)


def _line(writer: Any, held: io.StringIO, row: Sequence[Any]) -> str:
    writer.writerow([cell(value) for value in row])
    line = held.getvalue()
    held.seek(0)
    held.truncate()
    return line


def cell(value: Any) -> Any:
    """Bring one value into the form of a CSV cell: None empty, numbers as they are, dates in ISO form, the rest guarded text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return guarded(str(value))
