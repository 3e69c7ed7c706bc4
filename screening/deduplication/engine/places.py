"""What it means that two records of one title stand in two places: a slip of the page, a notice, the abstract of a meeting."""

from __future__ import annotations

from .card import Card
from .facts import Facts
from .fields import is_notice, one_leads
from .titles import SAME


def pages_of(card: Card) -> int:
    """How many pages a record names; 1 or less for a single page, 0 for none."""
    return card.page[2] - card.page[1] + 1 if card.page else 0


def is_bare(card: Card) -> bool:
    """No volume and no page."""
    return not card.volume and card.page is None


def wrong_page(f: Facts, a: Card, b: Card) -> bool:
    """All but the page is one (and, unless the issue says so too, neither is a notice beside a longer article): one page is wrong."""
    if f.title != SAME or not f.everybody or f.journal < 1 or f.volume < 1 or f.gap > 0:
        return False
    if f.issue > 0 and not a.supplement:
        return True
    return f.issue >= 0 and f.gap == 0 and len(a.words) > 5 and not is_notice(a.page, b.page)


def neighbours(f: Facts, a: Card, b: Card) -> bool:
    """First pages one apart under one long title, by the same people, in one journal, volume and year: a slip of the page."""
    if a.page is None or b.page is None or f.gap or f.journal < 2 or f.volume < 0 or f.people < 2 or f.shared < 3:
        return False
    return a.page[0] == b.page[0] and abs(a.page[1] - b.page[1]) == 1 and min(len(a.words), len(b.words)) > 7


def again_in_volume(f: Facts, a: Card, b: Card) -> bool:
    """One long title by five of the same people or more comes twice in one volume, and no later single page, which may be an erratum.

    What tells two publications apart (a supplement, a type, two DOIs) was looked at before.
    """
    if f.title != SAME or f.gap or f.journal < 2 or f.volume < 1 or f.people < 2 or f.shared < 5 or f.short or not one_leads(a, b):
        return False
    return (pages_of(a) < 2) == (pages_of(b) < 2) or notice(a, b) == "conference"


def is_gathered(card: Card) -> bool:
    """In a supplement, or in what names a meeting."""
    return card.supplement or card.meeting


def notice(a: Card, b: Card) -> str:
    """The shorter of two came later: an erratum; earlier: the abstract of a meeting."""
    short, long = (a, b) if a.page and (not a.page[2] or a.page[2] == a.page[1]) else (b, a)
    return "conference" if short.issue.isdigit() and long.issue.isdigit() and int(short.issue) < int(long.issue) else "erratum"
