"""The languages of a review, found without a look at each record."""

import pytest
from django.db import connection

from screening.models import Record
from screening.outcomes import merging
from screening.search.spellings import LANGUAGES, languages_of
from tests.factories import World

pytestmark = pytest.mark.django_db


def test_each_language_of_the_heads_is_given_once(world: World) -> None:
    for language in ("English", "", "Norwegian; English", "English", "swe", "Bokmål", "æøå"):
        world.record(language=language)
    copy = world.record(language="German")
    merging.merge(copy, world.record(language="English"), by=world.owner)
    World("another").record(language="French")
    Record.objects.filter(pk=copy.pk).update(language="English")
    assert set(languages_of(world.review.pk)) == {"English", "Norwegian; English", "swe", "Bokmål", "æøå"}
    assert len(languages_of(world.review.pk)) == 5


def test_a_review_without_languages_has_none(world: World) -> None:
    world.record(language="")
    assert languages_of(world.review.pk) == []


def test_it_steps_through_the_index(world: World) -> None:
    Record.objects.bulk_create(
        Record(review=world.review, number=number, language=("English", "Norwegian", "")[number % 3]) for number in range(1, 2001)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE screening_record")  # else the plan rests on what a table of other tests had
        prefix = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
        cursor.execute(prefix + LANGUAGES, [world.review.pk, world.review.pk])
        plan = str(cursor.fetchall())
    assert "screening_record_by_language" in plan
    assert "Seq Scan" not in plan
