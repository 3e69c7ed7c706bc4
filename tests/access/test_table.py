"""Who gets what from every address: the table, kept true."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from tests.access.addresses import addresses, of_reviews, path_of
from tests.access.conftest import call
from tests.access.table import SITE, TABLE, Who
from tests.access.whole import Whole
from tests.blinding.normal import normalised

ROLES = {
    Who.OWNER: "owner", Who.REVIEWER: "reviewer_a", Who.ADJUDICATOR: "adjudicator", Who.LIBRARIAN: "librarian", Who.OBSERVER: "observer",
}  # fmt: skip
REFUSED = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
pytestmark = pytest.mark.django_db


def test_every_address_has_its_row_and_every_row_an_address():
    here = {address.name: address for address in addresses()}
    rows = TABLE.keys() | SITE.keys()
    assert not here.keys() - rows, "without a row in tests/access/table.py: " + ", ".join(sorted(here.keys() - rows))
    assert not rows - here.keys(), "rows without an address: " + ", ".join(sorted(rows - here.keys()))
    misplaced = [name for name, address in here.items() if address.in_review is not (name in TABLE)]
    assert not misplaced


def test_every_address_of_a_review_asks_for_a_right():
    """One that does not go through member_may is found here, whatever its row says."""
    assert not [address.name for address in addresses() if address.in_review and not getattr(address.view, "rights", None)]


@pytest.mark.parametrize("who", [who if who in (Who.OWNER, Who.REVIEWER) else pytest.param(who, marks=pytest.mark.once) for who in Who])
def test_each_role_gets_what_the_table_says(whole: Whole, caller: Any, who: Who):
    client = caller(getattr(whole, ROLES[who]))
    wrong = []
    for address, row in of_reviews():
        for method in ("GET", "POST"):
            if method not in address.methods:
                continue
            answer = call(client, method, path_of(address, row, whole.args))
            allowed = who in (row.post if method == "POST" and row.post is not None else row.roles)
            refusal = HTTPStatus.NOT_FOUND if who in row.hidden and method == "GET" else HTTPStatus.FORBIDDEN
            fits = answer.status_code not in REFUSED and answer.status_code < 500 if allowed else answer.status_code == refusal
            if not fits:
                wrong.append(f"{method} {address.name}: {answer.status_code}, the table says {'yes' if allowed else refusal.value}")
    assert not wrong, "\n".join(wrong)


def test_to_strangers_and_former_members_a_review_is_like_one_that_never_was(whole: Whole, caller: Any, stranger: Any):
    """I16, I17: the same 404 to the last byte, to former owners too."""
    wrong = []
    for who in (stranger, whole.gone):
        client = caller(who)
        for address, row in of_reviews():
            for method in address.methods:
                there = call(client, method, path_of(address, row, whole.args))
                never = call(client, method, path_of(address, row, whole.args, slug="never-was"))
                same = normalised(there, slug=whole.review.slug) == normalised(never, slug="never-was")
                if there.status_code != HTTPStatus.NOT_FOUND or not same:
                    wrong.append(f"{method} {address.name}: {there.status_code}, never was: {never.status_code}")
    assert not wrong, "\n".join(wrong)


def test_a_deleted_review_is_gone_for_its_owner_too(whole: Whole, caller: Any):
    from reviewapp.reviews.actions import delete_review

    delete_review(whole.owner, why="A try")
    client = caller(whole.owner)
    codes = {call(client, address.methods[0], path_of(address, row, whole.args)).status_code for address, row in of_reviews()}
    assert codes == {HTTPStatus.NOT_FOUND}


def test_nobody_is_sent_to_sign_in(whole: Whole, caller: Any):
    client = caller()
    wrong = []
    for address, row in of_reviews():
        for method in address.methods:
            answer = call(client, method, path_of(address, row, whole.args))
            if answer.status_code != HTTPStatus.FOUND or urlsplit(answer.url).path != reverse("account_login"):
                wrong.append(f"{method} {address.name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_addresses_outside_reviews(whole: Whole, caller: Any, stranger: Any):
    wrong = []
    for address in addresses():
        row = SITE.get(address.name)
        if row is None or "GET" not in address.methods:
            continue
        for who, expected in ((stranger, row.signed_in), (None, row.nobody)):
            answer = call(caller(who), "GET", path_of(address, row, whole.args))
            if answer.status_code != expected:
                wrong.append(f"{address.name}, {'signed in' if who else 'nobody'}: {answer.status_code}, the table says {expected}")
            posted = call(caller(who), "POST", path_of(address, row, whole.args))
            if posted.status_code >= 500:
                wrong.append(f"POST {address.name}: {posted.status_code}")
    assert not wrong, "\n".join(wrong)


def test_a_right_that_was_taken_away_is_gone_with_the_next_request(whole: Whole, caller: Any):
    from reviewapp.reviews.actions import change_roles, end_membership
    from reviewapp.reviews.vocabulary import Role

    client = caller(whole.librarian)
    path = reverse("search_new", args=[whole.review.slug])
    assert client.get(path).status_code == HTTPStatus.OK
    change_roles(whole.owner, whole.librarian, roles=[Role.OBSERVER])
    assert client.get(path).status_code == HTTPStatus.FORBIDDEN
    end_membership(whole.owner, whole.librarian)
    assert client.get(path).status_code == HTTPStatus.NOT_FOUND


def test_refusals_are_kept_in_the_access_log(whole: Whole, caller: Any):
    from reviewapp.audit.models import Access

    caller(whole.observer).get(path_of(*next(pair for pair in of_reviews() if pair[0].name == "settings"), whole.args))
    assert Access.objects.filter(what="refused", user=whole.observer.user, review=whole.review).count() == 1


def test_only_the_third_reviewer_rules(whole: Whole, caller: Any):
    path = reverse("conflict_rule", args=[whole.review.slug, whole.round.number, whole.clash.number])
    data = {"verdict": "exclude", "text": "Outside the aims"}
    assert call(caller(whole.reviewer_a), "POST", path, data).status_code == HTTPStatus.FORBIDDEN
    assert call(caller(whole.adjudicator), "POST", path, data).status_code < HTTPStatus.BAD_REQUEST


def test_only_voters_propose(whole: Whole, caller: Any):
    path = reverse("conflict_propose", args=[whole.review.slug, whole.round.number, whole.clash.number])
    data = {"verdict": "exclude", "text": "Outside the aims"}
    assert call(caller(whole.adjudicator), "POST", path, data).status_code == HTTPStatus.FORBIDDEN
    assert call(caller(whole.reviewer_a), "POST", path, data).status_code < HTTPStatus.BAD_REQUEST
