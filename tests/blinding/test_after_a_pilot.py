"""A record that was open in a pilot, or in a round before a re-look, is blind again: what others write on it now does not show."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from screening import visibility
from screening.decisions import actions as decisions
from screening.labels import actions as labels
from screening.stages import actions as stages
from screening.vocabulary import RoundKind, Verdict
from tests.factories import World
from tests.fixtures import cast_vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def again(world: World) -> Any:
    """A record of a pilot that is closed, in the main round now."""
    (record,) = world.records(1)
    pilot = world.open_round(kind=RoundKind.PILOT, record_ids=[record.pk])
    for who in (world.reviewer_a, world.reviewer_b):
        cast_vote(who, record, pilot, Verdict.INCLUDE, note="said in the pilot")
    stages.close_round(world.owner, pilot)
    return record, world.open_round()


def notes(world: World, record: Any, round: Any) -> None:
    decisions.write_note(member=world.reviewer_b, record=record, round=round, text="agaveplanten")


def votes_with_a_note(world: World, record: Any, round: Any) -> None:
    cast_vote(world.reviewer_b, record, round, Verdict.EXCLUDE, note="agaveplanten")
    notes(world, record, round)


def labelled(world: World, record: Any, round: Any) -> None:
    labels.put(world.reviewer_b, labels.make(world.owner, name="agaveplanten", shared=True), [record])


@pytest.mark.parametrize("deed", [notes, votes_with_a_note, labelled])
def test_what_is_written_now_does_not_show_before_the_record_is_open_here(
    world: World, again: Any, deed: Callable[[World, Any, Any], None]
) -> None:
    record, round = again
    deed(world, record, round)
    readers = [world.reviewer_a] if deed is labelled else [world.reviewer_a, world.owner, world.observer]
    for reader in readers:
        client = Client()
        client.force_login(reader.user)
        shown = client.get(reverse("record", args=[world.review.slug, record.number])).content.decode()
        assert "agaveplanten" not in shown or deed is labelled, reader
        assert list(visibility.notes(reader, record_ids=[record.pk]).exclude(by=reader)) == []
        assert list(visibility.labellings(reader)) == []

    cast_vote(world.reviewer_a, record, round, Verdict.INCLUDE)
    if deed is not votes_with_a_note:
        cast_vote(world.reviewer_b, record, round, Verdict.EXCLUDE)
    client.force_login(world.reviewer_a.user)
    assert visibility.notes(world.reviewer_a, record_ids=[record.pk]).filter(by=world.reviewer_b).exists() is (deed is not labelled)
    assert visibility.labellings(world.reviewer_a).exists() is (deed is labelled)
