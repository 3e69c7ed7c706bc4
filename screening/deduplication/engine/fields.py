"""Compare authors, journal and place of two cards, each as a small number: above 0 alike, 0 silent, below 0 against."""

from __future__ import annotations

from rapidfuzz import fuzz

from .card import Card
from .journals import journals_alike
from .names import Name
from .pages import Page


def compare_people(a: Card, b: Card) -> tuple[int, int]:
    """(2 same, 1 near, 0 silent, -1 against; how many are shared)."""
    mine, yours = a.people, b.people
    if not mine or not yours:
        return 0, 0
    if mine == yours:
        return 2, len(mine)
    if len(mine) > len(yours):
        mine, yours = yours, mine
    rest = list(yours)
    loose: list[Name] = []
    shared = 0
    for one in mine:
        found = next((other for other in rest if _same_name(one, other)), None)
        if found is None:
            loose.append(one)
        else:
            rest.remove(found)
            shared += 1
    for one in loose:
        found = next((other for other in rest if _near_name(one, other)), None)
        if found is not None:
            rest.remove(found)
            shared += 1
    share = shared / len(mine)
    first = _is_same(mine[0], yours[0])
    if share >= 0.6 and (first or (shared >= 2 and share >= 0.75)):
        return 2, shared
    if share >= 0.5 or (first and shared):
        return 1, shared
    pool = {w for n in mine for w in n[2].split() if len(w) > 1}
    others = {w for n in yours for w in n[2].split() if len(w) > 1}
    both = pool & others
    if len(both) >= 2 and len(both) >= 0.6 * min(len(pool), len(others)):
        return 1, max(shared, len(both) // 2)
    if _whole(mine[0][2].replace(" ", ""), yours):
        return 1, 1
    if all(not n[1] for n in mine) or all(not n[1] for n in yours):
        return (0, 0) if _collective(mine) or _collective(yours) else (-1, shared)
    return -1, shared


def one_leads(a: Card, b: Card) -> bool:
    """The first author of one is the first of the other, or the second: people put before all the others are no slip."""
    mine, yours = a.people, b.people
    return any(_is_same(mine[0], one) for one in yours[:2]) or any(_is_same(yours[0], one) for one in mine[:2])


def _is_same(a: Name, b: Name) -> bool:
    return _same_name(a, b) or _near_name(a, b)


def _whole(name: str, others: list[Name]) -> bool:
    return len(name) > 7 and any(fuzz.ratio(name, other[2].replace(" ", "")) >= 90 for other in others[:3])


def _collective(people: list[Name]) -> bool:
    return len(people) == 1 and not people[0][1] and len(people[0][0]) > 12


def _same_name(a: Name, b: Name) -> bool:
    return a[0] == b[0] and (a[1] == b[1] or not a[1] or not b[1])


def _near_name(a: Name, b: Name) -> bool:
    """Another spelling, a double surname, or given name and surname changed round."""
    if a[1] and b[1] and a[1] != b[1]:
        return len(a[2]) > 6 and sorted(a[2].split()) == sorted(b[2].split())
    short, long = (a[0], b[0]) if len(a[0]) < len(b[0]) else (b[0], a[0])
    if len(short) > 3 and (long.startswith(short) or long.endswith(short)):
        return True
    return len(short) > 3 and fuzz.ratio(short, long) >= (80 if len(short) > 4 and short[0] == long[0] else 84)


def compare_journals(a: Card, b: Card) -> int:
    """2 same, 1 one may stand for the other, 0 silent, -1 against."""
    if not a.journal or not b.journal:
        return 0
    if a.journal is b.journal:
        return 2
    alike = journals_alike(a.journal, b.journal)
    if alike:
        return alike
    if a.meeting and b.meeting:
        return 0
    if a.item.issn and b.item.issn and _issn(a.item.issn) & _issn(b.item.issn):
        return 2
    return -1


def _issn(text: str) -> set[str]:
    return {part.replace("-", "").lower() for part in text.replace(",", " ").replace(";", " ").split() if len(part.replace("-", "")) == 8}


def compare_text(a: str, b: str) -> int:
    """1 the same, 0 silent, -1 against; a supplement number equals the plain number."""
    if not a or not b:
        return 0
    return 1 if a == b or a.lstrip("s") == b.lstrip("s") else -1


def compare_pages(a: Page | None, b: Page | None) -> int:
    """3 the same range, 2 the same first page, 1 ranges that overlap, 0 silent, -1 against.

    An electronic id and a range never contradict each other, nor does a count of pages ('1-6').
    """
    if a is None or b is None:
        return 0
    if a[1] == b[1]:
        if a[0] and b[0] and a[0] != b[0]:
            return -1
        return 3 if a[2] and a[2] == b[2] and a[2] > a[1] else 2
    if a[2] and a[2] == b[2] and (a[2] > a[1] or b[2] > b[1]):
        return 1
    if a[0] == b[0] and max(a[1], b[1]) <= min(max(a[1], a[2]), max(b[1], b[2])):
        return 1
    if a[3] != b[3]:
        return 0
    if (a[1] == 1 and a[2] > 1) or (b[1] == 1 and b[2] > 1):
        return 0
    return -1


def is_notice(a: Page | None, b: Page | None) -> bool:
    """One is a single page or two and the other is longer, as an erratum is beside its article."""
    if a is None or b is None:
        return False
    here, there = _length(a), _length(b)
    return min(here, there) < 2 and max(here, there) > 2


def _length(page: Page) -> int:
    return max(0, page[2] - page[1]) + 1 if page[2] else 1
