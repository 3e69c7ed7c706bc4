"""What each field says about a pair, in small numbers."""

from __future__ import annotations

from typing import NamedTuple

from .card import Card
from .fields import compare_journals, compare_pages, compare_people, compare_text
from .normalise import plain
from .titles import NEAR, OTHER, SAME, compare_titles

LONGEST = 60  #: pages of one article; more may be the whole of a proceedings


class Facts(NamedTuple):
    """What each field says about a pair, in small numbers (see fields.py and titles.py)."""

    title: int
    likeness: float
    trap: str
    people: int
    shared: int
    gap: int  # years apart, -1 when one is silent
    journal: int
    volume: int
    issue: int
    page: int
    doi: int
    pmid: int
    accession: int
    same_file: bool
    generic: bool
    short: bool
    everybody: bool  # both name the same people, nobody more


def facts(a: Card, b: Card, full: bool = False) -> Facts | None:
    """Compare all fields; None when titles differ and no identifier speaks for the pair (never with `full`)."""
    doi = (1 if a.doi == b.doi or plain(a.doi) == plain(b.doi) else -1) if a.doi and b.doi else 0
    pmid = (1 if a.pmid == b.pmid else -1) if a.pmid and b.pmid else 0
    accession = 1 if a.accession and a.accession == b.accession else 0
    title, likeness, trap = compare_titles(a, b)
    if title == OTHER and doi < 1 and pmid < 1 and accession < 1 and not full and not (is_extracted(a, b) or is_one_range(a, b)):
        return None
    people, shared = compare_people(a, b)
    volume = compare_text(a.volume, b.volume)
    issue = compare_text(a.issue, b.issue)
    if volume < 0 and (_is_supplement(a, b) or _is_supplement(b, a)):
        volume = 0
    page = compare_pages(a.page, b.page)
    if volume == 0 and issue < 0 and (_is_shifted(a, b) or _is_shifted(b, a)):
        volume, issue, page = 1, 1, 0
    if issue < 0 and page == 0 and volume > 0 and (_is_article_number(a, b) or _is_article_number(b, a)):
        issue, page = 0, 2
    if page == 1 and (issue < 0 or volume < 0):
        page = -1
    return Facts(
        title,
        likeness,
        trap,
        people,
        shared,
        abs(a.year - b.year) if a.year and b.year else -1,
        compare_journals(a, b),
        volume,
        issue,
        page,
        doi,
        pmid,
        accession,
        a.file != "" and a.file == b.file,
        a.generic or b.generic,
        a.short or b.short,
        people > 0 and shared >= max(len(a.people), len(b.people)),
    )


def is_extracted(a: Card, b: Card) -> bool:
    """One has no year, page or DOI but the other's volume and issue, as extraction from a PDF leaves it: its title may be any line."""
    if not a.volume or a.volume != b.volume or not a.issue or a.issue != b.issue:
        return False
    return any(not (card.year or card.page or card.doi) for card in (a, b))


def is_one_range(a: Card, b: Card) -> bool:
    """Both stand on the same three pages or more of one volume: a title in another language is translated otherwise by each database.

    From page 1 on it may be a count of pages.
    """
    if a.page is None or b.page is None or a.page[:3] != b.page[:3] or not a.volume or a.volume != b.volume:
        return False
    return a.page[1] > 1 and 3 <= a.page[2] - a.page[1] + 1 <= LONGEST and not (a.supplement or b.supplement or a.meeting or b.meeting)


def _is_article_number(a: Card, b: Card) -> bool:
    """The issue of one is the article number of the other: a database put it in the wrong field."""
    return b.page is not None and len(a.issue) > 1 and a.issue == str(b.page[1])


def _is_supplement(a: Card, b: Card) -> bool:
    """The volume of one is the number of the other's supplement: a database put it in the wrong field."""
    return b.supplement and not a.issue and a.volume == b.issue.lstrip("s")


def _is_shifted(a: Card, b: Card) -> bool:
    """Volume and issue of one stand in the fields issue and pages of the other."""
    return not a.volume and a.issue == b.volume and a.page is not None and str(a.page[1]) == b.issue


def count_against(f: Facts) -> int:
    """How many of journal, volume, issue and page differ."""
    return (f.journal < 0) + (f.volume < 0) + (f.issue < 0) + (f.page < 0)


def one_place(f: Facts) -> bool:
    """Title, people, journal, volume and page (or issue, where pages are silent) are one: an identifier may be wrong."""
    if f.generic or f.title < NEAR or f.people < 1 or f.journal < 1 or f.volume < 0 or f.issue < 0:
        return False
    if f.volume == 0:
        return f.page > 1 and f.title == SAME and f.everybody and f.gap == 0
    return f.page > 1 or (f.page >= 0 and f.issue > 0 and f.everybody)
