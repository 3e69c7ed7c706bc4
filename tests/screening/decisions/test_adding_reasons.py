"""Reasons that a reviewer adds later to exclusions of their own: dated, beside the vote, which stays as it was cast."""

from typing import Any

import pytest
from django.urls import reverse

from reviewapp.audit.models import Event
from screening import visibility
from screening.decisions import actions
from screening.decisions.errors import VoteRefused
from screening.stages import actions as stages
from screening.vocabulary import Verdict
from tests.factories import World
from tests.fixtures import cast_vote, outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(world: World) -> Any:
    """Two exclusions without a reason, one with, one include."""
    records = world.records(4)
    round = world.open_round()
    for record in records[:2]:
        cast_vote(world.reviewer_a, record, round, Verdict.EXCLUDE)
    cast_vote(world.reviewer_a, records[2], round, Verdict.EXCLUDE, reason=world.reason())
    cast_vote(world.reviewer_a, records[3], round, Verdict.INCLUDE)
    return records, round


def test_reasons_are_added_with_their_date_and_the_vote_stays(client: Any, world: World, begun: Any) -> None:
    records, round = begun
    client.force_login(world.reviewer_a.user)
    address = reverse("add_reasons", args=[world.review.slug, round.number])
    assert address in client.get(reverse("screening", args=[world.review.slug])).content.decode()
    page = client.get(address).content.decode()
    assert [record.title in page for record in records] == [True, True, False, False]
    before = list(visibility.my_votes(world.reviewer_a, round).values_list("pk", "key", "independent"))
    for _twice in range(2):
        client.post(address, {f"reason-{records[0].number}": "viewpoint", f"reason-{records[1].number}": ""})
    assert list(visibility.my_votes(world.reviewer_a, round).values_list("pk", "key", "independent")) == before
    page = client.get(address).content.decode()
    assert [record.title in page for record in records] == [False, True, False, False]
    (added,) = visibility.my_votes(world.reviewer_a, round).get(record=records[0]).further_reasons.all()
    assert added.reason.key == "viewpoint"
    assert added.added_at is not None
    assert Event.objects.filter(kind="decision:reason_added", record_number=records[0].number).count() == 1
    table = b"".join(client.get(reverse("my_votes_csv", args=[world.review.slug])).streaming_content).decode()
    assert f"Viewpoint (added {added.added_at:%Y}" in table

    stages.close_round(world.owner, round)  # later is also after the close
    client.post(address, {f"reason-{records[1].number}": "relevance"})
    assert "Every exclusion of yours has a reason" in client.get(address).content.decode()


def test_only_ones_own_exclusions_without_a_reason_take_one(client: Any, world: World, begun: Any) -> None:
    records, round = begun
    for who, record in ((world.reviewer_b, records[0]), (world.reviewer_a, records[2]), (world.reviewer_a, records[3])):
        with pytest.raises(VoteRefused):
            actions.add_reason(member=who, record=record, round=round, reason=world.reason())
    client.force_login(world.reviewer_b.user)
    address = reverse("add_reasons", args=[world.review.slug, round.number])
    assert "Every exclusion of yours has a reason" in client.get(address).content.decode()
    assert client.post(address, {f"reason-{records[0].number}": "viewpoint"}).status_code == 422
    client.force_login(world.reviewer_a.user)
    assert client.post(address, {f"reason-{records[0].number}": "no such"}).status_code == 422


def test_a_reason_that_is_added_decides_nothing_and_shows_beside_the_vote(client: Any, world: World, begun: Any) -> None:
    records, round = begun
    cast_vote(world.reviewer_b, records[0], round, Verdict.INCLUDE)
    before = outcome(records[0], round)
    actions.add_reason(member=world.reviewer_a, record=records[0], round=round, reason=world.reason())
    assert outcome(records[0], round) == before
    client.force_login(world.reviewer_b.user)
    page = client.get(reverse("conflict", args=[world.review.slug, round.number, records[0].number])).content.decode()
    assert "Not relevant (added " in page
