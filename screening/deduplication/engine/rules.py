"""Decide a pair. Rules are tried from the surest to the weakest; what only looks alike goes to a person."""

from __future__ import annotations

from .card import Card
from .facts import Facts, count_against, facts, is_extracted, is_one_range, one_place
from .fields import is_notice, one_leads
from .places import again_in_volume, is_bare, is_gathered, neighbours, notice, pages_of, wrong_page
from .rulings import DIFFERENT, LOOK, MERGE, NOTHING, Ruling, differ, look, merge
from .titles import MORE, NEAR, OTHER, PART, SAME, SILENT, SWAP, WORDS, ends_there, is_cut
from .traps import trap_of, worth_a_look
from .types import Item


def decide(a: Card, b: Card, careful: bool = False) -> Ruling:
    """The ruling on one pair; symmetric in its two cards."""
    found = facts(a, b)
    if found is None:
        return Ruling(DIFFERENT, 0, "", "", True)
    ruling = _rule(found, a, b)
    if found.same_file and not (found.doi == 1 or found.pmid == 1 or found.accession == 1):
        return Ruling(LOOK, ruling.score, "", "same-file", True) if ruling.decision == MERGE else ruling._replace(against=True)
    if ruling.decision == MERGE and careful and not _is_careful(found):
        return Ruling(LOOK, ruling.score, "", "unsure", False)
    return ruling


def _is_careful(f: Facts) -> bool:
    if f.title < NEAR or f.people < 1 or count_against(f):
        return False
    return f.doi == 1 or f.pmid == 1 or f.accession == 1 or (f.title == SAME and f.page > 1 and f.gap in (0, 1))


def _rule(f: Facts, a: Card, b: Card) -> Ruling:
    trap = trap_of(f, a, b)
    if trap:
        return look(f, 600, trap, against=True) if worth_a_look(f, trap, a, b) else differ(True)
    if f.pmid < 0 or (f.doi < 0 and not one_place(f)):
        if f.title >= NEAR and f.people > 0 and not f.generic and (f.gap in (0, 1) or f.page > 0):
            return look(f, 560, "unsure", against=True)
        return differ(True)
    if f.doi == 1 or f.pmid == 1 or f.accession == 1:
        return _by_identifier(f, a, b)
    if f.title == SILENT:
        return _without_title(f, a, b)
    if f.title in (OTHER, WORDS) and f.everybody and f.shared > 1 and f.journal > 1 and not f.generic and is_extracted(a, b):
        return merge(f, 700, "authors-volume-issue")._replace(sole=True)
    if f.title <= MORE and f.everybody and f.journal > 0 and f.issue >= 0 and f.gap in (0, 1) and not f.generic and is_one_range(a, b):
        return _translated(f, a, b)
    if f.generic:
        return _generic(f)
    if f.title >= NEAR:
        ruling = _short(f) if f.short else None
        return ruling or _same_title(f, a, b)
    if f.title == PART:
        return _part_of_title(f, a, b)
    return _other_words(f, a, b)


def _by_identifier(f: Facts, a: Card, b: Card) -> Ruling:
    rule = "pmid" if f.pmid == 1 else "doi" if f.doi == 1 else "accession"
    base = 970 if f.pmid == 1 else 960
    if f.title >= PART:
        if f.people >= 0 and not (f.page < 0 and f.generic):
            return merge(f, base, rule)
        if f.people < 0 and (f.page > 0 or (f.volume > 0 and f.page == 0)):
            return merge(f, base - 20, rule)
        return look(f, 700, "unsure")
    if f.title == SILENT:
        if f.people > 0 or (f.people == 0 and f.page >= 0 and f.volume >= 0):
            return merge(f, base - 40, rule)
        return look(f, 650, "unsure")
    worded = f.title in (MORE, SWAP) and f.likeness >= 85
    if f.title in (MORE, SWAP, WORDS) and f.people > 0 and f.page >= 0 and f.volume >= 0 and (f.page > 0 or worded):
        return merge(f, base - 60, rule)
    if f.pmid == 1 and f.people > 0 and f.page >= 0:
        return merge(f, base - 80, rule)
    if f.people == 2 and f.volume > 0 and f.journal > 0 and (f.page == 3 or (f.page == 0 and f.issue > 0 and f.shared > 1)) and f.gap <= 1:
        return merge(f, base - 90, rule)
    if f.people > 0 and not count_against(f) and (f.title != OTHER or (f.likeness >= 55 and f.page >= 0)):
        return look(f, 640, "unsure", against=f.title == OTHER)
    if f.doi == 1 and f.people == 2 and f.shared > 1 and f.journal > 0 and f.volume > 0 and f.issue > 0 and pages_of(a) > 2 < pages_of(b):
        return look(f, 600, "unsure", against=True)  # a journal printed in two languages, each on pages of its own
    return differ(f.title == OTHER)


