"""Decide a pair. Rules are tried from the surest to the weakest; what only looks alike goes to a person."""

from __future__ import annotations

from typing import NamedTuple

from .card import Card
from .fields import compare_journals, compare_pages, compare_people, compare_text, is_notice, one_leads
from .normalise import kind, languages, plain
from .titles import MORE, NEAR, OTHER, PART, SAME, SILENT, SWAP, WORDS, compare_titles, ends_there
from .types import Item

MERGE, LOOK, DIFFERENT = 2, 1, 0


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


class Ruling(NamedTuple):
    """MERGE, LOOK or DIFFERENT; `against`: the pair must not meet in one group by way of others."""

    decision: int
    score: int
    rule: str
    why: str
    against: bool
    sole: bool = False  # merge only where no second paper fits as well


NOTHING = Ruling(DIFFERENT, 0, "", "", False)


def facts(a: Card, b: Card, full: bool = False) -> Facts | None:
    """Compare all fields; None when titles differ and no identifier speaks for the pair (never with `full`)."""
    doi = (1 if a.doi == b.doi or plain(a.doi) == plain(b.doi) else -1) if a.doi and b.doi else 0
    pmid = (1 if a.pmid == b.pmid else -1) if a.pmid and b.pmid else 0
    accession = 1 if a.accession and a.accession == b.accession else 0
    title, likeness, trap = compare_titles(a, b)
    if title == OTHER and doi < 1 and pmid < 1 and accession < 1 and not full and not _is_extracted(a, b):
        return None
    people, shared = compare_people(a, b)
    volume = compare_text(a.volume, b.volume)
    issue = compare_text(a.issue, b.issue)
    if volume < 0 and (_is_supplement(a, b) or _is_supplement(b, a)):
        volume = 0
    page = compare_pages(a.page, b.page)
    if volume == 0 and issue < 0 and (_is_shifted(a, b) or _is_shifted(b, a)):
        volume, issue, page = 1, 1, 0
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


def _is_extracted(a: Card, b: Card) -> bool:
    """One has no year, page or DOI but the other's volume and issue, as extraction from a PDF leaves it: its title may be any line."""
    if not a.volume or a.volume != b.volume or not a.issue or a.issue != b.issue:
        return False
    return any(not (card.year or card.page or card.doi) for card in (a, b))


def _is_supplement(a: Card, b: Card) -> bool:
    """The volume of one is the number of the other's supplement: a database put it in the wrong field."""
    return b.supplement and not a.issue and a.volume == b.issue.lstrip("s")


def _is_shifted(a: Card, b: Card) -> bool:
    """Volume and issue of one stand in the fields issue and pages of the other."""
    return not a.volume and a.issue == b.volume and a.page is not None and str(a.page[1]) == b.issue


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
    if f.title < NEAR or f.people < 1 or _against(f):
        return False
    return f.doi == 1 or f.pmid == 1 or f.accession == 1 or (f.title == SAME and f.page > 1 and f.gap in (0, 1))


def _against(f: Facts) -> int:
    return (f.journal < 0) + (f.volume < 0) + (f.issue < 0) + (f.page < 0)


def _merge(f: Facts, base: int, rule: str) -> Ruling:
    score = base + 4 * (f.title == SAME) + 4 * (f.page > 1) + 3 * (f.people == 2) + 2 * (f.volume > 0) + 2 * (f.gap == 0) + 2 * (f.doi > 0)
    return Ruling(MERGE, min(1000, score - 12 * _against(f) - 3 * (f.gap > 0)), rule, "", False)


def _look(f: Facts, base: int, why: str, against: bool = False) -> Ruling:
    return Ruling(LOOK, max(1, base - 20 * _against(f)), "", why, against)


def _differ(against: bool) -> Ruling:
    return Ruling(DIFFERENT, 0, "", "", True) if against else NOTHING


