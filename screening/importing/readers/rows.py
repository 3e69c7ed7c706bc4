"""Part the text of a table into rows and cells, and find its header."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from . import columns

csv.field_size_limit(2**31 - 1)
DELIMITERS = (",", ";", "\t", "|")
MAX_OPEN_LINES = 3_000
MAX_ROW_CHARS = 4_000_000


def split(line: str, delimiter: str) -> list[str]:
    """Part one logical row into cells; a quotation mark inside a cell is doubled or, as R writes it, behind a backslash."""
    if '\\"' in line:
        try:
            list(csv.reader(_with_ends(line), delimiter=delimiter, strict=True))
        except csv.Error:
            line = line.replace('\\"', '""')
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
    hint = ""
    filled = 0
    for place, line in enumerate(head.lstrip("\ufeff").split("\n", 200)[:200]):
        if names_delimiter(line):
            hint = line.strip()[4]
            continue
        if len(line) > 60_000 or not line.strip():
            continue
        filled += 1
        for delimiter in (hint,) if hint else DELIMITERS:
            if delimiter in line:
                names = split(line, delimiter)
                points = columns.score(names)
                if points > best[0]:
                    best = (points, place, delimiter, names)
        if best[0] >= 30 or (best[0] and filled > 3) or filled >= 30:
            break
    return best


def names_delimiter(line: str) -> bool:
    """Say whether a line is Excel's `sep=;`."""
    return line[:4].lower() == "sep=" and len(line.strip()) == 5


def logical_rows(lines: Iterator[str], delimiter: str, width: int = 0) -> Iterator[tuple[int, str, bool]]:
    """Give (first line, text, whole) for each row; a row goes on over line ends inside quotation marks.

    ``width``: how many cells the header names, so that a row of its own is known where a mark was never closed in the row before.
    """
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
                closed = not _swallowed([text for _, text in held], delimiter, width)
                break
        if closed:
            yield place, "\n".join(text for _, text in held), True
        else:
            yield place, line, False
            queue += reversed(held[1:])


def _swallowed(held: list[str], delimiter: str, width: int) -> bool:
    """Say whether a row took in the next one: its marks do not pair, and its last line is a row of as many cells as the header."""
    if width < 2 or held[-1].count('"') % 2 or len(split(held[-1], delimiter)) != width:
        return False
    try:
        list(csv.reader(_with_ends("\n".join(held)), delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return False


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
