"""Frozen numbers, and what changed since: number by number, record by record, event by event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reviewapp.reviews.models import Member, Review
from screening import visibility
from screening.models import ScreeningRound, SearchRound, Snapshot
from screening.records.sentences import sentence
from screening.reporting.agreement import report as agreements
from screening.reporting.prisma import behind, interop, queries, rules

EVENTS_SHOWN = 100


def data_of(review: Review) -> dict[str, Any]:
    """Count everything at this moment. ``blind`` = numbers of rounds that are not revealed: until they are, nobody is shown this."""
    gathered = queries.Gathered(review, member=None)
    flow = rules.flow(gathered.facts())
    by_round = {
        str(one.number): {"name": one.name, "prisma": interop.as_json(rules.flow(queries.all_facts(review, search_round=one)))}
        for one in SearchRound.objects.for_review(review)
    }
    blind = ScreeningRound.objects.for_review(review).filter(revealed_at=None).values_list("number", flat=True)
    return {
        "prisma": interop.as_json(flow),
        "rounds": by_round,
        "notice": flow.notice,
        "ids": {key: sorted(numbers) for key, numbers in gathered.ids.items()},
        "agreement": agreements.rows(agreements.report(review, member=None)),
        "agreement_columns": list(agreements.COLUMNS),
        "blind": sorted(blind),
    }


def still_blind(snapshot: Snapshot) -> list[str]:
    """Give the names of rounds that were blind when the numbers were frozen and still are: then nobody sees them, their maker neither."""
    found = ScreeningRound.objects.for_review(snapshot.review).filter(number__in=snapshot.data.get("blind", []), revealed_at=None)
    return list(found.values_list("name", flat=True))


@dataclass(frozen=True)
class Change:
    """A number that differs: frozen, now, and the records that came and went."""

    label: str
    then: int | None
    now: int | None
    came: list[int]
    went: list[int]


@dataclass(frozen=True)
class Line:
    """One event since, in words."""

    seq: int
    event: Any
    who: str
    what: str


def flat(prisma: Mapping[str, Any]) -> dict[str, int | None]:
    """Give key → number of a PRISMA object, lists as ``key:name``."""
    found: dict[str, int | None] = {}
    for key, value in prisma.items():
        if isinstance(value, Mapping):
            if key != "waiting":
                found |= {f"{key}:{name}": n for name, n in value.items()}
        elif not isinstance(value, bool):
            found[key] = value
    return found


def changes(snapshot: Snapshot, member: Member) -> list[Change]:
    """Compare with what this member may count now."""
    gathered = queries.Gathered(member.review, member=member)
    now = flat(interop.as_json(rules.flow(gathered.facts())))
    then = flat(snapshot.data["prisma"])
    ids = snapshot.data["ids"]
    found = []
    for key in [*then, *(key for key in now if key not in then)]:
        if then.get(key) != now.get(key):
            before, after = _ids(ids, key), _ids(gathered.ids, key)
            found.append(Change(label(key), then.get(key), now.get(key), sorted(after - before), sorted(before - after)))
    return found


def _ids(ids: Mapping[str, list[int]], key: str) -> set[int]:
    name, _colon, _part = key.partition(":")
    names = behind.NAMES.get(name, (key,))
    return {number for one in names for number in ids.get(one, [])}


def label(key: str) -> str:
    """Say a number's key in words."""
    name, _colon, part = key.partition(":")
    words = behind.titles() | {
        "database_specific_results": _("Records identified from databases"),
        "register_specific_results": _("Records identified from registers"),
        "excluded_automatic": _("Records marked as ineligible by automation tools"),
        "previous_studies": _("Studies of the previous version"),
        "previous_reports": _("Reports of the previous version"),
    }
    return words.get(name, name.replace("_", " ")) + (f": {part}" if part else "")


def numbers(snapshot: Snapshot) -> list[tuple[str, int]]:
    """Give the frozen numbers in words, without those the review has not."""
    return [(label(key), n) for key, n in flat(snapshot.data["prisma"]).items() if n is not None]


def events_since(snapshot: Snapshot, member: Member) -> tuple[list[Line], bool]:
    """Give what happened since, as far as this member may read it, and whether there is more."""
    since = visibility.events(member).filter(seq__gt=snapshot.event_seq).exclude(kind="snapshot:frozen")
    found = list(since[: EVENTS_SHOWN + 1])
    people = {m.number: m for m in Member.objects.for_review(member.review).select_related("review", "user")}
    lines = [
        Line(
            event.seq,
            event,
            people[event.actor_number].screen_label if event.actor_number in people else _("the software"),
            sentence(event.kind, event.data),
        )
        for event in found[:EVENTS_SHOWN]
    ]
    return lines, len(found) > EVENTS_SHOWN
