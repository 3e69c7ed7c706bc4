"""Excel workbooks (.xlsx) with a header row, whatever the file is called; opened only after their size was counted."""

from __future__ import annotations

import datetime
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from . import columns, unknown_tables
from .base import ReadEntry, Reader, Refused
from .source import Source, clean
from .table import Layout, by_mapping, layout, row_entry, used

DAMAGED = "The workbook is damaged: open it in a spreadsheet program, save it again as .xlsx or CSV, and upload that file."


def recognises(head: str) -> int:
    """Workbooks are known by their bytes (kinds.binary_reader), never by text."""
    return 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each row under a header that names titles or authors, in every sheet that has one."""
    _guard(source)
    try:
        book = _book(source)
        yield from _sheets(book, source)
    except Refused:
        raise
    except Exception as error:  # (openpyxl lets out whatever its parts raise on a damaged file)
        raise Refused(DAMAGED) from error


def _book(source: Source) -> Any:
    """Open the workbook for reading row by row; sheets that are charts, at which openpyxl stumbles, are passed over."""
    from openpyxl.reader.excel import ExcelReader  # slow to import, and only workbooks need it

    class Rows(ExcelReader):
        def read_chartsheet(self, sheet: Any, rel: Any) -> None:
            return None

    opened = Rows(source.file, read_only=True, keep_vba=False, data_only=True, keep_links=False)
    opened.read()
    return opened.wb


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
    position = 0
    headed = False
    unknown: unknown_tables.Preview | None = None
    cells_seen = [0]
    for sheet in book.worksheets:
        if hasattr(sheet, "reset_dimensions"):
            sheet.reset_dimensions()
        rows = _rows(sheet, source, cells_seen)
        first = list(islice(rows, unknown_tables.SAMPLE + 20))
        how = _layout(first, source)
        if how is None:
            unknown = unknown or preview_of(first)
            continue
        headed = True
        source.columns |= used(how)
        for number, cells in chain(first, rows):
            if number > how.skipped and cells != how.names:  # a header that comes again is no entry
                position += 1
                raw = "\t".join(cell.replace("\n", " ") for cell in cells)
                yield row_entry(position, number, raw, cells + [""] * (how.width - len(cells)), how)
    if not headed and unknown is not None and source.mapping is None:
        raise unknown_tables.refusal(unknown)
    if not headed:
        raise Refused("The workbook has no header row that names titles or authors: say which column holds what, or export RIS.")


def _rows(sheet: Any, source: Source, cells_seen: list[int]) -> Iterator[tuple[int, list[str]]]:
    """Give (number, cells) of the rows that are not empty, without empty cells at the end."""
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        cells = [_text(value) for value in row]
        cells_seen[0] += len(cells)
        if cells_seen[0] > source.limits.max_sheet_cells:
            raise Refused(f"The workbook has more than {source.limits.max_sheet_cells:,} cells: save the table as CSV.")
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def _layout(first: list[tuple[int, list[str]]], source: Source) -> Layout | None:
    """Find the header among the first rows of a sheet, or what a person chose, or a guess."""
    if source.mapping is None:
        for number, cells in first[:20]:
            if columns.score(cells):
                return layout(cells, columns.plan(cells), skipped=number)
    preview = preview_of(first)
    if preview is None:
        return None
    if source.mapping is not None and not unknown_tables.places_of(preview.names, source.mapping):
        return None
    if source.mapping is None and not (source.guess and unknown_tables.enough(preview)):
        return None
    return by_mapping(source, preview)


def preview_of(first: list[tuple[int, list[str]]]) -> unknown_tables.Preview | None:
    """Look at the first rows of a sheet as a table: from the first row that has the usual number of cells; None below two columns."""
    widths = Counter(len(cells) for _, cells in first if len(cells) > 1)
    if len(first) < 2 or not widths:
        return None
    least = max(2, max(widths) // 2)
    begin = next(place for place, (_, cells) in enumerate(first) if len(cells) >= least)
    body = [cells for _, cells in first[begin:]]
    return unknown_tables.of_rows(body, "", first[begin][0] - 1)


def preview(source: Source) -> unknown_tables.Preview | None:
    """Look at the first sheet that holds a table; a row that names known fields is its header."""
    _guard(source)
    try:
        book = _book(source)
        for sheet in book.worksheets:
            first = list(islice(_rows(sheet, source, [0]), unknown_tables.SAMPLE + 20))
            known = next((place for place, (_, cells) in enumerate(first[:20]) if columns.score(cells)), 0)
            if (found := preview_of(first[known:])) is not None:
                return found
    except Refused:
        raise
    except Exception as error:
        raise Refused(DAMAGED) from error
    return None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value)).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").strip()


READER = Reader("xlsx", ("xlsx", "xlsm"), recognises, read, "Excel workbook")
