"""Totals and refusals beside the pages: what closing and new rules concern, who goes into a pilot, and numbers of reports that are tried out."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reviewapp.reviews.vocabulary import Role
from screening.models import Decision, Report, RoundRecord
from screening.stages import queries as stages
from screening.vocabulary import RoundKind, Verdict
from tests.factories import World, member
from tests.fixtures import cast_vote

pytestmark = pytest.mark.django_db
I, E = Verdict.INCLUDE, Verdict.EXCLUDE


@pytest.fixture
def two(db: None) -> Any:
    """An owner who votes; two records with their vote, one of which the other includes too: open to them in ten minutes."""
    world = World("numbers", opens_after_minutes=10)
    first, second = world.records(2)
    owner = member(world.review, Role.OWNER, Role.REVIEWER)
    main = world.open_round(team=[owner, world.reviewer_b])
    texts = world.open_round(world.full_texts, team=[owner, world.reviewer_b])
    cast_vote(owner, first, main, I)
    cast_vote(world.reviewer_b, first, main, I)
    cast_vote(owner, second, main, I)
    cast_vote(world.reviewer_b, second, main, E)
    return world, owner, main, texts


def test_what_closing_and_new_rules_concern_at_full_text_is_counted_as_far_as_one_may_know(two: Any) -> None:
    world, owner, _main, texts = two
    assert RoundRecord.objects.filter(round=texts, is_live=True).count() == 1

    closing = stages.closing(owner, texts)
    assert (closing.records, closing.waiting, closing.not_open) == (0, 0, 0)
    rules = texts.rules
    kept = {f.name: getattr(rules, f.name) for f in rules._meta.concrete_fields if f.name not in ("id", "review", "stage", "by", "at")}
    assert stages.preview(owner, world.full_texts, kept).not_open == 0
    assert stages.closing(world.owner, texts).records == 1
    assert stages.preview(world.owner, world.full_texts, kept).not_open == 1


def test_no_number_of_a_report_can_be_tried_out(two: Any) -> None:
    """A report that one may not know of answers a rating like one that never was."""
    world, owner, _main, _texts = two
    report = Report.objects.get(review=world.review)
    client = Client()
    client.force_login(owner.user)
    answers = []
    for number in (report.number, report.number + 1):
        sent = {"report": number, "scale": "relevance", "who": owner.number, "value": 1}
        for name in ("rating_save", "rating_agree"):
            answers.append(client.post(reverse(name, args=[world.review.slug]), sent).status_code)
    assert answers == [404] * 4


def test_no_place_at_full_text_can_be_tried_out(two: Any) -> None:
    """That a record stands at full text tells that it went on: addresses and refusals of votes there are the same for both records."""
    world, owner, main, texts = two
    numbers = list(RoundRecord.objects.filter(round=main).order_by("record__number").values_list("record__number", flat=True))
    client = Client()
    client.force_login(owner.user)
    shown, sent = [], []
    for number in numbers:
        args = [world.review.slug, texts.number, number]
        answer = client.get(reverse("screen_record", args=args))
        shown.append((answer.status_code, answer.get("Location")))
        answer = client.post(reverse("vote", args=args), {"verdict": "include", "key": "k" * 20})
        sent.append((answer.status_code, b"not in this round" in answer.content, b"full text of this record" in answer.content))
    assert shown[0] == shown[1]
    assert sent[0] == sent[1]


def test_which_records_a_pilot_takes_tells_nothing_of_others_votes(two: Any) -> None:
    """A pilot as large as the review would else leave out exactly what somebody had voted on."""
    world, owner, main, _texts = two
    fresh = world.records(4)
    cast_vote(world.reviewer_b, fresh[0], main, E)
    cast_vote(owner, fresh[1], main, E)
    taken = set(stages.sample(owner, 50))
    assert {record.pk for record in fresh} - taken == {fresh[1].pk}
    assert not Decision.objects.filter(reviewer=owner, record__in=taken).exists()


def test_who_may_know_what_became_of_a_record_is_not_independent_on_it(world: World) -> None:
    """A surplus vote that comes after the outcome could be known is kept and counts, and enters no agreement."""
    (record,) = world.records(1)
    main = world.open_round(team=[world.reviewer_a, world.reviewer_b, world.reviewer_c])
    cast_vote(world.reviewer_a, record, main, I)
    cast_vote(world.reviewer_b, record, main, I)
    assert not cast_vote(world.reviewer_c, record, main, I).independent


def test_a_vote_taken_back_and_cast_again_after_the_outcome_showed_is_not_independent(world: World) -> None:
    (record,) = world.records(1)
    main = world.open_round(team=[world.reviewer_a, world.reviewer_b, world.reviewer_c])
    for one in (world.reviewer_a, world.reviewer_b, world.reviewer_c):
        cast_vote(one, record, main, I)
    cast_vote(world.reviewer_a, record, main, Verdict.WITHDRAWN, why="Let me see")
    assert not cast_vote(world.reviewer_a, record, main, I).independent
    assert main.kind == RoundKind.MAIN
