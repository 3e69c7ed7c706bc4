"""Excel workbooks (.xlsx) with a header row, whatever the file is called; opened only after their size was counted."""

from __future__ import annotations

import datetime
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from . import columns
from .base import ReadEntry, Reader, Refused
from .source import Source, clean
from .table import row_entry

DAMAGED = "The workbook is damaged: open it in a spreadsheet program, save it again as .xlsx or CSV, and upload that file."


def recognises(head: str) -> int:
    """Workbooks are known by their bytes (kinds.binary_reader), never by text."""
    return 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each row under a header that names titles or authors, in every sheet that has one."""
    _guard(source)
    import openpyxl  # slow to import, and only workbooks need it

    try:
        book = openpyxl.load_workbook(source.file, read_only=True, data_only=True, keep_links=False)
        yield from _sheets(book, source)
    except Refused:
        raise
    except Exception as error:  # (openpyxl lets out whatever its parts raise on a damaged file)
        raise Refused(DAMAGED) from error


def _guard(source: Source) -> None:
    """Refuse what would unpack to too much, and parts that define entities."""
    limits = source.limits
    try:
        with zipfile.ZipFile(source.file) as archive:
            infos = archive.infolist()
            total = sum(info.file_size for info in infos)
            if len(infos) > limits.max_zip_entries or total > limits.max_whole_bytes * 2:
                raise Refused(f"The workbook unpacks to {total:,} bytes, more than can be read at once: save the table as CSV.")
            if any(info.file_size > limits.max_zip_ratio // 2 * max(info.compress_size, 1) + 2_000_000 for info in infos):
                raise Refused("The workbook unpacks to far more than its size: save the table as CSV.")
            for info in infos:
                if info.filename.endswith((".xml", ".rels")):
                    with archive.open(info) as part:
                        if b"<!DOCTYPE" in part.read(4096).upper():
                            raise Refused("The workbook holds XML with definitions of its own, which Excel does not write: save it as CSV.")
    except Refused:
        raise
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError, zlib.error) as error:
        raise Refused(DAMAGED) from error


def _sheets(book: Any, source: Source) -> Iterator[ReadEntry]:
    position = cells_seen = 0
    headed = False
    for sheet in book.worksheets:
        if hasattr(sheet, "reset_dimensions"):
            sheet.reset_dimensions()
        names: list[str] = []
        places: dict[str, list[int]] = {}
        database = platform = ""
        width = 0
        for row_number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            cells = [_text(value) for value in row]
            cells_seen += len(cells)
            if cells_seen > source.limits.max_sheet_cells:
                raise Refused(f"The workbook has more than {source.limits.max_sheet_cells:,} cells: save the table as CSV.")
            while cells and not cells[-1]:
                cells.pop()
            if not cells:
                continue
            if not names:
                if row_number > 20:
                    break
                places = columns.plan(cells) if source.columns is None else columns.chosen(cells, source.columns)
                if columns.score(cells) if source.columns is None else places:
                    names, width, headed = cells, len(cells), True
                    database, platform = columns.origin(cells)
                continue
            position += 1
            raw = "\t".join(cell.replace("\n", " ") for cell in cells)
            cells += [""] * (width - len(cells))
            yield row_entry(position, row_number, raw, names, width, places, cells, database, platform)
    if not headed:
        raise Refused("The workbook has no header row that names titles or authors: say which column holds what, or export RIS.")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value)).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").strip()


READER = Reader("xlsx", ("xlsx", "xlsm"), recognises, read, "Excel workbook")