def _trap(f: Facts, a: Card, b: Card) -> str:
    """Why two records that look alike may be two publications; '' when nothing says so."""
    one_place = f.page > 0 and (f.volume > 0 or f.journal > 0)
    if f.trap and not (f.trap == "part" and f.title == PART and (f.doi == 1 or (one_place and f.page == 3 and _is_cut(a, b)))):
        return f.trap
    if a.kind != b.kind and not (one_place or ((f.doi == 1 or f.pmid == 1) and "erratum" not in (a.kind, b.kind))):
        other = "erratum" if "erratum" in (a.kind, b.kind) else a.kind or b.kind
        return "unsure" if other == "thesis" else other
    if a.preprint != b.preprint and f.doi < 1 and f.pmid < 1:
        return "preprint"
    if a.meeting != b.meeting and "conference" in (_kind(a), _kind(b)) and f.doi < 1 and f.pmid < 1 and not one_place:
        return "conference"
    mixed = (a.meeting or a.supplement) != (b.meeting or b.supplement)
    if (
        mixed
        and _against(f)
        and not one_place
        and f.doi < 1
        and f.pmid < 1
        and not (_against(f) == 1 and f.page < 0 and (_wrong_page(f, a, b) or _neighbours(f, a, b)))
    ):
        return "conference"
    if f.title != SILENT and a.item.language and b.item.language and not (f.doi == 1 or f.pmid == 1 or one_place) and _other_language(a, b):
        return "translation"
    return ""


def _one_place(f: Facts) -> bool:
    """Title, people, journal, volume and page (or issue, where pages are silent) are one: an identifier may be wrong."""
    if f.generic or f.title < NEAR or f.people < 1 or f.journal < 1 or f.volume < 0 or f.issue < 0:
        return False
    if f.volume == 0:
        return f.page > 1 and f.title == SAME and f.everybody and f.gap == 0
    return f.page > 1 or (f.page >= 0 and f.issue > 0 and f.everybody)


def _worth_a_look(f: Facts, trap: str, a: Card, b: Card) -> bool:
    """Whether a person should see a pair that a trap holds back: nearly the same title, people and time, and not two places."""
    if f.generic or f.people < 0 or f.gap > 1:
        return False
    if trap in ("part", "unsure"):
        return f.likeness >= 92 and f.people == 2 and _against(f) < 2
    if f.people == 0:
        return f.title == SAME and f.gap == 0 and not _against(f)
    if trap == "erratum" and f.journal < 0:
        return False  # an erratum stands in the journal of its article
    if trap == "conference" and "conference" in (_kind(a), _kind(b)):
        return f.title >= NEAR
    if trap == "conference":
        return f.title == SAME and f.gap in (0, 1) and (f.journal > 0 or f.volume >= 0) and f.people == 2
    return f.title >= PART or f.likeness >= 85


def _kind(card: Card) -> str:
    return kind(card.item.type) if card.item.type else ""


def _other_language(a: Card, b: Card) -> bool:
    mine, yours = languages(a.item.language), languages(b.item.language)
    return bool(mine and yours and not mine & yours)


def _rule(f: Facts, a: Card, b: Card) -> Ruling:
    trap = _trap(f, a, b)
    if trap:
        return _look(f, 600, trap, against=True) if _worth_a_look(f, trap, a, b) else _differ(True)
    if f.pmid < 0 or (f.doi < 0 and not _one_place(f)):
        if f.title >= NEAR and f.people > 0 and not f.generic and (f.gap in (0, 1) or f.page > 0):
            return _look(f, 560, "unsure", against=True)
        return _differ(True)
    if f.doi == 1 or f.pmid == 1 or f.accession == 1:
        return _by_identifier(f)
    if f.title == SILENT:
        return _without_title(f, a, b)
    if f.title in (OTHER, WORDS) and f.everybody and f.shared > 1 and f.journal > 1 and not f.generic and _is_extracted(a, b):
        return _merge(f, 700, "authors-volume-issue")._replace(sole=True)
    if f.generic:
        return _generic(f)
    if f.title >= NEAR:
        ruling = _short(f) if f.short else None
        return ruling or _same_title(f, a, b)
    if f.title == PART:
        return _part_of_title(f, a, b)
    return _other_words(f, a, b)


