"""Tables with a header row: CSV and TSV of Scopus, Embase, PubMed, IEEE, Lens, Zotero, Rayyan, Covidence, ASReview, OpenAlex and more.

The delimiter is the one that makes the header known. A quotation mark that is never closed spoils its own row only: the row is
handed over to be looked at, and reading goes on with the next line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import columns, values
from .base import CUT, EMPTY, ReadEntry, Reader, Refused, entry, safely, trouble
from .source import Source

csv.field_size_limit(2**31 - 1)
DELIMITERS = (",", ";", "\t", "|")
MAX_OPEN_LINES = 3_000
MAX_ROW_CHARS = 4_000_000
OPEN_QUOTE = "A quotation mark that opens in this row is never closed: the row could not be parted into cells."
MORE_CELLS = "The row has {cells} cells where the header names {names}: cells may have slipped."
FEWER_CELLS = "The row has {cells} of {names} cells."
_LOG = ({"createdat", "articleid", "key", "value"}, {"articleid", "userid", "value"})


def split(line: str, delimiter: str) -> list[str]:
    """Part one logical row into cells."""
    try:
        rows = list(csv.reader(line.split("\n") if "\n" not in line else _with_ends(line), delimiter=delimiter))
    except csv.Error:
        return line.split(delimiter)
    return rows[0] if rows else []


def _with_ends(text: str) -> list[str]:
    return [line + "\n" for line in text.split("\n")]


def header_of(head: str) -> tuple[int, int, str, list[str]]:
    """Find the header among the first lines: (score, lines before it, delimiter, names); score 0 when there is none."""
    best: tuple[int, int, str, list[str]] = (0, 0, ",", [])
    lines = head.lstrip("\ufeff").split("\n", 12)[:12]
    hint = ""
    for place, line in enumerate(lines):
        if line[:4].lower() == "sep=" and len(line.strip()) == 5:
            hint = line.strip()[4]
            continue
        if len(line) > 60_000 or not line.strip():
            continue
        for delimiter in (hint,) if hint else DELIMITERS:
            if delimiter in line:
                names = split(line, delimiter)
                points = columns.score(names)
                if points > best[0]:
                    best = (points, place, delimiter, names)
        if best[0] >= 30 or (best[0] and place > 3):
            break
    return best


def recognises(head: str) -> int:
    """A header row that names a title (or abstract, DOI, PMID) and another field."""
    if head.lstrip("\ufeff \n\t")[:1] in ("<", "{", "@"):
        return 0
    points = header_of(head)[0]
    if points:
        return min(75, 40 + points)
    return 35 if is_log(head) else 0


def is_log(head: str) -> bool:
    """Say whether the header is that of Rayyan's log of decisions."""
    names = {columns.key(name) for name in head.lstrip("\ufeff").partition("\n")[0].split(",")}
    return any(log <= names for log in _LOG)


def logical_rows(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, str, bool]]:
    """Give (first line, text, whole) for each row; a row goes on over line ends inside quotation marks."""
    queue: list[tuple[int, str]] = []
    numbered = enumerate(lines, 1)
    opens = re.compile(rf'(?:^|{re.escape(delimiter)}) *"')
    while True:
        if queue:
            place, line = queue.pop()
        else:
            following = next(numbered, None)
            if following is None:
                return
            place, line = following
        if '"' not in line or not _left_open(line, opens, False):
            yield place, line, True
            continue
        held = [(place, line)]
        size = len(line)
        closed = False
        while len(held) < MAX_OPEN_LINES and size < MAX_ROW_CHARS:
            if queue:
                following = queue.pop()
            else:
                following = next(numbered, None)
            if following is None:
                break
            held.append(following)
            size += len(following[1])
            if '"' in following[1] and not _left_open(following[1], opens, True):
                closed = True
                break
        if closed:
            yield place, "\n".join(text for _, text in held), True
        else:
            yield place, line, False
            queue += reversed(held[1:])


