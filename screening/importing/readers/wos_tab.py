"""Web of Science tab-delimited: two-letter headers, no quoting at all: a quotation mark is a letter."""

from __future__ import annotations

from collections.abc import Iterator

from . import columns
from .base import ReadEntry, Reader
from .source import Source
from .table import row_entry


def recognises(head: str) -> int:
    """The header begins PT, TAB, AU."""
    return 95 if head.lstrip("\ufeff").startswith("PT\tAU\t") else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry a line."""
    lines = source.lines()
    names = next(lines, "").lstrip("\ufeff").split("\t")
    places = columns.plan(names)
    width = len(names)
    while width and not names[width - 1].strip():
        width -= 1
    database = "Web of Science" if "UT" in names else ""
    position = 0
    for place, line in enumerate(lines, 2):
        if line.strip():
            position += 1
            yield row_entry(position, place, line, names, width, places, line.split("\t"), database, "Web of Science")


READER = Reader("wos-tab", ("txt", "tab", "tsv"), recognises, read, "Web of Science (tab-delimited)")
