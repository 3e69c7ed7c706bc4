"""Lists walked by the last row seen."""
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.http import QueryDict
from django.test import RequestFactory

from reviewapp.accounts.models import User
from reviewapp.web.keyset import Slice, slice_of, slice_of_list

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


ROWS = [("berg", 4), ("berg", 7), ("åse", 1), ("åse", 2), ("åse", 3), ("øye", 5), ("øye", 6)]


def part_of(query: str = "", rows: list[tuple[str, int]] = ROWS, **more: Any) -> Slice[tuple[str, int]]:
    return slice_of_list(QueryDict(query.removeprefix("?")), rows, key=lambda row: row, size=3, **more)


def test_a_list_at_hand_is_walked_the_same_way() -> None:
    first = part_of("show=wide")
    middle = part_of(first.next_url)
    last = part_of(middle.next_url)

    assert [first.items, middle.items, last.items] == [ROWS[:3], ROWS[3:6], ROWS[6:]]
    assert (first.previous_url, last.next_url) == ("", "")
    assert part_of(last.previous_url).items == ROWS[3:6]
    assert part_of(middle.previous_url).items == ROWS[:3]
    assert parse_qs(last.previous_url[1:])["show"] == ["wide"]


def test_a_list_opens_where_the_chosen_row_is_and_bears_any_mark() -> None:
    assert part_of(holding=ROWS[5]).items == ROWS[3:6]
    assert part_of(holding=("gone", 9)).items == ROWS[:3]
    assert part_of("after=%7Bbroken", rows=[]).items == []
    for mark in ("W10=", "WzEsMl0=", "bnVsbA==", "eyJhIjoxfQ=="):  # [], [1,2], null, an object
        assert part_of(f"after={mark}").items == ROWS[:3]


def test_behind_what_left_the_list_is_its_last_page() -> None:
    link = part_of(part_of().next_url).next_url

    assert part_of(link, rows=ROWS[:4]).items == ROWS[1:4]
