"""Non-interference (I13, I14): two worlds that differ only in what reviewer B did look the same to whom it is not open.

Over every address that answers GET, as each role: status, headers, body after the normalisation of normal.py, and the SQL statements'
number. One database, one review, with a savepoint for each world: ids, numbers and slugs are equal.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from screening.overview import context
from screening.stages import actions as stages
from screening.vocabulary import Opens, Verdict
from tests.access.addresses import of_reviews, path_of
from tests.access.conftest import call, quiet
from tests.access.whole import Whole
from tests.blinding.normal import normalised
from tests.fixtures import cast_vote

Seen = dict[str, tuple[Any, int]]
Deed = Callable[[Whole], Any]
#: The rail is on every page and costs more than most: it is compared on these.
WITH_RAIL = {"overview", "screening"}
#: The same page asked in other ways: filters, orders and searches must not tell either.
QUERIES = {
    "records": (
        "?q=title", "?q=agaveplanten", "?outcome=goes_on", "?outcome=excluded", "?outcome=included", "?mine=undecided", "?show=removed",
    ),
    "conflicts": ("?show=all", "?show=settled"),
    "history": ("?record=1",),
    "prisma_records": (),
    "fulltext": ("?show=all",),
}
BOXES = ("records_screened", "records_excluded", "waiting", "dbr_sought_reports", "new_studies")
usefixtures = pytest.mark.usefixtures("quiet")
pytestmark = [pytest.mark.django_db, usefixtures]
__all__ = ["quiet"]


class Undone(Exception):
    pass


def includes(whole: Whole) -> Any:
    return cast_vote(whole.reviewer_b, whole.untouched, whole.round, Verdict.INCLUDE)


def excludes(whole: Whole) -> Any:
    return cast_vote(whole.reviewer_b, whole.untouched, whole.round, Verdict.EXCLUDE, reason=whole.reason())


def says_maybe_with_a_note(whole: Whole) -> Any:
    return cast_vote(whole.reviewer_b, whole.untouched, whole.round, Verdict.MAYBE, note="agaveplanten")


def both(whole: Whole, deed: Deed) -> None:
    """Reviewer A has voted too, so that all needed votes are in."""
    cast_vote(whole.reviewer_a, whole.untouched, whole.round, Verdict.INCLUDE, key="my-own-key")
    deed(whole)


DEEDS: tuple[Deed, ...] = (includes, excludes, says_maybe_with_a_note)


@pytest.fixture(autouse=True)
def rail_on_some_pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Give the set that says whether the rail is drawn now."""
    real, wanted = context.rail, set()
    monkeypatch.setattr(context, "rail", lambda member: real(member) if wanted else [])
    return wanted


def paths(whole: Whole) -> Iterator[tuple[str, str]]:
    """Give every address that answers GET, with the record in question wherever a record stands."""
    args = whole.args | {"clash": whole.args["record"]}
    for address, row in of_reviews():
        if not address.gets:
            continue
        path = path_of(address, row, args)
        for query in ("", *QUERIES.get(address.name, ())):
            yield address.name, path + query
    for box in BOXES:
        yield "prisma_records", reverse("prisma_records", args=[whole.review.slug, box])


def look(whole: Whole, member: Any, rail: set[str]) -> Seen:
    """Look at everything, as this member."""
    client = Client(raise_request_exception=False)
    client.force_login(member.user)
    seen: Seen = {}
    for name, path in paths(whole):
        rail.clear()
        rail.update({name} & WITH_RAIL)
        with CaptureQueriesContext(connection) as statements:
            answer = call(client, "GET", path)
        assert answer.status_code < 500, path
        seen[path] = (normalised(answer), len(statements))
    return seen


def world_after(deed: Callable[[], Any], look: Callable[[], Any]) -> Any:
    """Do something, look, and take it back."""
    try:
        with transaction.atomic():
            deed()
            found = look()
            raise Undone
    except Undone:
        return found