def _without_title(f: Facts, a: Card, b: Card) -> Ruling:
    if f.people < 1 or f.journal < 1 or f.volume < 1 or f.gap > 1 or f.issue < 0 or f.page < 0:
        return differ(f.people < 0 or f.volume < 0 or f.page < 0 or f.gap > 1)
    if f.page > 1:
        return merge(f, 860, "authors-volume-page")
    if f.page == 0 and f.issue > 0 and f.people == 2 and f.shared >= 2 and f.everybody:
        return merge(f, 820, "authors-volume-issue")
    if f.page == 0 and f.issue > 0 and (f.people == 2 or f.shared > 1) and one_leads(a, b):
        return merge(f, 720, "authors-volume-issue")._replace(sole=True)
    return NOTHING


def _translated(f: Facts, a: Card, b: Card) -> Ruling:
    """The same people on the same pages under other words: one title, translated twice, where terms of the trade are left of it."""
    terms = {word for word in a.words if len(word) > 4} & {word for word in b.words if len(word) > 4}
    return merge(f, 780, "authors-volume-page")._replace(sole=True) if len(terms) > 1 else look(f, 520, "translation", against=True)


def _generic(f: Facts) -> Ruling:
    """'Editorial' and its like say nothing: place and people must say it."""
    if f.title < PART:
        return differ(True)
    if f.volume < 0 or f.page < 0 or f.issue < 0 or f.gap > 1 or f.people < 0:
        return differ(True)
    if f.journal >= 0 and f.page > 0 and f.volume > 0 and (f.people > 0 or f.journal > 0):
        return merge(f, 880, "title-volume-page")
    if f.title >= NEAR and f.journal > 0 and f.volume > 0 and f.issue > 0 and f.people > 0:
        return merge(f, 840, "title-volume-issue")
    if f.everybody and f.journal > 0 and f.volume > 0 and f.issue > 0:
        return look(f, 480, "unsure")
    if f.title >= NEAR and f.everybody and f.shared > 1 and f.journal > 0 and f.gap == 0 and not f.volume and not f.issue:
        return merge(f, 800, "title-authors-year")
    return NOTHING


def _short(f: Facts) -> Ruling | None:
    """A short title that is no column's name: the same people in the same journal and year, or the same place."""
    if f.title < NEAR or (f.people > 0 and f.page > 0 and f.volume >= 0 and f.journal >= 0):
        return None
    if f.people == 0 and f.page > 1 and f.volume > 0 and f.journal > 0 and f.issue >= 0 and f.gap == 0:
        return None
    if f.people == 2 and not count_against(f) and f.gap == 0 and (f.journal > 0 or f.everybody) and f.title == SAME:
        return None
    if f.people > 0 and f.volume > 0 and f.journal > 0 and f.issue > 0:
        return None
    return look(f, 430, "unsure") if f.people == 2 and f.gap == 0 and count_against(f) < 2 else differ(count_against(f) > 0 or f.people < 0)


def _same_title(f: Facts, a: Card, b: Card) -> Ruling:
    against = count_against(f)
    for_it = (f.journal > 0) + (f.volume > 0) + (f.issue > 0) + (f.page > 0)
    if f.gap > 1:
        if f.people > 0 and f.volume > 0 and f.issue > 0 and f.journal > 0 and f.page >= 0:
            return merge(f, 800, "title-authors-issue")
        if f.people > 0 and f.page > 1 and f.volume > 0 and f.gap <= 3:
            return merge(f, 800, "title-volume-page")
        if f.people > 0 and (f.page > 0 or (f.gap == 2 and not against)):
            return look(f, 450, "unsure", against=True)
        return differ(True)
    if f.people > 0:
        if not against and f.gap == 1 and not for_it - (f.journal > 0) and (
            (is_bare(a) and is_bare(b)) or (f.journal == 0 and a.meeting and b.meeting)
        ):
            return look(f, 470, "unsure")
        if not against:
            if f.title == SAME or for_it or (f.gap == 0 and (f.shared > 1 or f.everybody)):
                rule = "title-year-page" if f.page > 0 else "title-authors-year" if f.title == SAME else "fuzzy"
                return merge(f, 930 if f.page > 0 else 900 if for_it else 870, rule)
            return look(f, 520, "unsure")
        if f.page > 0 and for_it > 1:
            return merge(f, 890, "title-year-page")
        if against == 1 and f.journal < 0 and f.gap == 0 and f.page == 0 and f.volume > 0 and f.issue >= 0:
            return merge(f, 800, "title-authors-year")
        if against == 1 and f.page < 0 and (wrong_page(f, a, b) or neighbours(f, a, b)):
            return merge(f, 790, "title-authors-issue")
        if again_in_volume(f, a, b):
            return merge(f, 780, "title-authors-volume")
        if f.journal > 0 and f.volume >= 0 and f.page < 0 and is_notice(a.page, b.page):
            return look(f, 500, notice(a, b), against=True)
        if f.journal < 0 and f.volume < 0 and f.page <= 0:
            twice = f.title == SAME and f.everybody and f.shared > 2 and f.gap == 0 and is_gathered(a) and is_gathered(b)
            return look(f, 500, "conference", against=True) if twice else differ(True)
        if f.gap == 1 and against > 1 and not (is_gathered(a) or is_gathered(b)):
            return differ(True)
        return look(f, 500, "unsure", against=against > 1 or f.page < 0)
    if f.people == 0:
        if against:
            return look(f, 440, "unsure", against=True) if for_it > 1 else differ(True)
        if (f.page > 0 and for_it > 1) or (for_it > 1 and f.gap == 0) or (for_it > 2 and f.gap < 0 and len(a.words) > 3):
            return merge(f, 880, "title-year-page")
        if (f.title == SAME and len(a.words) > 7) or (len(a.words) > 4 and f.gap == 0 and f.journal > 0):
            return merge(f, 780, "title")
        return look(f, 400, "unsure") if f.gap == 0 or for_it else NOTHING
    if f.page > 1 and f.volume > 0 and f.journal > 0 and f.issue >= 0:
        return merge(f, 770, "title-volume-page")
    if f.journal > 1 and min(len(a.words), len(b.words)) > 5 and is_extracted(a, b) and (a.year or b.year):
        return merge(f, 710, "title-volume-issue")._replace(sole=True)  # the names are as wrong as other lines of the page
    return look(f, 430, "unsure", against=True) if for_it > 1 and not against else differ(True)


