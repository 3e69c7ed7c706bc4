"""Two worlds in states that test_two_worlds.py does not reach: after a pilot, re-looks, an owner who votes, what was settled, copies.

A state puts a small review where it is; its deeds differ only in what is closed to those who look. Same instrument, fewer addresses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from reviewapp.reviews.vocabulary import Role
from screening.conflicts import actions as conflicts
from screening.models import Report
from screening.outcomes import merging
from screening.stages import actions as stages
from screening.vocabulary import Opens, RoundKind, Verdict
from tests.access.conftest import quiet
from tests.blinding.test_two_worlds import ask, differences, world_after
from tests.factories import World, member
from tests.fixtures import cast_vote

__all__ = ["quiet"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet"), pytest.mark.once]
I, E, M, W = Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE, Verdict.WITHDRAWN

#: Pages that need no number of the state.
PAGES = (
    ("overview", ""), ("rounds", ""), ("screening", ""), ("conflicts", ""), ("conflicts", "?show=settled"), ("fulltext", ""), ("studies", ""),
    ("history", ""), ("prisma", ""), ("agreement", ""), ("exports", ""), ("methods", ""), ("records_counts", ""), ("relook", ""),
    *(("records", f"?q={q}") for q in ("mine:undecided", "-outcome:goes_on", "outcome:excluded", "-outcome:excluded_full_text", "agaveplanten")),
)  # fmt: skip
SETS = ("waiting", "decisions")


@dataclass
class State:
    """A review in a state: the round and the record in question, what may differ, and to whom it is closed."""

    world: Any
    round: Any
    record: Any
    deeds: list[Callable[[], Any]]
    who: dict[str, Any]


def addresses(state: State) -> list[str]:
    """Every address that the state has something for."""
    slug, number, record = state.world.review.slug, state.round.number, state.record.number
    paths = [reverse(name, args=[slug]) + query for name, query in PAGES]
    paths += [reverse(name, args=[slug, number]) for name in ("screen", "round_close", "round_sharing")]
    paths += [reverse(name, args=[slug, number, record]) for name in ("screen_record", "conflict")]
    paths += [reverse("record", args=[slug, record]), reverse("history", args=[slug]) + f"?record={record}"]
    paths += [reverse("member_end", args=[slug, state.world.reviewer_b.number])]
    paths += [reverse("export", args=[slug, which, "csv"]) for which in SETS]
    paths += [reverse("report", args=[slug, one.number]) for one in Report.objects.filter(review=state.world.review)[:2]]
    return paths


def looks(state: State) -> list[str]:
    """Let everybody to whom it is closed look at each world; say where they differ."""
    found = []
    worlds: list[dict[str, dict[str, Any]]] = []
    for deed in state.deeds:
        worlds.append(world_after(deed, lambda: {name: look(state, one) for name, one in state.who.items()}))
    for name in state.who:
        found += [f"{name}: {line}" for line in differences([one[name] for one in worlds])]
    return found


def look(state: State, who: Any) -> dict[str, Any]:
    client = Client(raise_request_exception=False)
    client.force_login(who.user)
    seen = {}
    for path in addresses(state):
        connection.queries_log.clear()  # it holds 9,000 statements, and says no more after that
        seen[path] = ask(client, "GET", path)
    return seen


def vote(who: Any, record: Any, round: Any, verdict: Verdict, **more: Any) -> Any:
    return cast_vote(who, record, round, verdict, **more)


def all_of(world: World, *names: str) -> dict[str, Any]:
    return {name: getattr(world, name) for name in names}


def base(**rules: Any) -> tuple[World, Any]:
    """A world in which votes open after ten minutes, and its three records."""
    world = World("states", **{"opens_after_minutes": 10, **rules})
    return world, world.records(3)


def owner_votes(world: World) -> Any:
    return member(world.review, Role.OWNER, Role.REVIEWER)


def another(world: World, b: Any, record: Any, round: Any) -> list[Callable[[], Any]]:
    """B excludes, with a reason and a note, or includes."""
    return [
        lambda: vote(b, record, round, E, reason=world.reason(), note="agaveplanten"),
        lambda: vote(b, record, round, I),
    ]


def after_pilot() -> State:
    """The pilot is revealed; its records are in the main round."""
    world, (record, *_rest) = base()
    boss = owner_votes(world)
    team = [world.reviewer_a, world.reviewer_b, boss]
    pilot = world.open_round(kind=RoundKind.PILOT, record_ids=[record.pk], team=team)
    for one, verdict in zip(team, (I, E, I), strict=True):
        vote(one, record, pilot, verdict, note="in the pilot")
    stages.close_round(world.owner, pilot)
    main = world.open_round(team=team)
    return State(world, main, record, another(world, world.reviewer_b, record, main), {"reviewer_a": world.reviewer_a, "boss": boss})


def relook() -> State:
    """A re-look at an excluded record; B has voted again."""
    world, (record, other, *_rest) = base(opens_after_minutes=0)
    main = world.open_round()
    for one in (world.reviewer_a, world.reviewer_b):
        vote(one, record, main, E)
        vote(one, other, main, I)
    stages.close_round(world.owner, main)
    stages.set_rules(world.owner, world.abstracts, opens_after_minutes=10)
    boss = owner_votes(world)
    round = world.open_round(kind=RoundKind.RELOOK, record_ids=[record.pk, other.pk], team=[world.reviewer_a, world.reviewer_b, boss])
    return State(world, round, record, another(world, world.reviewer_b, record, round), {"reviewer_a": world.reviewer_a, "boss": boss})


def relook_in() -> State:
    """A re-look in which both have voted, nothing open yet to A."""
    state = relook()
    a, record, round = state.world.reviewer_a, state.record, state.round
    vote(a, record, round, E)
    state.who = {"reviewer_a": a}
    return state


def owner_votes_and_all_are_in() -> State:
    """The owner is one of the two: until the ten minutes are over the outcome is closed to them, also by what is at full text."""
    world, (record, other, *_rest) = base()
    boss = owner_votes(world)
    main = world.open_round(team=[boss, world.reviewer_b])
    for one in (boss, world.reviewer_b):
        vote(one, other, main, I)
    world.open_round(world.full_texts, team=[boss, world.reviewer_b])
    vote(boss, record, main, I)
    return State(world, main, record, another(world, world.reviewer_b, record, main), {"boss": boss})


def owner_votes_full_text() -> State:
    state = owner_votes_and_all_are_in()
    from screening.models import ScreeningRound

    state.round = ScreeningRound.objects.get(review=state.world.review, stage=state.world.full_texts)
    return state


def how_it_went_on() -> State:
    """An outcome is open to who did not vote; not how it came about."""
    world, (record, *_rest) = base()
    boss = owner_votes(world)
    main = world.open_round(team=[world.reviewer_a, world.reviewer_b, boss])
    a, b = world.reviewer_a, world.reviewer_b
    deeds = [
        lambda: (vote(a, record, main, I), vote(b, record, main, I)),
        lambda: (vote(a, record, main, I), vote(b, record, main, M, note="agaveplanten")),
    ]
    return State(world, main, record, deeds, {"boss": boss, "owner": world.owner})


def how_it_was_settled() -> State:
    """Agreed at once, or after a conflict."""
    state = how_it_went_on()
    world, record, main = state.world, state.record, state.round
    a, b = world.reviewer_a, world.reviewer_b

    def clash() -> None:
        vote(a, record, main, I)
        vote(b, record, main, E)
        conflicts.rule(world.adjudicator, record, main, verdict=I, rationale="Fits")

    state.deeds = [state.deeds[0], clash]
    state.who = all_of(world, "owner", "librarian")
    return state


def copies_of_two_minds() -> State:
    """B voted differently on two records that are one now, or alike: nobody else is told."""
    world, (record, twin, *_rest) = base(show_totals=False)
    boss = owner_votes(world)
    main = world.open_round(team=[world.reviewer_a, world.reviewer_b, boss])
    vote(world.reviewer_b, record, main, I)

    def then(verdict: Verdict) -> Callable[[], Any]:
        return lambda: (vote(world.reviewer_b, twin, main, verdict), merging.merge(record, twin, by=world.owner))

    return State(world, main, record, [then(I), then(E)], {"reviewer_a": world.reviewer_a, "boss": boss})


def relook_strict() -> State:
    """Others' votes open at the close: that a re-look has settled a record shows to nobody before."""
    state = relook_in()
    world, a = state.world, state.world.reviewer_a
    stages.set_rules(world.owner, world.abstracts, opens=Opens.AT_CLOSE)
    state.who = {"reviewer_a": a} | all_of(world, "owner")
    return state


STATES = [after_pilot, relook_in, relook_strict, owner_votes_full_text, how_it_was_settled, copies_of_two_minds]


@pytest.mark.parametrize("state", STATES, ids=lambda one: one.__name__)
def test_what_is_closed_shows_in_no_state(state: Callable[[], State]):
    found = looks(state())
    assert not found, "\n".join(found)
