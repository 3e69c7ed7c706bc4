"""Write workbooks without a single formula: text is always a string cell, numbers stay numbers."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from .text import calculates, clean

Sheet = tuple[Sequence[str], Iterable[Sequence[Any]]]
LONGEST = 32_767  # characters that a cell can hold
CUT = " … [cut here: a cell holds 32,767 characters]"
WIDEST = 60
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_EXACT = 10**15  # beyond, a spreadsheet rounds whole numbers


def write(sheets: Mapping[str, Sheet]) -> bytes:
    """Build a workbook: name → (header, rows). The header is bold and stays in sight. An empty mapping gives one empty sheet."""
    book = Workbook(write_only=True)
    names: set[str] = set()
    for name, (header, rows) in (sheets or {"Sheet": ((), ())}).items():
        _fill(book.create_sheet(sheet_name(name, names)), header, rows)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def sheet_name(name: str, used: set[str]) -> str:
    """Make a name that spreadsheets take: at most 31 characters, none of []:*?/\\, new within ``used`` (which grows)."""
    base = _FORBIDDEN.sub(" ", " ".join(clean(name).split())).strip(" '")[:31].strip(" '") or "Sheet"
    if base.lower() == "history":
        base = "History "[:7] + "_"
    made, count = base, 1
    while made.lower() in used:
        count += 1
        made = f"{base[: 31 - len(str(count)) - 1]} {count}"
    used.add(made.lower())
    return made


def _fill(sheet: Any, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet.freeze_panes = "A2" if header else None
    for place, title in enumerate(header, 1):
        sheet.column_dimensions[get_column_letter(place)].width = min(max(len(str(title)) + 4, 14), WIDEST)
    if header:
        sheet.append([_bold(one) for one in _cells(sheet, header)])
    for row in rows:
        sheet.append(list(_cells(sheet, row)))


def _bold(cell: Any) -> Any:
    if cell is not None:
        cell.font = Font(bold=True)
    return cell


def _cells(sheet: Any, row: Sequence[Any]) -> Iterator[Any]:
    for value in row:
        yield None if value is None else _cell(sheet, value)


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, int | float) and math.isfinite(value) and abs(value) < _EXACT:
        return WriteOnlyCell(sheet, value=value)
    if isinstance(value, dt.datetime):
        value = value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dt.date):
        return WriteOnlyCell(sheet, value=value)
    return _string(sheet, clean(str(value)))


def _string(sheet: Any, text: str) -> Any:
    """A string cell whatever the text begins with; the type is set after the value, which would guess formulas and errors."""
    cell = WriteOnlyCell(sheet, value="")
    cell.value = text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT
    cell.data_type = "s"
    if calculates(text):
        cell.quotePrefix = True
    if "\n" in text or len(text) > WIDEST:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
