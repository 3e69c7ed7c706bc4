"""Tables with a header row: CSV and TSV of Scopus, Embase, PubMed, IEEE, Lens, Zotero, Rayyan, Covidence, ASReview, OpenAlex and more.

The delimiter is the one that makes the header known. A quotation mark that is never closed spoils its own row only: the row is
handed over to be looked at, and reading goes on with the next line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import abstracts, columns, unknown_tables
from .base import CUT, ReadEntry, Reader, Refused, entry, has_entities, letters, safely, trouble
from .rows import header_of, logical_rows, split
from .source import Source

OPEN_QUOTE = "A quotation mark that opens in this row is never closed: the row could not be parted into cells."
MORE_CELLS = "The row has {cells} cells where the header names {names}: cells may have slipped."
FEWER_CELLS = "The row has {cells} of {names} cells."
ONE_CELL = "The line has no cells, where the header names {names}: it may be a note, or references in another format."
WIDE = 5
GUESSED = "The header of the table is not known: what the columns hold was guessed, look at the fields."
_LOG = ({"createdat", "articleid", "key", "value"}, {"articleid", "userid", "value"})


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


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is read: the delimiter, the lines before its rows, the names of its columns, and which feed which field."""

    delimiter: str
    skipped: int
    names: list[str]
    places: dict[str, list[int]]
    width: int
    database: str = ""
    platform: str = ""
    mapped: bool = False
    own: bool = False
    remark: str = ""


def layout(names: list[str], places: dict[str, list[int]], delimiter: str = "", skipped: int = 0, **more: Any) -> Layout:
    """Make the layout of a header; empty names at its end name no columns."""
    width = len(names)
    while width and not names[width - 1].strip():
        width -= 1
    database, platform = columns.origin(names)
    own = columns.is_own(names) and not more.get("mapped")
    return Layout(delimiter, skipped, names, places, width, database, platform, own=own, **more)


def layout_of(source: Source) -> Layout:
    """Find the layout from the header, or from what a person chose, or by a guess; raises Refused when none tells it."""
    points, before, delimiter, names = header_of(source.head)
    if source.mapping is None and not points and is_log(source.head):
        raise Refused("The file is Rayyan's log of decisions, not references: upload articles.csv (or RIS) of the same export.")
    if source.mapping is None and points:
        made = layout(names, columns.plan(names), delimiter, before + 1)
    elif source.mapping is not None and points and (places := unknown_tables.places_of(names, source.mapping)):
        made = layout(names, places, delimiter, before + 1, mapped=True)
    else:
        preview = unknown_tables.of_text(source.head)
        if preview is None:
            raise Refused("The file is no table of rows and columns: choose the file that the database gave you.")
        made = by_mapping(source, preview)
    source.columns = used(made)
    return made


def by_mapping(source: Source, preview: unknown_tables.Preview) -> Layout:
    """Make the layout of a table by what a person chose, else by a guess where one is asked for; raises UnknownTable."""
    names, skipped = preview.names, preview.before + 1
    if source.mapping is not None:
        places = unknown_tables.places_of(names, source.mapping)
        if not places:
            raise Refused("None of the chosen columns stands in the header of the table: choose the columns again.")
        return layout(names, places, preview.delimiter, skipped, mapped=True)
    if not source.guess or not unknown_tables.enough(preview):
        raise unknown_tables.refusal(preview)
    source.guessed = True
    return layout(names, unknown_tables.places_of(names, preview.proposed), preview.delimiter, skipped, remark=GUESSED)


def used(made: Layout) -> dict[str, str]:
    """Say which column feeds which field: label → field."""
    names = unknown_tables.labels(made.names)
    return {names[place]: field for field, held in made.places.items() for place in held}


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry for each row under the header; a header that comes again (files put together) is no entry."""
    how = layout_of(source)
    before = {line.strip() for line in source.head.split("\n", how.skipped)[: how.skipped]}  # sep=, "About the data", the header
    position = full = 0
    held: tuple[int, str, list[str]] | None = None  # a short row waits: only as the last of a cut file it is a problem
    for place, text, whole in logical_rows(source.lines(), how.delimiter, how.width):
        if place <= how.skipped or not text.strip():
            continue
        if held:
            position += 1
            yield row_entry(position, held[0], held[1], held[2], how)
            held = None
        cells = split(text, how.delimiter) if whole else []
        if how.delimiter == "|" and not text.strip(" |-:"):  # the line below the header in Markdown
            continue
        if whole and (not any(cell.strip() for cell in cells) or cells == how.names or (len(cells) < how.width and text.strip() in before)):
            continue
        if whole and len(cells) < how.width and full >= 3:
            held = (place, text, cells)
            continue
        position += 1
        if not whole:
            yield trouble(position, place, text, OPEN_QUOTE)
            continue
        full += len(cells) >= how.width
        yield row_entry(position, place, text, cells, how)
    if held:
        position += 1
        source.cut = source.open_end
        yield trouble(position, held[0], held[1], CUT) if source.cut else row_entry(position, held[0], held[1], held[2], how)


@safely
def row_entry(position: int, line: int, text: str, cells: list[str], how: Layout) -> ReadEntry:
    """Read one row; a row with more filled cells than names is to be looked at, one with fewer is read with a remark."""
    filled = len(cells)
    while filled and not cells[filled - 1].strip():
        filled -= 1
    if filled > max(how.width, 1) and filled > len(how.names):
        return trouble(position, line, text, MORE_CELLS.format(cells=filled, names=how.width))
    if len(cells) == 1 and how.width >= WIDE:  # a line of another text, a sum, a note
        return trouble(position, line, text, ONE_CELL.format(names=how.width))
    if not how.own and has_entities(text):
        cells = list(map(letters, cells))
    if how.own:
        return entry(position, line, text, columns.own_fields(how.names, cells))
    fields = columns.fields_of(how.names, how.places, cells, how.database, how.platform, mapped=how.mapped)
    remarks = (how.remark,) if how.remark else ()
    if len(cells) < how.width:
        remarks = (*remarks, FEWER_CELLS.format(cells=len(cells), names=how.width))
    if abstracts.is_mojibake(fields.title):
        remarks = (*remarks, abstracts.MOJIBAKE)
    return entry(position, line, text, fields, remarks)


READER = Reader("csv", ("csv", "tsv", "txt", "tab"), recognises, read, "table (CSV)")