def _part_of_title(f: Facts, a: Card, b: Card) -> Ruling:
    against = count_against(f)
    if f.people > 0 and f.gap <= 1:
        whole = f.issue > 0 or not f.volume or ends_there(a, b)
        if f.page > 0 and (f.volume > 0 or f.journal > 0) and against < 2:
            return merge(f, 870, "part-of-title")
        if (
            not against
            and f.page == 0
            and f.journal >= 0
            and (f.volume > 0 or f.gap == 0)
            and (f.people == 2 or f.issue > 0)
            and (f.journal > 0 or f.shared > 1)
            and whole
        ):
            return merge(f, 790, "part-of-title")
        if not against and f.everybody and f.gap == 0 and f.journal >= 0 and whole and is_cut(a, b):
            return merge(f, 770, "part-of-title")
        if not against:
            return look(f, 480, "unsure") if f.people == 2 and f.gap == 0 and f.likeness >= 60 else NOTHING
    if f.people == 0 and f.page > 0 and f.volume > 0 and not against:
        return merge(f, 800, "part-of-title")
    return differ(f.people < 0 or against > 1)


def _one_hand(a: Card, b: Card) -> bool:
    """Journal and authors are written alike to the letter, and the same fields are filled: two entries of one source.

    Other words in the title are no slip of one of them then: they part two papers.
    """
    one, two = a.item, b.item
    if one.journal == "" or one.journal != two.journal or one.authors != two.authors:
        return False
    return _filled(one) == _filled(two)


def _filled(item: Item) -> tuple[bool, ...]:
    return bool(item.pages), bool(item.doi), bool(item.year), bool(item.abstract)


def _other_words(f: Facts, a: Card, b: Card) -> Ruling:
    """Words that matter differ: one place and the same people must outweigh them."""
    if f.people > 0 and f.volume > 0 and f.journal > 0 and f.issue >= 0 and f.gap <= 1:
        gathered = is_gathered(a) or is_gathered(b)
        if f.page == 3 and f.likeness >= (88 if gathered and pages_of(a) < 3 else 60):
            return merge(f, 800, "fuzzy")
        if f.page == 2 and f.likeness >= 92 and f.title in (MORE, SWAP) and not gathered:
            return merge(f, 780, "fuzzy")
        if f.page == 2 and f.issue > 0 and f.everybody and f.gap == 0 and f.likeness >= 88 and not gathered:
            return merge(f, 770, "fuzzy")
        if f.page > 1 and f.people == 2 and f.likeness >= 70:
            return look(f, 480, "unsure", against=True)
    one_issue = f.everybody and not _one_hand(a, b) and f.journal > 0 and f.volume > 0 and f.issue > 0 and f.page >= 0 and f.gap <= 1
    if one_issue and f.title in (MORE, SWAP) and f.likeness >= 88 and not (is_gathered(a) or is_gathered(b)):
        return merge(f, 760, "fuzzy")
    bare = not (f.volume or f.issue or f.page)
    if _one_hand(a, b):
        return look(f, 440, "unsure", against=True) if f.likeness >= 92 and f.gap == 0 else differ(True)
    together = f.shared > 1 and (f.everybody or (f.shared > 5 and f.people == 2))
    if bare and together and f.gap == 0 and f.journal >= 0 and (f.title == MORE or (f.title == SWAP and f.likeness >= 90)):
        return merge(f, 770, "fuzzy")
    if (
        f.likeness >= (92 if f.title == WORDS else 85)
        and bare
        and f.journal >= 0
        and f.gap == 0
        and (f.everybody or not (a.people or b.people))
    ):
        return look(f, 440, "unsure", against=True)
    if f.people > 0 and f.likeness >= 90 and not count_against(f) and f.gap in (0, 1) and (f.page > 0 or f.volume > 0):
        return look(f, 460, "unsure", against=True)
    return differ(not (f.people > 0 and f.likeness >= 93 and f.journal > 0 and f.volume > 0 and f.issue > 0 and f.page >= 0))
