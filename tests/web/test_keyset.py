"""Lists walked by the last row seen."""
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import RequestFactory

from reviewapp.accounts.models import User
from reviewapp.web.keyset import Slice, slice_of

pytestmark = pytest.mark.django_db
ORDER = ("-text_size", "username")


@pytest.fixture
def people() -> list[str]:
    """Eight people in three sizes; the names in the order of the list."""
    User.objects.bulk_create(User(username=f"p{n}", text_size=15 + n % 3) for n in range(8))
    return list(User.objects.order_by(*ORDER).values_list("username", flat=True))


def walk(query: str = "", size: int = 3) -> Slice[User]:
    return slice_of(RequestFactory().get(f"/{query}"), User.objects.all(), order=ORDER, size=size)


def names(part: Slice[Any]) -> list[str]:
    return [user.username for user in part.items]


def test_forwards_every_row_comes_once(people: list[str]) -> None:
    seen, query = [], ""
    while True:
        part = walk(query)
        seen += names(part)
        if not part.next_url:
            break
        query = part.next_url

    assert seen == people


def test_backwards_leads_to_the_same_pages(people: list[str]) -> None:
    last = walk(walk(walk().next_url).next_url)
    middle = walk(last.previous_url)
    first = walk(middle.previous_url)

    assert (names(first), names(middle), names(last)) == (people[:3], people[3:6], people[6:])
    assert first.previous_url == ""


def test_rows_added_before_the_mark_move_nothing(people: list[str]) -> None:
    link = walk().next_url
    User.objects.create(username="a-new-one", text_size=21)

    assert names(walk(link)) == people[3:6]


def test_other_parts_of_the_address_stay(people: list[str]) -> None:
    assert parse_qs(walk("?q=peer").next_url[1:])["q"] == ["peer"]


@pytest.mark.parametrize("mark", ["rubbish", "W10=", "e30=", "WzEsMl0", "W251bGwsMV0=", "WyJ4IiwicDEiXQ==", "æ"])
def test_broken_mark_gives_the_first_page(people: list[str], mark: str) -> None:
    assert names(walk(f"?after={mark}")) == people[:3]


def test_list_that_fits_has_no_neighbours(people: list[str]) -> None:
    part = walk(size=8)

    assert (len(part.items), part.previous_url, part.next_url) == (8, "", "")


def test_empty_list_is_empty() -> None:
    assert walk() == Slice([], "", "")


def test_page_costs_one_query_without_offset(people: list[str], django_assert_num_queries: Any) -> None:
    link = walk().next_url
    with django_assert_num_queries(1) as queries:
        walk(link)

    assert "OFFSET" not in queries[0]["sql"]
