"""Two at once, on PostgreSQL: nothing is lost, nothing is written twice, nobody gets an unexpected error."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from charting.charting_forms import actions as forms
from charting.classification_table import actions
from charting.errors import Changed
from charting.models import AgreedRating, Answer, ChartingForm, Placement, Rating, RatingScale
from charting.themes import actions as themes
from tests.charting.conftest import Assessed

pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls together; gives each one's result, or its exception."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=10)
            return call()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def rate_all(member: Any, report: Any) -> None:
    for scale in ("relevance", "design"):
        actions.rate(member=member, report=report, scale=scale, value=2)


def test_first_ratings_of_a_review_at_once_make_one_set_of_scales():
    world = Assessed(1)
    (report,) = world.reports
    people = (world.reviewer_a, world.reviewer_b, world.reviewer_c)
    found = at_once(*(lambda m=m: actions.rate(member=m, report=report, scale="design", value=2) for m in people))
    assert not [one for one in found if isinstance(one, Exception)]
    assert (RatingScale.objects.count(), Rating.objects.count()) == (2, 3)


def test_the_same_rating_sent_twice_at_once_is_one_row():
    world = Assessed(1)
    (report,) = world.reports
    found = at_once(*[lambda: actions.rate(member=world.reviewer_a, report=report, scale="design", value=2)] * 4)
    assert not [one for one in found if isinstance(one, Exception)]
    assert Rating.objects.count() == 1


def test_of_two_agreements_at_once_one_is_told_of_the_other():
    world = Assessed(1)
    (report,) = world.reports
    for member in (world.reviewer_a, world.reviewer_b):
        rate_all(member, report)
    found = at_once(
        lambda: actions.agree(member=world.reviewer_a, report=report, scale="design", value=1, seen=0),
        lambda: actions.agree(member=world.reviewer_b, report=report, scale="design", value=3, seen=0),
    )
    assert sum(isinstance(one, Changed) for one in found) == 1
    assert AgreedRating.objects.count() == 1


def test_of_two_answers_at_once_one_is_told_of_the_other():
    world = Assessed(1)
    (study,) = world.include()
    found = at_once(
        lambda: forms.answer(member=world.reviewer_a, study=study, field_key="country", value="Norway", seen=0),
        lambda: forms.answer(member=world.reviewer_b, study=study, field_key="country", value="Sweden", seen=0),
    )
    assert sum(isinstance(one, Changed) for one in found) == 1
    assert (Answer.objects.count(), ChartingForm.objects.count()) == (1, 1)


def test_two_primary_places_at_once_leave_one_primary():
    world = Assessed(1)
    (study,) = world.include()
    first, second = (themes.create_theme(member=world.reviewer_a, name=name) for name in ("Status", "Strategies"))
    found = at_once(
        lambda: themes.place(member=world.reviewer_a, study=study, theme=first, primary=True),
        lambda: themes.place(member=world.reviewer_b, study=study, theme=second, primary=True),
    )
    assert not [one for one in found if isinstance(one, Exception)]
    assert Placement.objects.filter(undone_at=None, is_primary=True).count() == 1
    assert Placement.objects.filter(undone_at=None).count() == 2
