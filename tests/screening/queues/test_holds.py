"""Holds: a card in somebody's hands is not offered to more people than its votes need, at a cost that does not grow with the cards."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from screening.decisions import actions
from screening.queues import queries as queues
from screening.vocabulary import Verdict
from tests.factories import World


def numbers(member: object, round: object, n: int) -> set[int]:
    return {row.record.number for row in queues.next_cards(member, round, n=n)}  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_third_person_gets_what_votes_and_holds_have_left() -> None:
    world = World()
    records = world.records(6)
    round = world.open_round(team=[world.reviewer_a, world.reviewer_b, world.reviewer_c])
    actions.cast(member=world.reviewer_a, record=records[0], round=round, verdict=Verdict.INCLUDE, key="a")
    of_a, of_b = numbers(world.reviewer_a, round, 2), numbers(world.reviewer_b, round, 6)
    assert of_b == {record.number for record in records}, "one hold or one vote leaves a place for a second"
    taken = {records[0].number} | of_a  # a vote and a hold, or two holds
    assert numbers(world.reviewer_c, round, 6) == of_b - taken


@pytest.mark.django_db
def test_queries_of_the_queue_do_not_grow_with_the_holds() -> None:
    counts = []
    for held in (1, 12):
        world = World(f"holds-{held}")
        world.records(14)
        round = world.open_round(team=[world.reviewer_a, world.reviewer_b, world.reviewer_c])
        queues.next_cards(world.reviewer_a, round, n=held)
        queues.next_cards(world.reviewer_b, round, n=held)
        with CaptureQueriesContext(connection) as caught:
            queues.next_cards(world.reviewer_c, round, n=1)
        counts.append(len(caught))
    assert abs(counts[0] - counts[1]) <= 1, counts  # one more where a person's order comes to its end and begins again
