"""The running numbers that a platform gives its hits (Ovid: 1, 2, 3 … through all batches of one search): what is missing, what came twice.

Pure: numbers in, numbers out.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Numbered:
    """An entry with its running number: in which file, at which place, and by what it is known."""

    number: int
    file: int
    position: int
    known_by: str = ""


@dataclass(frozen=True, slots=True)
class Running:
    """What the numbers of a search say. ``missing``: from–to, both included. ``twice``: number → the entries that carry it.

    ``restarts``: each file counts from 1 anew, so that gaps are looked for inside each file only, and none comes twice.
    """

    first: int = 0
    last: int = 0
    count: int = 0
    missing: list[tuple[int, int]] = field(default_factory=list)
    twice: dict[int, list[Numbered]] = field(default_factory=dict)
    restarts: bool = False

    @property
    def missing_count(self) -> int:
        return sum(last - first + 1 for first, last in self.missing)

    @property
    def first_twice(self) -> list[tuple[int, list[Numbered]]]:
        """As many of those that came twice as a page shows."""
        return list(self.twice.items())[:50]

    @property
    def complete(self) -> bool:
        return not self.missing and not self.twice


def look(entries: Sequence[Numbered], upto: int | None = None, *, batch: bool = False) -> Running:
    """Look at the numbers of a search from 1 on, as far as they go, or ``upto`` the hits where these are more.

    ``batch``: of one batch of a search, which begins where it begins.
    """
    if not entries:
        return Running()
    numbers = Counter(one.number for one in entries)
    last = max(max(numbers), upto or 0)
    if _restarts(entries):
        files = sorted({one.file for one in entries})
        missing = [gap for file in files for gap in _gaps(one.number for one in entries if one.file == file)]
        return Running(1, max(numbers), len(entries), missing, {}, restarts=True)
    twice: dict[int, list[Numbered]] = {}
    for one in entries:
        if numbers[one.number] > 1:
            twice.setdefault(one.number, []).append(one)
    gaps = _gaps(numbers, last, min(numbers) if batch else 1)
    return Running(min(numbers), last, len(entries), list(gaps), dict(sorted(twice.items())))


def _gaps(numbers: Iterable[int], last: int = 0, wanted: int = 1) -> Iterable[tuple[int, int]]:
    """Give what is missing from ``wanted`` on, as from–to."""
    for number in sorted(set(numbers)):
        if number > wanted:
            yield wanted, number - 1
        wanted = max(wanted, number + 1)
    if wanted <= last:
        yield wanted, last


def _restarts(entries: Sequence[Numbered]) -> bool:
    """Say whether each of several files counts anew: most numbers that two files share stand over different references."""
    by_number: dict[int, dict[int, str]] = {}
    for one in entries:
        by_number.setdefault(one.number, {})[one.file] = one.known_by
    shared = [files for files in by_number.values() if len(files) > 1]
    return bool(shared) and sum(len(set(files.values())) > 1 for files in shared) > len(shared) / 2