def _left_open(line: str, opens: re.Pattern[str], inside: bool) -> bool:
    """Say whether a quoted cell is still open at the end of a line."""
    at = 0
    while True:
        if not inside:
            match = opens.search(line, at)
            if match is None:
                return False
            at = match.end()
            inside = True
        at = line.find('"', at)
        if at < 0:
            return True
        if line[at + 1 : at + 2] == '"':
            at += 2
            continue
        inside = False
        at += 1


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is read: the delimiter, the lines before the header, its names, and which columns feed which field."""

    delimiter: str
    before: int
    names: list[str]
    places: dict[str, list[int]]


def layout_of(source: Source) -> Layout:
    """Find the layout from the header, or from what a person chose; raises Refused when neither tells it."""
    points, before, delimiter, names = header_of(source.head)
    if source.columns is not None:
        if not points:
            before, delimiter, names = unknown_header(source.head)
        places = columns.chosen(names, source.columns)
        if not places:
            raise Refused("None of the chosen columns stands in the header of the table: choose the columns again.")
        return Layout(delimiter, before, names, places)
    if points:
        return Layout(delimiter, before, names, columns.plan(names))
    if is_log(source.head):
        raise Refused("The file is Rayyan's log of decisions, not references: upload articles.csv (or RIS) of the same export.")
    raise Refused("The table has no header that names titles or authors: say which column holds what, or export RIS.")


def unknown_header(head: str) -> tuple[int, str, list[str]]:
    """Give (lines before it, delimiter, names) of the first line with cells, parted where it gives most of them."""
    for place, line in enumerate(head.lstrip("\ufeff").split("\n", 12)[:12]):
        parted = [(len(names := split(line, delimiter)), delimiter, names) for delimiter in DELIMITERS if delimiter in line]
        if parted and len(line) < 60_000:
            _, delimiter, names = max(parted, key=lambda found: found[0])
            return place, delimiter, names
    return 0, ",", []


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each row under the header; a header that comes again (files put together) is no entry."""
    layout = layout_of(source)
    names = layout.names
    database, platform = columns.origin(names)
    width = len(names)
    while width and not names[width - 1].strip():
        width -= 1
    position = full = 0
    held: tuple[int, str, list[str]] | None = None  # a short row waits: only as the last of a cut file it is a problem
    seen_header = False
    for place, text, whole in logical_rows(source.lines(), layout.delimiter):
        if not seen_header:
            seen_header = place > layout.before
            continue
        if not text.strip():
            continue
        if held:
            position += 1
            yield row_entry(position, held[0], held[1], names, width, layout.places, held[2], database, platform)
            held = None
        cells = split(text, layout.delimiter) if whole else []
        if whole and (not any(cell.strip() for cell in cells) or [cell.lstrip("\ufeff") for cell in cells[:1]] + cells[1:] == names):
            continue
        if whole and len(cells) < width and full >= 3:
            held = (place, text, cells)
            continue
        position += 1
        if not whole:
            yield trouble(position, place, text, OPEN_QUOTE)
            continue
        full += len(cells) >= width
        yield row_entry(position, place, text, names, width, layout.places, cells, database, platform)
    if held:
        position += 1
        source.cut = source.open_end
        if source.cut:
            yield trouble(position, held[0], held[1], CUT)
        else:
            yield row_entry(position, held[0], held[1], names, width, layout.places, held[2], database, platform)


@safely
def row_entry(
    position: int,
    line: int,
    text: str,
    names: list[str],
    width: int,
    places: dict[str, list[int]],
    cells: list[str],
    database: str,
    platform: str,
) -> ReadEntry:
    """Read one row; a row with more filled cells than names is to be looked at, one with fewer is read with a remark."""
    filled = len(cells)
    while filled and not cells[filled - 1].strip():
        filled -= 1
    if filled > max(width, 1) and filled > len(names):
        return trouble(position, line, text, MORE_CELLS.format(cells=filled, names=width))
    fields = columns.fields_of(names, places, cells, database, platform)
    remarks: tuple[str, ...] = ()
    if len(cells) < width:
        remarks = (FEWER_CELLS.format(cells=len(cells), names=width),)
    if values.is_mojibake(fields.title):
        remarks = (*remarks, values.MOJIBAKE)
    made = entry(position, line, text, fields, remarks)
    return made if made.fields or made.problem != EMPTY else trouble(position, line, text, EMPTY)


READER = Reader("csv", ("csv", "tsv", "txt", "tab"), recognises, read, "table (CSV)")