def differences(worlds: list[Seen]) -> list[str]:
    """Say where two worlds differ, and how."""
    first = worlds[0]
    found = []
    for path, (answer, statements) in first.items():
        for other in worlds[1:]:
            their_answer, their_statements = other[path]
            if answer != their_answer:
                at = next((i for i, (a, b) in enumerate(zip(answer[2], their_answer[2], strict=False)) if a != b), 0)
                here, there = answer[2][max(0, at - 80) : at + 60], their_answer[2][max(0, at - 80) : at + 60]
                found.append(f"{path}: {answer[0]} {here!r}\n    {their_answer[0]} {there!r}")
                break
            if statements != their_statements:
                found.append(f"{path}: {statements} statements, {their_statements}")
                break
    return found


@pytest.mark.parametrize(
    ("who", "deeds"),
    [
        ("reviewer_a", DEEDS), ("reviewer_c", DEEDS[1:]), ("owner", DEEDS[:2]), ("adjudicator", DEEDS[:2]), ("librarian", DEEDS[:2]),
        ("observer", DEEDS[1:]),
    ],
)  # fmt: skip
def test_what_another_voted_shows_nowhere(who: str, deeds: tuple[Deed, ...], rail_on_some_pages: set[str]):
    whole = Whole(opens_after_minutes=10)
    member = getattr(whole, who)
    worlds = [world_after(lambda deed=deed: deed(whole), lambda: look(whole, member, rail_on_some_pages)) for deed in deeds]
    assert not (found := differences(worlds)), "\n".join(found)


def test_after_both_voted_and_before_the_time_nothing_shows(rail_on_some_pages: set[str]):
    """The ten-minute rule: a slip can still be undone blind, and what became of the record tells nothing."""
    whole = Whole(opens_after_minutes=10)

    member = whole.reviewer_a
    worlds = [world_after(lambda deed=deed: both(whole, deed), lambda: look(whole, member, rail_on_some_pages)) for deed in DEEDS[:2]]
    assert not (found := differences(worlds)), "\n".join(found)


@pytest.mark.parametrize("who", ["owner"])
def test_where_votes_open_at_the_close_outcomes_show_to_nobody_before(who: str, rail_on_some_pages: set[str]):
    whole = Whole(opens_after_minutes=10)
    stages.set_rules(whole.owner, whole.abstracts, opens=Opens.AT_CLOSE)
    member = getattr(whole, who)

    worlds = [world_after(lambda deed=deed: both(whole, deed), lambda: look(whole, member, rail_on_some_pages)) for deed in DEEDS[:2]]
    assert not (found := differences(worlds)), "\n".join(found)


@pytest.mark.parametrize("htmx", [False, True])
def test_the_answer_to_ones_own_vote_is_the_same_whatever_others_voted(htmx: bool):
    whole = Whole(opens_after_minutes=10)
    path = reverse("vote", args=[whole.review.slug, whole.round.number, whole.untouched.number])
    headers = {"HX-Request": "true"} if htmx else {}

    def answer() -> Any:
        client = Client()
        client.force_login(whole.reviewer_a.user)
        with CaptureQueriesContext(connection) as statements:
            response = call(client, "POST", path, {"verdict": "include", "key": "k" * 20, "seen": ""}, headers=headers)
        assert response.status_code < 400
        return {path: (normalised(response), len(statements))}

    nothing_said = world_after(lambda: None, answer)
    worlds = [world_after(lambda deed=deed: deed(whole), answer) for deed in DEEDS]
    found = [line for line in differences([nothing_said, *worlds]) if "statements" not in line]
    assert not found, "\n".join(found)


def test_the_two_worlds_do_differ_once_the_record_is_open(rail_on_some_pages: set[str]):
    """The instrument sees: with the rule at once, both votes in, the voter's pages tell the difference."""
    whole = Whole(opens_after_minutes=0)

    member = whole.reviewer_a
    worlds = [world_after(lambda deed=deed: both(whole, deed), lambda: look(whole, member, rail_on_some_pages)) for deed in DEEDS[:2]]
    assert differences(worlds)