def _by_identifier(f: Facts) -> Ruling:
    rule = "pmid" if f.pmid == 1 else "doi" if f.doi == 1 else "accession"
    base = 970 if f.pmid == 1 else 960
    if f.title >= PART:
        if f.people >= 0 and not (f.page < 0 and f.generic):
            return _merge(f, base, rule)
        if f.people < 0 and (f.page > 0 or (f.volume > 0 and f.page == 0)):
            return _merge(f, base - 20, rule)
        return _look(f, 700, "unsure")
    if f.title == SILENT:
        if f.people > 0 or (f.people == 0 and f.page >= 0 and f.volume >= 0):
            return _merge(f, base - 40, rule)
        return _look(f, 650, "unsure")
    worded = f.title in (MORE, SWAP) and f.likeness >= 85
    if f.title in (MORE, SWAP, WORDS) and f.people > 0 and f.page >= 0 and f.volume >= 0 and (f.page > 0 or worded):
        return _merge(f, base - 60, rule)
    if f.pmid == 1 and f.people > 0 and f.page >= 0:
        return _merge(f, base - 80, rule)
    if f.people == 2 and f.volume > 0 and f.journal > 0 and (f.page == 3 or (f.page == 0 and f.issue > 0 and f.shared > 1)) and f.gap <= 1:
        return _merge(f, base - 90, rule)
    if f.people > 0 and not _against(f) and (f.title != OTHER or (f.likeness >= 55 and f.page >= 0)):
        return _look(f, 640, "unsure", against=f.title == OTHER)
    return _differ(f.title == OTHER)


def _without_title(f: Facts, a: Card, b: Card) -> Ruling:
    if f.people < 1 or f.journal < 1 or f.volume < 1 or f.gap > 1 or f.issue < 0 or f.page < 0:
        return _differ(f.people < 0 or f.volume < 0 or f.page < 0 or f.gap > 1)
    if f.page > 1:
        return _merge(f, 860, "authors-volume-page")
    if f.page == 0 and f.issue > 0 and f.people == 2 and f.shared >= 2 and f.everybody:
        return _merge(f, 820, "authors-volume-issue")
    if f.page == 0 and f.issue > 0 and (f.people == 2 or f.shared > 1) and one_leads(a, b):
        return _merge(f, 720, "authors-volume-issue")._replace(sole=True)
    return NOTHING


def _generic(f: Facts) -> Ruling:
    """'Editorial' and its like say nothing: place and people must say it."""
    if f.title < PART:
        return _differ(True)
    if f.volume < 0 or f.page < 0 or f.issue < 0 or f.gap > 1 or f.people < 0:
        return _differ(True)
    if f.journal >= 0 and f.page > 0 and f.volume > 0 and (f.people > 0 or f.journal > 0):
        return _merge(f, 880, "title-volume-page")
    if f.title >= NEAR and f.journal > 0 and f.volume > 0 and f.issue > 0 and f.people > 0:
        return _merge(f, 840, "title-volume-issue")
    if f.everybody and f.journal > 0 and f.volume > 0 and f.issue > 0:
        return _look(f, 480, "unsure")
    if f.title >= NEAR and f.everybody and f.shared > 1 and f.journal > 0 and f.gap == 0 and not f.volume and not f.issue:
        return _merge(f, 800, "title-authors-year")
    return NOTHING


def _short(f: Facts) -> Ruling | None:
    """A short title that is no column's name: the same people in the same journal and year, or the same place."""
    if f.title < NEAR or (f.people > 0 and f.page > 0 and f.volume >= 0 and f.journal >= 0):
        return None
    if f.people == 0 and f.page > 1 and f.volume > 0 and f.journal > 0 and f.issue >= 0 and f.gap == 0:
        return None
    if f.people == 2 and not _against(f) and f.gap == 0 and (f.journal > 0 or f.everybody) and f.title == SAME:
        return None
    if f.people > 0 and f.volume > 0 and f.journal > 0 and f.issue > 0:
        return None
    return _look(f, 430, "unsure") if f.people == 2 and f.gap == 0 and _against(f) < 2 else _differ(_against(f) > 0 or f.people < 0)


