"""Rating and agreeing: independence first, supersession, refusals."""

import pytest

from charting import visibility
from charting.classification_table import actions
from charting.errors import Changed, Invalid, Refused
from charting.models import AgreedRating, Rating, RatingOpened
from reviewapp.audit.models import Event
from screening.models import Recusal


def rate_all(member, report, value=2):
    for scale in ("relevance", "design"):
        actions.rate(member=member, report=report, scale=scale, value=value)


def test_a_rating_is_kept_with_its_event(world, report):
    rating = actions.rate(member=world.reviewer_a, report=report, scale="relevance", value=3, note="clear")

    assert (rating.value, rating.note, rating.independent) == (3, "clear", True)
    event = Event.objects.filter(review=world.review).last()
    assert (event.kind, event.actor_number, event.record_number) == ("rating:set", world.reviewer_a.number, report.record.number)


def test_the_same_rating_again_changes_nothing(world, report):
    first = actions.rate(member=world.reviewer_a, report=report, scale="relevance", value=3)
    events = Event.objects.count()

    assert actions.rate(member=world.reviewer_a, report=report, scale="relevance", value=3) == first
    assert (Rating.objects.count(), Event.objects.count()) == (1, events)


def test_a_change_supersedes_and_taking_back_is_a_row_of_its_own(world, report):
    first = actions.rate(member=world.reviewer_a, report=report, scale="relevance", value=3)
    second = actions.rate(member=world.reviewer_a, report=report, scale="relevance", value=1)
    third = actions.rate(member=world.reviewer_a, report=report, scale="relevance", value=None)

    first.refresh_from_db()
    assert first.superseded_at is not None
    assert (second.supersedes, third.supersedes, third.value) == (first, second, None)
    assert not visibility.ratings(world.reviewer_a).exists()


def test_others_ratings_open_only_after_one_has_rated_every_scale(world, report):
    rate_all(world.reviewer_a, report)
    actions.rate(member=world.reviewer_b, report=report, scale="relevance", value=1)
    assert set(visibility.ratings(world.reviewer_b).values_list("member_id", flat=True)) == {world.reviewer_b.pk}

    actions.rate(member=world.reviewer_b, report=report, scale="design", value=1)
    assert set(visibility.ratings(world.reviewer_b).values_list("member_id", flat=True)) == {world.reviewer_a.pk, world.reviewer_b.pk}


@pytest.mark.parametrize("who", ["owner", "librarian", "observer", "adjudicator", "reviewer_c"])
def test_who_did_not_rate_reads_ratings_only_once_a_value_is_agreed(world, report, who):
    reader = getattr(world, who)
    rate_all(world.reviewer_a, report)
    rate_all(world.reviewer_b, report, 1)
    assert not visibility.ratings(reader).exists()

    actions.agree(member=world.reviewer_a, report=report, scale="relevance", value=2)
    assert set(visibility.ratings(reader).values_list("scale__key", flat=True)) == {"relevance"}


def test_a_rating_given_after_opening_is_not_independent_and_agreement_keeps_the_earlier_one(world, report):
    rate_all(world.reviewer_a, report, 3)
    rate_all(world.reviewer_b, report, 1)
    changed = actions.rate(member=world.reviewer_b, report=report, scale="relevance", value=3)

    assert not changed.independent
    kept = visibility.independent_ratings(world.reviewer_a).get(member=world.reviewer_b, scale__key="relevance")
    assert kept.value == 1


def test_taking_ratings_back_does_not_make_one_blind_again(world, report):
    rate_all(world.reviewer_a, report)
    actions.rate(member=world.reviewer_a, report=report, scale="relevance", value=None)

    assert not actions.rate(member=world.reviewer_a, report=report, scale="relevance", value=3).independent


def test_agreeing_needs_ones_own_ratings_whatever_others_did(world, report):
    for others in (0, 1):
        if others:
            rate_all(world.reviewer_a, report)
        with pytest.raises(Refused) as refusal:
            actions.agree(member=world.reviewer_b, report=report, scale="relevance", value=2)
        assert str(refusal.value).startswith("Rate this report on every scale first.")


