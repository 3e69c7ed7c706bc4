"""Why two records that look alike may be two publications: erratum, reply, protocol, part, preprint, conference, translation."""

from __future__ import annotations

from .card import Card
from .facts import Facts, count_against
from .normalise import kind, languages
from .places import neighbours, wrong_page
from .titles import NEAR, PART, SAME, SILENT, is_cut


def trap_of(f: Facts, a: Card, b: Card) -> str:
    """Why two records that look alike may be two publications; '' when nothing says so."""
    at_one_page = f.page > 0 and (f.volume > 0 or f.journal > 0)
    if f.trap and not (f.trap == "part" and f.title == PART and (f.doi == 1 or (at_one_page and f.page == 3 and is_cut(a, b)))):
        return f.trap
    if a.kind != b.kind and not (at_one_page or ((f.doi == 1 or f.pmid == 1) and "erratum" not in (a.kind, b.kind))):
        other = "erratum" if "erratum" in (a.kind, b.kind) else a.kind or b.kind
        return "unsure" if other == "thesis" else other
    if a.preprint != b.preprint and f.doi < 1 and f.pmid < 1:
        return "preprint"
    if a.meeting != b.meeting and "conference" in (_kind(a), _kind(b)) and f.doi < 1 and f.pmid < 1 and not at_one_page:
        return "conference"
    mixed = (a.meeting or a.supplement) != (b.meeting or b.supplement)
    if (
        mixed
        and count_against(f)
        and not at_one_page
        and f.doi < 1
        and f.pmid < 1
        and not (count_against(f) == 1 and f.page < 0 and (wrong_page(f, a, b) or neighbours(f, a, b)))
    ):
        return "conference"
    sure = f.doi == 1 or f.pmid == 1 or at_one_page
    return "translation" if f.title != SILENT and not sure and _other_language(a, b) else ""


def worth_a_look(f: Facts, trap: str, a: Card, b: Card) -> bool:
    """Whether a person should see a pair that a trap holds back: nearly the same title, people and time, and not two places."""
    if f.generic or f.people < 0 or f.gap > 1:
        return False
    if trap in ("part", "unsure"):
        return f.likeness >= 92 and f.people == 2 and count_against(f) < 2
    if f.people == 0:
        return f.title == SAME and f.gap == 0 and not count_against(f)
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
