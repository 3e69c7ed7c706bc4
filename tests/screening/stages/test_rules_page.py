"""The rules of a stage: what a change would do, as far as the owner may know it; presets; what votes come to, as a table."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from reviewapp.reviews.vocabulary import Role
from screening.vocabulary import Verdict
from tests.factories import World, member
from tests.fixtures import cast_vote

pytestmark = pytest.mark.django_db
FORM = {"votes_needed": "1", "maybe_counts_as_include": "on", "who_settles": "consensus", "opens": "when_in", "opens_after_minutes": "0"}


class Undone(Exception):
    pass


def preview(client: Any, world: World, **changes: str) -> str:
    """What the page says that a change would do."""
    page = client.post(reverse("rules", args=[world.review.slug, 1]), FORM | changes).content.decode()
    found = re.search(r'<div class="notice is-wait".*?</div></div>', page, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>|\s+", " ", found.group())


@pytest.mark.parametrize("votes", [True, False])
def test_a_preview_tells_nothing_of_votes_that_are_not_open(client: Any, votes: bool) -> None:
    world = World()
    owner = member(world.review, Role.OWNER, Role.REVIEWER) if votes else world.owner
    one, two = world.records(2)
    round = world.open_round(team=[owner, world.reviewer_b] if votes else None)
    if votes:
        cast_vote(owner, two, round, Verdict.INCLUDE)
    client.force_login(owner.user)
    said = []
    for verdict in (None, Verdict.INCLUDE, Verdict.EXCLUDE):
        try:
            with transaction.atomic():
                if verdict is not None:
                    cast_vote(world.reviewer_b, one, round, verdict)
                    cast_vote(world.reviewer_b, two, round, Verdict.INCLUDE) if not votes else None
                said.append(preview(client, world))
                raise Undone
        except Undone:
            pass
    assert len(set(said)) == 1, said
    assert "2 records of open rounds are not open to you" in said[0]


def test_a_preview_counts_what_is_open(client: Any) -> None:
    world = World()
    owner = member(world.review, Role.OWNER, Role.REVIEWER)
    one, two = world.records(2)
    round = world.open_round(team=[owner, world.reviewer_b])
    for who, verdict in ((owner, Verdict.MAYBE), (world.reviewer_b, Verdict.INCLUDE)):
        cast_vote(who, one, round, verdict)
    cast_vote(world.reviewer_b, two, round, Verdict.MAYBE)
    client.force_login(owner.user)
    said = preview(client, world, votes_needed="2", maybe_counts_as_include="")
    assert "1: goes on → maybe: to settle" in said
    assert "1 record of open rounds is not open to you" in said


def test_presets_fill_the_form_and_change_nothing(client: Any) -> None:
    world = World()
    client.force_login(world.owner.user)
    address = reverse("rules", args=[world.review.slug, 1])
    assert "checked" in re.search(r'<input[^>]*name="maybe_counts_as_include"[^>]*>', client.get(address).content.decode()).group()
    page = client.get(address + "?like=rayyan").content.decode()
    assert "Nothing is changed yet" in page
    assert "checked" not in re.search(r'<input[^>]*name="maybe_counts_as_include"[^>]*>', page).group()
    assert '<option value="at_close" selected>' in page
    assert client.get(address + "?like=nobody").status_code == 200
    assert client.get(reverse("rules", args=[world.review.slug, 2]) + "?like=rayyan").status_code == 200


@pytest.mark.parametrize(
    ("needed", "majority", "line"),
    [
        ("2", "", "include + exclude conflict conflict"), ("2", "", "include + maybe goes on maybe: to settle"),
        ("2", "", "maybe + exclude conflict maybe: to settle"), ("2", "", "exclude + exclude excluded excluded"),
        ("3", "on", "include + maybe + exclude goes on conflict"), ("3", "", "include + maybe + exclude conflict conflict"),
        ("1", "", "maybe goes on maybe: to settle"),
    ],
)  # fmt: skip
def test_the_table_says_what_votes_come_to(client: Any, needed: str, majority: str, line: str) -> None:
    world = World()
    client.force_login(world.owner.user)
    page = client.post(reverse("rules", args=[world.review.slug, 1]), FORM | {"votes_needed": needed, "majority": majority}).content.decode()
    rows = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)]
    assert line in rows
