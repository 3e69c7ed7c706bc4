"""Themes and placements: one primary place, moving, merging, no circles."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from charting.errors import Invalid, Refused
from charting.models import Placement, Theme
from charting.themes import actions
from charting.themes.rules import Place, tree, would_circle
from reviewapp.audit.models import Event


def live(study):
    return set(Placement.objects.filter(study=study, undone_at=None).values_list("theme__name", "is_primary"))


@pytest.fixture
def two(world):
    return [actions.create_theme(member=world.reviewer_a, name=name) for name in ("Status", "Strategies")]


def test_a_new_primary_place_makes_the_earlier_one_a_further_one(world, study, two):
    actions.place(member=world.reviewer_a, study=study, theme=two[0], primary=True, why="main finding")
    actions.place(member=world.reviewer_b, study=study, theme=two[1], primary=True)
    assert live(study) == {("Status", False), ("Strategies", True)}


def test_the_same_place_again_changes_nothing(world, study, two):
    first = actions.place(member=world.reviewer_a, study=study, theme=two[0], primary=True)
    events = Event.objects.count()
    assert actions.place(member=world.reviewer_a, study=study, theme=two[0], primary=True) == first
    assert Event.objects.count() == events


def test_a_place_can_be_taken_back_once(world, study, two):
    actions.place(member=world.reviewer_a, study=study, theme=two[0])
    assert actions.unplace(member=world.reviewer_a, study=study, theme=two[0])
    assert actions.unplace(member=world.reviewer_a, study=study, theme=two[0]) is None
    assert live(study) == set()


def test_merging_moves_places_and_keeps_the_primary_one(world, study, two):
    actions.place(member=world.reviewer_a, study=study, theme=two[0], primary=True)
    actions.place(member=world.reviewer_a, study=study, theme=two[1])
    child = actions.create_theme(member=world.reviewer_a, name="Child", parent=two[0])
    assert actions.merge_theme(member=world.reviewer_a, theme=two[0], into=two[1], why="one idea") == 1

    child.refresh_from_db()
    two[0].refresh_from_db()
    assert live(study) == {("Strategies", True)}
    assert (child.parent, two[0].merged_into) == (two[1], two[1])


def test_a_theme_with_studies_or_sub_themes_cannot_be_retired(world, study, two):
    actions.place(member=world.reviewer_a, study=study, theme=two[0])
    with pytest.raises(Refused, match="Studies stand under"):
        actions.retire_theme(member=world.reviewer_a, theme=two[0])
    actions.create_theme(member=world.reviewer_a, name="Child", parent=two[1])
    with pytest.raises(Refused, match="sub-themes"):
        actions.retire_theme(member=world.reviewer_a, theme=two[1])


def test_no_theme_stands_under_itself(world, two):
    child = actions.create_theme(member=world.reviewer_a, name="Child", parent=two[0])
    with pytest.raises(Refused, match="under itself"):
        actions.edit_theme(member=world.reviewer_a, theme=two[0], name="Status", parent=child)
    with pytest.raises(Invalid):
        actions.create_theme(member=world.reviewer_a, name="  ")


def test_a_theme_sent_twice_is_one_theme_and_order_can_change(world, two):
    assert actions.create_theme(member=world.reviewer_a, name="status") == two[0]
    actions.shift_theme(member=world.reviewer_a, theme=two[1], up=True)
    assert list(Theme.objects.order_by("order").values_list("name", flat=True)) == ["Strategies", "Status"]


def test_only_reviewers_place_and_only_included_studies(world, study, two):
    with pytest.raises(Refused, match="Only reviewers"):
        actions.place(member=world.owner, study=study, theme=two[0])
    world.pause(world.all_records[0])
    with pytest.raises(Refused, match="not included now"):
        actions.place(member=world.reviewer_a, study=study, theme=two[0])


@pytest.mark.parametrize("clash", [{"is_primary": True}, {"theme_of": 0}])
def test_the_table_itself_refuses_two_primaries_and_the_same_place_twice(world, study, two, clash):
    common = {"review": world.review, "study": study, "by": world.reviewer_a, "at": timezone.now()}
    Placement.objects.create(**common, theme=two[0], is_primary=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Placement.objects.create(**common, theme=two[0] if "theme_of" in clash else two[1], is_primary="is_primary" in clash)


def test_counts_say_each_study_once_below_a_theme():
    parents = {1: None, 2: 1, 3: 1, 4: None}
    places = [Place(10, 2, True), Place(10, 3, False), Place(11, 3, True), Place(11, 1, False), Place(12, 4, True)]
    counted = {n.theme: (n.depth, n.primary, n.any, n.own_primary, n.own_any) for n in tree(parents, [1, 2, 3, 4], places)}
    assert counted == {1: (0, 2, 2, 0, 1), 2: (1, 1, 1, 1, 1), 3: (1, 1, 2, 1, 2), 4: (0, 1, 1, 1, 1)}
    assert would_circle(1, 3, parents)
    assert not would_circle(2, 3, parents)
