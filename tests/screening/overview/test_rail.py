"""The rail is read from the facts once, and again as soon as something was done; never from what somebody else may see."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reviewapp.jobs import actions as jobs
from screening.overview import rail
from screening.overview.queries import waits_for
from screening.stages import actions as stages
from screening.vocabulary import Verdict, WhoSettles
from tests.factories import World
from tests.fixtures import cast_vote
from tests.screening.settling import Settling


def node(member: Any, key: str) -> rail.Node:
    return next(node for node in rail.rail(member) if node.key == key)


def queries_of(member: Any) -> int:
    with CaptureQueriesContext(connection) as caught:
        rail.rail(member)
    return len(caught)


@pytest.fixture
def screening(world: World) -> Any:
    records = [world.record(f"Paper {n}") for n in range(3)]
    return world, records, world.open_round()


def test_a_rail_is_read_once_while_nothing_is_done(screening: Any) -> None:
    world, _records, _round = screening
    assert queries_of(world.reviewer_a) > 2
    assert queries_of(world.reviewer_a) == 2, "the end of the history, and the jobs"


def test_ones_own_vote_shows_in_the_next_rail(screening: Any) -> None:
    world, records, round = screening
    assert node(world.reviewer_a, "screening").note == "3 wait for you"
    cast_vote(world.reviewer_a, records[0], round, Verdict.INCLUDE)
    assert node(world.reviewer_a, "screening").note == "2 wait for you"


def test_nobody_gets_the_rail_of_another(screening: Any) -> None:
    world, records, round = screening
    cast_vote(world.reviewer_a, records[0], round, Verdict.INCLUDE)
    assert node(world.reviewer_a, "screening").note == "2 wait for you"
    assert node(world.reviewer_b, "screening").note == "3 wait for you"
    assert node(world.observer, "screening").note != node(world.reviewer_b, "screening").note


def test_what_time_alone_opens_follows(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(opens_after_minutes=10)
    records = [world.record("Paper")]
    round = world.open_round()
    cast_vote(world.reviewer_a, records[0], round, Verdict.INCLUDE)
    cast_vote(world.reviewer_b, records[0], round, Verdict.INCLUDE)
    assert node(world.reviewer_a, "screening").count == "0"
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert node(world.reviewer_a, "screening").count == "1"


def test_a_job_under_way_shows_though_nothing_was_done_yet(screening: Any) -> None:
    world, _records, _round = screening
    node(world.librarian, "import")
    jobs.enqueue("import", review=world.review, key="upload:1", asked_by=world.librarian)
    assert node(world.librarian, "import").note == "reading a file"


def test_the_queries_of_a_rail_do_not_grow_with_the_records(world: World) -> None:
    records = [world.record(f"Paper {n}") for n in range(12)]
    round = world.open_round()
    counts = []
    for record in records[:10]:
        cast_vote(world.reviewer_a, record, round, Verdict.INCLUDE)
        cast_vote(world.reviewer_b, record, round, Verdict.INCLUDE)
        counts.append(queries_of(world.reviewer_a))
    assert max(counts) <= 30
    assert max(counts[1:]) == min(counts[1:])


@pytest.mark.parametrize("who", ["between", "third"])
def test_only_those_who_settle_are_told_that_conflicts_wait(db: None, client: Any, who: str) -> None:
    world = Settling(who_settles=WhoSettles.CONSENSUS if who == "between" else WhoSettles.THIRD)
    world.clash()
    stages.reveal_round(world.owner, world.round, why="a test")
    settling = {world.reviewer_a, world.reviewer_b} if who == "between" else {world.adjudicator}
    for member in (world.reviewer_a, world.reviewer_b, world.adjudicator, world.reviewer_c, world.observer, world.librarian):
        found = node(member, "conflicts")
        assert found.count == "1"
        assert (found.note, found.waiting) == (("to settle", True) if member in settling else ("others settle them", False)), member
        told = [task.title for task in waits_for(member)]
        assert ("conflict to settle" in told) is (member in settling), member
    client.force_login(world.reviewer_a.user)
    page = client.get(world.at("conflict", world.round.number, 1)).content.decode()
    assert ("settles the conflicts of this round" in page) is (who == "third")