def _same_title(f: Facts, a: Card, b: Card) -> Ruling:
    against = _against(f)
    for_it = (f.journal > 0) + (f.volume > 0) + (f.issue > 0) + (f.page > 0)
    if f.gap > 1:
        if f.people > 0 and f.volume > 0 and f.issue > 0 and f.journal > 0 and f.page >= 0:
            return _merge(f, 800, "title-authors-issue")
        if f.people > 0 and f.page > 1 and f.volume > 0 and f.gap <= 3:
            return _merge(f, 800, "title-volume-page")
        if f.people > 0 and (f.page > 0 or (f.gap == 2 and not against)):
            return _look(f, 450, "unsure", against=True)
        return _differ(True)
    if f.people > 0:
        if not against and f.gap == 1 and not for_it - (f.journal > 0) and (
            (_is_bare(a) and _is_bare(b)) or (f.journal == 0 and a.meeting and b.meeting)
        ):
            return _look(f, 470, "unsure")
        if not against:
            if f.title == SAME or for_it or (f.gap == 0 and (f.shared > 1 or f.everybody)):
                rule = "title-year-page" if f.page > 0 else "title-authors-year" if f.title == SAME else "fuzzy"
                return _merge(f, 930 if f.page > 0 else 900 if for_it else 870, rule)
            return _look(f, 520, "unsure")
        if f.page > 0 and for_it > 1:
            return _merge(f, 890, "title-year-page")
        if against == 1 and f.journal < 0 and f.gap == 0 and f.page == 0 and f.volume > 0 and f.issue >= 0:
            return _merge(f, 800, "title-authors-year")
        if against == 1 and f.page < 0 and (_wrong_page(f, a, b) or _neighbours(f, a, b)):
            return _merge(f, 790, "title-authors-issue")
        if _again_in_volume(f, a, b):
            return _merge(f, 780, "title-authors-volume")
        if f.journal > 0 and f.volume >= 0 and f.page < 0 and is_notice(a.page, b.page):
            return _look(f, 500, _notice(a, b), against=True)
        if f.journal < 0 and f.volume < 0 and f.page <= 0:
            twice = f.title == SAME and f.everybody and f.shared > 2 and f.gap == 0 and _is_gathered(a) and _is_gathered(b)
            return _look(f, 500, "conference", against=True) if twice else _differ(True)
        if f.gap == 1 and against > 1 and not (_is_gathered(a) or _is_gathered(b)):
            return _differ(True)
        return _look(f, 500, "unsure", against=against > 1 or f.page < 0)
    if f.people == 0:
        if against:
            return _look(f, 440, "unsure", against=True) if for_it > 1 else _differ(True)
        if (f.page > 0 and for_it > 1) or (for_it > 1 and f.gap == 0) or (for_it > 2 and f.gap < 0 and len(a.words) > 3):
            return _merge(f, 880, "title-year-page")
        if (f.title == SAME and len(a.words) > 7) or (len(a.words) > 4 and f.gap == 0 and f.journal > 0):
            return _merge(f, 780, "title")
        return _look(f, 400, "unsure") if f.gap == 0 or for_it else NOTHING
    if f.page > 1 and f.volume > 0 and f.journal > 0 and f.issue >= 0:
        return _merge(f, 770, "title-volume-page")
    if f.journal > 1 and min(len(a.words), len(b.words)) > 5 and _is_extracted(a, b) and (a.year or b.year):
        return _merge(f, 710, "title-volume-issue")._replace(sole=True)  # the names are as wrong as other lines of the page
    return _look(f, 430, "unsure", against=True) if for_it > 1 and not against else _differ(True)


def _pages(card: Card) -> int:
    return card.page[2] - card.page[1] + 1 if card.page else 0


def _is_bare(card: Card) -> bool:
    return not card.volume and card.page is None


def _wrong_page(f: Facts, a: Card, b: Card) -> bool:
    """All but the page is one (and, unless the issue says so too, neither is a notice beside a longer article): one page is wrong."""
    if f.title != SAME or not f.everybody or f.journal < 1 or f.volume < 1 or f.gap > 0:
        return False
    if f.issue > 0 and not a.supplement:
        return True
    return f.issue >= 0 and f.gap == 0 and len(a.words) > 5 and not is_notice(a.page, b.page)


def _neighbours(f: Facts, a: Card, b: Card) -> bool:
    """First pages one apart under one long title, by the same people, in one journal, volume and year: a slip of the page."""
    if a.page is None or b.page is None or f.gap or f.journal < 2 or f.volume < 0 or f.people < 2 or f.shared < 3:
        return False
    return a.page[0] == b.page[0] and abs(a.page[1] - b.page[1]) == 1 and min(len(a.words), len(b.words)) > 7


