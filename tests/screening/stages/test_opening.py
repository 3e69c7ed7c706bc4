"""What a round that is opened takes, and how it asks."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from screening.models import RoundRecord, Source
from screening.outcomes import merging
from screening.vocabulary import SourceKind

pytestmark = pytest.mark.django_db


def test_a_round_compares_no_list_of_records_with_another_in_the_database(world):
    """Just after an import PostgreSQL has no statistics of its rows: 3,000 records took 22 s, 10,000 took minutes."""
    world.records(3)

    with CaptureQueriesContext(connection) as asked:
        world.open_round()
    assert not [one["sql"] for one in asked if "IN (SELECT COALESCE" in one["sql"]]
    assert RoundRecord.objects.count() == 3


def test_a_group_joins_where_any_of_its_members_is_screened(world):
    straight = Source.objects.create(review=world.review, number=77, name="Contacts", kind=SourceKind.CONTACTS, straight_to_retrieval=True)
    alone = world.record(upload=world.upload(world.search_in(straight)))
    head = world.record(upload=world.upload(world.search_in(straight)))
    member = world.record(upload=world.upload())
    merging.merge(head, member, by=world.owner, rule="person")

    round = world.open_round()
    assert list(RoundRecord.objects.filter(round=round, is_live=True).values_list("record__number", flat=True)) == [head.number]
    assert alone.number != head.number