def test_agreeing_needs_two_ratings(world, report):
    rate_all(world.reviewer_a, report)
    with pytest.raises(Refused, match="Fewer than two"):
        actions.agree(member=world.reviewer_a, report=report, scale="relevance", value=2)

    rate_all(world.reviewer_b, report)
    agreed = actions.agree(member=world.reviewer_a, report=report, scale="relevance", value=2, note="both see it")
    assert (agreed.value, agreed.version, agreed.by) == (2, 1, world.reviewer_a)


def test_an_agreed_value_set_meanwhile_is_not_overwritten(world, report):
    for member in (world.reviewer_a, world.reviewer_b):
        rate_all(member, report)
    actions.agree(member=world.reviewer_a, report=report, scale="design", value=2, seen=0)

    with pytest.raises(Changed, match="set the agreed value to 2") as refusal:
        actions.agree(member=world.reviewer_b, report=report, scale="design", value=1, seen=0)
    assert refusal.value.current.value == 2
    actions.agree(member=world.reviewer_b, report=report, scale="design", value=1, seen=1)
    assert list(AgreedRating.objects.values_list("version", "value")) == [(1, 2), (2, 1)]


def test_an_agreed_value_is_taken_back_by_a_row_of_its_own(world, report):
    for member in (world.reviewer_a, world.reviewer_b):
        rate_all(member, report)
    actions.agree(member=world.reviewer_a, report=report, scale="design", value=2)
    actions.agree(member=world.reviewer_a, report=report, scale="design", value=None)

    assert AgreedRating.objects.count() == 2
    assert not visibility.agreed_ratings(world.review).exists()


def test_refusals(world, report):
    with pytest.raises(Invalid):
        actions.rate(member=world.reviewer_a, report=report, scale="relevance", value=4)
    with pytest.raises(Invalid):
        actions.rate(member=world.reviewer_a, report=report, scale="beauty", value=1)
    with pytest.raises(Refused, match="Only reviewers"):
        actions.rate(member=world.owner, report=report, scale="relevance", value=1)
    Recusal.objects.create(review=world.review, round=world.full_text_round, record=report.record, member=world.reviewer_a, kind="own")
    with pytest.raises(Refused, match="own paper"):
        actions.rate(member=world.reviewer_a, report=report, scale="relevance", value=1)
    assert Rating.objects.count() == 0


def test_a_paused_report_takes_no_ratings_and_has_them_again_later(world, report):
    actions.rate(member=world.reviewer_a, report=report, scale="relevance", value=3)
    world.pause(report.record)
    with pytest.raises(Refused, match="not under assessment"):
        actions.rate(member=world.reviewer_a, report=report, scale="design", value=3)
    assert Rating.objects.count() == 1


def test_a_rule_is_versioned_and_the_same_again_is_no_version(world):
    first = actions.set_rule(member=world.owner, minimums={"relevance": 2, "design": 1})
    assert first.number == 1
    assert actions.set_rule(member=world.owner, minimums={"relevance": 2, "design": 1}).number == 1
    assert actions.set_rule(member=world.owner, minimums={"relevance": 3, "design": 1}, discuss_near=True).number == 2


def test_a_further_scale_shuts_only_itself(world, report):
    for member in (world.reviewer_a, world.reviewer_b):
        rate_all(member, report)
    scale = actions.add_scale(member=world.owner, name="Ethics", anchors=["a", "b", "c", "d"])
    actions.rate(member=world.reviewer_a, report=report, scale=scale.key, value=1)

    seen = visibility.ratings(world.reviewer_b).filter(member=world.reviewer_a)
    assert set(seen.values_list("scale__key", flat=True)) == {"relevance", "design"}
    actions.retire_scale(member=world.owner, key=scale.key)
    with pytest.raises(Refused):
        actions.retire_scale(member=world.owner, key="relevance")


def test_retiring_a_scale_opens_for_those_who_rated_all_others(world, report):
    scale = actions.add_scale(member=world.owner, name="Ethics", anchors=["a", "b", "c", "d"])
    rate_all(world.reviewer_a, report)
    assert not RatingOpened.objects.exists()

    actions.retire_scale(member=world.owner, key=scale.key)
    assert RatingOpened.objects.filter(member=world.reviewer_a).count() == 2