def _again_in_volume(f: Facts, a: Card, b: Card) -> bool:
    """One long title by five of the same people or more comes twice in one volume, and no later single page, which may be an erratum.

    What tells two publications apart (a supplement, a type, two DOIs) was looked at before.
    """
    if f.title != SAME or f.gap or f.journal < 2 or f.volume < 1 or f.people < 2 or f.shared < 5 or f.short or not one_leads(a, b):
        return False
    return (_pages(a) < 2) == (_pages(b) < 2) or _notice(a, b) == "conference"


def _is_gathered(card: Card) -> bool:
    return card.supplement or card.meeting


def _notice(a: Card, b: Card) -> str:
    """The shorter of two came later: an erratum; earlier: the abstract of a meeting."""
    short, long = (a, b) if a.page and (not a.page[2] or a.page[2] == a.page[1]) else (b, a)
    return "conference" if short.issue.isdigit() and long.issue.isdigit() and int(short.issue) < int(long.issue) else "erratum"


def _part_of_title(f: Facts, a: Card, b: Card) -> Ruling:
    against = _against(f)
    if f.people > 0 and f.gap <= 1:
        whole = f.issue > 0 or not f.volume or ends_there(a, b)
        if f.page > 0 and (f.volume > 0 or f.journal > 0) and against < 2:
            return _merge(f, 870, "part-of-title")
        if (
            not against
            and f.page == 0
            and f.journal >= 0
            and (f.volume > 0 or f.gap == 0)
            and (f.people == 2 or f.issue > 0)
            and (f.journal > 0 or f.shared > 1)
            and whole
        ):
            return _merge(f, 790, "part-of-title")
        if not against and f.everybody and f.gap == 0 and f.journal >= 0 and whole and _is_cut(a, b):
            return _merge(f, 770, "part-of-title")
        if not against:
            return _look(f, 480, "unsure") if f.people == 2 and f.gap == 0 and f.likeness >= 60 else NOTHING
    if f.people == 0 and f.page > 0 and f.volume > 0 and not against:
        return _merge(f, 800, "part-of-title")
    return _differ(f.people < 0 or against > 1)


def _is_cut(a: Card, b: Card) -> bool:
    """One title is the start of the other, of six words or more: cut, or without its subtitle."""
    short, long = (a, b) if len(a.key) < len(b.key) else (b, a)
    return len(short.words) > 5 and long.key.startswith(short.key)


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
        gathered = _is_gathered(a) or _is_gathered(b)
        if f.page == 3 and f.likeness >= (88 if gathered and _pages(a) < 3 else 60):
            return _merge(f, 800, "fuzzy")
        if f.page == 2 and f.likeness >= 92 and f.title in (MORE, SWAP) and not gathered:
            return _merge(f, 780, "fuzzy")
        if f.page == 2 and f.issue > 0 and f.everybody and f.gap == 0 and f.likeness >= 88 and not gathered:
            return _merge(f, 770, "fuzzy")
        if f.page > 1 and f.people == 2 and f.likeness >= 70:
            return _look(f, 480, "unsure", against=True)
    one_issue = f.everybody and not _one_hand(a, b) and f.journal > 0 and f.volume > 0 and f.issue > 0 and f.page >= 0 and f.gap <= 1
    if one_issue and f.title in (MORE, SWAP) and f.likeness >= 88 and not (_is_gathered(a) or _is_gathered(b)):
        return _merge(f, 760, "fuzzy")
    bare = not (f.volume or f.issue or f.page)
    if _one_hand(a, b):
        return _look(f, 440, "unsure", against=True) if f.likeness >= 92 and f.gap == 0 else _differ(True)
    together = f.shared > 1 and (f.everybody or (f.shared > 5 and f.people == 2))
    if bare and together and f.gap == 0 and f.journal >= 0 and (f.title == MORE or (f.title == SWAP and f.likeness >= 90)):
        return _merge(f, 770, "fuzzy")
    if (
        f.likeness >= (92 if f.title == WORDS else 85)
        and bare
        and f.journal >= 0
        and f.gap == 0
        and (f.everybody or not (a.people or b.people))
    ):
        return _look(f, 440, "unsure", against=True)
    if f.people > 0 and f.likeness >= 90 and not _against(f) and f.gap in (0, 1) and (f.page > 0 or f.volume > 0):
        return _look(f, 460, "unsure", against=True)
    return _differ(not (f.people > 0 and f.likeness >= 93 and f.journal > 0 and f.volume > 0 and f.issue > 0 and f.page >= 0))
