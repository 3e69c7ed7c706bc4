"""The figure's numbers by search round, beside the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reviewapp.reviews.models import Member, Review
from screening.models import SearchRound

from . import behind, queries, rules


@dataclass(frozen=True)
class Line:
    """One number over the rounds: (n, address) for each, the last one for all."""

    label: str
    cells: list[tuple[int | None, str]]
    level: int = 0


@dataclass(frozen=True)
class Table:
    rounds: list[SearchRound]
    lines: list[Line]


def table(member: Member) -> Table:
    """Count each search round for what this member may know."""
    review = member.review
    search_rounds = list(SearchRound.objects.for_review(review))
    columns: list[SearchRound | None] = [*search_rounds, None]
    flows = [rules.flow(queries.facts_for(member, search_round=one)) for one in columns]
    return Table(search_rounds, _lines(flows, columns, review))


def _lines(flows: list[rules.Flow], columns: list[SearchRound | None], review: Review) -> list[Line]:
    found = []
    for key, label in _labels(with_other=any(flow.with_other for flow in flows)):
        values = [flow.counts.get(key) for flow in flows]
        sums = [sum(value.values()) if isinstance(value, Mapping) else value for value in values]
        if all(value is None for value in sums):
            continue
        found.append(Line(label, _cells(key, sums, columns, review)))
        for part in {name: None for value in values if isinstance(value, Mapping) for name in value}:
            parts = [value.get(part, 0) if isinstance(value, Mapping) else None for value in values]
            found.append(Line(part, _cells(f"{key}:{part}", parts, columns, review), 1))
    return found


def _cells(key: str, values: list[int | None], columns: list[SearchRound | None], review: Review) -> list[tuple[int | None, str]]:
    name, _colon, part = key.partition(":")
    name = {"database_specific_results": "database_results", "register_specific_results": "register_results"}.get(name, name)
    full = f"{name}:{part}" if part else name
    known = name in behind.KEYS
    return [(n, behind.address(full, review.slug, column) if known and n else "") for n, column in zip(values, columns, strict=True)]


def _labels(*, with_other: bool) -> list[tuple[str, str]]:
    words = behind.titles()
    names = [
        "database_specific_results", "register_specific_results", "duplicates", "excluded_automatic", "excluded_other", "records_screened",
        "records_excluded", "dbr_sought_reports", "dbr_notretrieved_reports", "dbr_assessed", "dbr_excluded",
    ]  # fmt: skip
    if with_other:
        names += ["website_results", "organisation_results", "citations_results", "other_sought_reports", "other_notretrieved_reports"]
        names += ["other_assessed", "other_excluded"]
    names += ["new_studies", "new_reports"]
    words |= {
        "database_specific_results": _("Records identified from databases"),
        "register_specific_results": _("Records identified from registers"),
        "excluded_automatic": _("Records marked as ineligible by automation tools"),
    }
    return [(name, words[name]) for name in names]
