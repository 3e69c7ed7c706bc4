"""From search to included studies: the counts of the overview, and how they are asked for."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from screening.importing import withdrawing
from screening.outcomes import merging
from screening.overview import queries
from tests.factories import World

pytestmark = pytest.mark.django_db


def to_screen(world: World) -> int:
    return queries.funnel(world.owner)[1]["n"]


def test_records_to_screen_are_groups_that_stand(world: World) -> None:
    first, second, third = world.records(3)
    gone = world.upload()
    world.record("Of a file that is taken back", upload=gone)
    assert to_screen(world) == 4

    merging.merge(first, second, by=world.owner)
    withdrawing.withdraw(world.librarian, gone, why="not ours")
    assert to_screen(world) == 2
    assert third.number == 3


def test_no_list_of_records_is_compared_with_another_in_the_database(world: World) -> None:
    """Just after an import PostgreSQL has no statistics of its rows: the overview of 6,000 records took a minute."""
    world.records(2)

    with CaptureQueriesContext(connection) as asked:
        queries.funnel(world.owner)
    assert not [one["sql"] for one in asked if "IN (SELECT COALESCE" in one["sql"]]
