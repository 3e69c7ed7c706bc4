"""Which member of a group each displayed field is taken from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .normalise import clean_doi
from .pages import page
from .types import Id, Item

FIELDS = (
    "title", "authors", "year", "journal", "volume", "issue", "pages", "article_number", "doi", "pmid",
    "abstract", "isbn", "issn", "type", "language",
)  # fmt: skip


def display_fields(items: Sequence[Item]) -> dict[str, Id]:
    """Field → id of the member it is taken from; a field that no member has is left out.

    The rule: the longest abstract, the most authors (then the longest names), a title that is not all capitals and not in
    square brackets (then the longest), the year, volume, issue and pages of the member that has most of these four (the printed
    version), a DOI that is one, the longest journal name; ties go to the member with most fields filled, then to the lowest id.
    """
    if not items:
        return {}
    out: dict[str, Id] = {}
    for field in FIELDS:
        having = [item for item in items if getattr(item, field)]
        if having:
            out[field] = min(having, key=lambda item: (_weigh(field, item), _filled(item), _id_order(item.id))).id
    return out


def _weigh(field: str, item: Item) -> tuple[int, ...]:
    return _RULES.get(field, _nothing)(item)


def _nothing(item: Item) -> tuple[int, ...]:
    return (0,)


def _title(item: Item) -> tuple[int, ...]:
    text = item.title.strip()
    return (int(text.isupper()), int(text.startswith("[")), int("..." in text or "\ufffd" in text), -len(text.rstrip(". ")))


def _printed(item: Item) -> tuple[int, ...]:
    whole = page(item.pages)
    return (-sum(bool(v) for v in (item.year, item.volume, item.issue, item.pages)), -int(bool(whole and whole[2])), -(item.year or 0))


_RULES: dict[str, Callable[[Item], tuple[int, ...]]] = {
    "title": _title,
    "authors": lambda item: (-len(item.authors), -sum(len(a) for a in item.authors)),
    "abstract": lambda item: (-len(item.abstract),),
    "journal": lambda item: (int(item.journal.isupper()), -len(item.journal)),
    "doi": lambda item: (int(not clean_doi(item.doi)),),
    "year": _printed,
    "volume": _printed,
    "issue": _printed,
    "pages": _printed,
}


def _filled(item: Item) -> int:
    return -sum(bool(getattr(item, field)) for field in FIELDS)


def _id_order(value: Id) -> tuple[int, int, str]:
    return (0, value, "") if isinstance(value, int) else (1, 0, value)
