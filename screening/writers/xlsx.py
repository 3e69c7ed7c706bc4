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
    cells = _Cells(sheet)
    if header:
        sheet.append(cells.row(header, bold=True))
    for row in rows:
        sheet.append(cells.row(row))


class _Cells:
    """The cells of a sheet. Two cells per look take turns: a row is written while it is made, and openpyxl tries the next value on
    the cell before it.
    """

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        self.looks: dict[tuple[bool, bool, bool, bool], Any] = {}
        self.turn = False

    def row(self, values: Sequence[Any], *, bold: bool = False) -> Iterator[Any]:
        for value in values:
            yield None if value is None else self.cell(value, bold=bold)

    def cell(self, value: Any, *, bold: bool) -> Any:
        """A string cell whatever the text begins with; the type is set after the value, which would guess formulas and errors."""
        value = _plain(value)
        if not isinstance(value, str):
            return value
        text = value if len(value) <= LONGEST else value[: LONGEST - len(CUT)] + CUT
        cell = self.look(bold, "\n" in text or len(text) > WIDEST, calculates(text))
        cell.value = text
        cell.data_type = "s"
        return cell

    def look(self, bold: bool, wrapped: bool, quoted: bool) -> Any:
        """The cell that looks so and was not the last one, made once."""
        self.turn = not self.turn
        key = (bold, wrapped, quoted, self.turn)
        if key not in self.looks:
            cell = self.looks[key] = WriteOnlyCell(self.sheet, value="")
            if bold:
                cell.font = Font(bold=True)
            if wrapped:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.quotePrefix = quoted
        return self.looks[key]


def _plain(value: Any) -> Any:
    """Bring a value into the form of a cell: finite numbers and days as they are, the rest text."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) and math.isfinite(value) and abs(value) < _EXACT:
        return value
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return value if isinstance(value, dt.date) else clean(str(value))
