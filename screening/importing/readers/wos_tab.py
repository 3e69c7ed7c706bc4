"""Web of Science tab-delimited: two-letter headers, no quoting at all: a quotation mark is a letter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from . import columns
from .base import ReadEntry, Reader
from .source import Source
from .table import layout, row_entry, used


def recognises(head: str) -> int:
    """The header begins PT, TAB and names title and source; the other indexes of the platform do not begin with AU."""
    header = head.lstrip("\ufeff \n").partition("\n")[0]
    return 95 if header.startswith("PT\t") and "\tTI\t" in header and "\tSO\t" in header else 0


def read(source: Source) -> Iterator[ReadEntry]:
    """Yield one entry a line; a header that comes again (files put together) is no entry."""
    lines = enumerate(source.lines(), 1)
    header = next((line for _, line in lines if line.strip()), "")
    names = header.split("\t")
    how = replace(layout(names, columns.plan(names)), database="Web of Science" if "UT" in names else "", platform="Web of Science")
    source.columns = used(how)
    position = 0
    for place, line in lines:
        if line.strip() and line != header:
            position += 1
            yield row_entry(position, place, line, line.split("\t"), how)


READER = Reader("wos-tab", ("txt", "tab", "tsv"), recognises, read, "Web of Science (tab-delimited)")
