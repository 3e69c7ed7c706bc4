"""Two strategies side by side, line by line: what is the same, changed, taken out, put in. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

#: Beyond this many lines, lines are compared by their place only; a longer line is shown as changed as a whole, and so is every one
#: after so much work on single words.
MOST_LINES, MOST_CHARS, MOST_WORK, MOST_PAIRS = 1500, 3000, 20_000_000, 10_000
#: Two lines that share fewer of their words are not the same line changed.
LIKE = 1 / 3
_LINE_END = re.compile("\r\n|\r|\n")
_WORD = re.compile(r"\w+")
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Change(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters of a line; ``differs`` when the other line has something else in its place."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the one side."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the one strategy beside its like in the other; None where the other has none."""

    change: Change
    left: Line | None
    right: Line | None


def lines_of(text: str) -> list[str]:
    """Give the lines of a strategy, blanks and all; an end of line at the very end opens no further one."""
    if not text:
        return []
    lines = _LINE_END.split(text)
    return lines[:-1] if lines[-1] == "" else lines


def compare(left: str, right: str) -> list[Row]:
    """Put two strategies side by side."""
    return list(_rows(lines_of(left), lines_of(right)))


def differs(rows: Sequence[Row]) -> int:
    """Say how many lines differ."""
    return sum(row.change != Change.SAME for row in rows)


def _rows(a: list[str], b: list[str]) -> Iterator[Row]:
    work = 0
    for tag, a_from, a_to, b_from, b_to in _blocks(a, b):
        if tag == "equal":
            for i, j in zip(range(a_from, a_to), range(b_from, b_to), strict=True):
                yield Row(Change.SAME, _plain(i, a), _plain(j, b))
            continue
        for left, right in _beside(a[a_from:a_to], b[b_from:b_to]):
            i, j = a_from + (left or 0), b_from + (right or 0)
            if left is not None and right is not None:
                work += len(a[i]) * len(b[j])
                pieces = pieces_of(a[i], b[j]) if work <= MOST_WORK else _whole(a[i], b[j])
                yield Row(Change.CHANGED, Line(i + 1, pieces[0]), Line(j + 1, pieces[1]))
            elif left is not None:
                yield Row(Change.OUT, Line(i + 1, (Piece(a[i], True),)), None)
            else:
                yield Row(Change.IN, None, Line(j + 1, (Piece(b[j], True),)))


def _beside(a: list[str], b: list[str]) -> list[tuple[int | None, int | None]]:
    """Pair the lines of a changed part: those most alike beside each other, in order; None where a line has no like."""
    if len(a) * len(b) > MOST_PAIRS:
        return list(zip_longest(range(len(a)), range(len(b))))
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    alike = [[_likeness(one, other) for other in b] for one in a]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + alike[i][j])
    found: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(a) and j < len(b):
        if alike[i][j] and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            found.append((i, None))
            i += 1
        else:
            found.append((None, j))
            j += 1
    return [*found, *((n, None) for n in range(i, len(a))), *((None, n) for n in range(j, len(b)))]


def _likeness(a: str, b: str) -> float:
    """Say how alike two lines are by the words they share, 0 to 1; 0 below a third."""
    left, right = Counter(_WORD.findall(a.casefold())), Counter(_WORD.findall(b.casefold()))
    shared = 2 * (left & right).total() / max(left.total() + right.total(), 1)
    return shared if shared > LIKE else 0.0


def _blocks(a: list[str], b: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    if max(len(a), len(b)) <= MOST_LINES:
        return SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    both = min(len(a), len(b))
    blocks = [("equal" if a[n] == b[n] else "replace", n, n + 1, n, n + 1) for n in range(both)]
    return [*blocks, ("replace", both, len(a), both, len(b))]


def _plain(n: int, lines: list[str]) -> Line:
    return Line(n + 1, (Piece(lines[n]),))


Pieces = tuple[Piece, ...]


def _whole(a: str, b: str) -> tuple[Pieces, Pieces]:
    return (Piece(a, True),), (Piece(b, True),)


def pieces_of(a: str, b: str) -> tuple[Pieces, Pieces]:
    """Cut two lines into what they share and what differs, by words."""
    if max(len(a), len(b)) > MOST_CHARS:
        return _whole(a, b)
    left, right = _WORDS.findall(a), _WORDS.findall(b)
    codes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return (
        tuple(Piece("".join(left[i1:i2]), tag != "equal") for tag, i1, i2, _j1, _j2 in codes if i2 > i1),
        tuple(Piece("".join(right[j1:j2]), tag != "equal") for tag, _i1, _i2, j1, j2 in codes if j2 > j1),
    )
