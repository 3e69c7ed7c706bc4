"""A search recorded by mistake leaves the log while nothing refers to it, and what was written about it stays in the history."""

from io import BytesIO

import pytest
from django.urls import reverse

from reviewapp.audit.actions import broken_links
from reviewapp.audit.models import Event
from screening.importing import actions as importing
from screening.models import Search
from screening.searches import actions
from tests.screening.importing.conftest import ris

pytestmark = pytest.mark.django_db


@pytest.fixture
def mistaken(world):
    return actions.add_search(
        world.librarian, source=world.search.source, search_round=world.search.search_round, strategy="walk* AND mood", hits_shown=12
    )


def test_an_empty_search_leaves_the_log_and_its_words_stay_in_the_history(world, mistaken):
    actions.remove_search(world.librarian, mistaken)
    assert not Search.objects.filter(pk=mistaken.pk).exists()
    event = Event.objects.get(review=world.review, kind="search:removed")
    assert event.data["search"] == mistaken.number
    assert event.data["fields"]["hits_shown"] == "12"
    assert event.text.text == "walk* AND mood"
    assert broken_links(world.review) == []


def test_its_number_is_not_given_again(world, mistaken):
    actions.remove_search(world.librarian, mistaken)
    again = actions.add_search(world.librarian, source=world.search.source, search_round=world.search.search_round)
    assert again.number == mistaken.number + 1


@pytest.mark.parametrize("how", ["file", "later run"])
def test_what_something_refers_to_stays(world, mistaken, how):
    if how == "file":
        importing.receive(world.librarian, mistaken, BytesIO(ris("A paper")), "export.ris")
    else:
        actions.repeat_search(world.librarian, mistaken, search_round=mistaken.search_round)
    with pytest.raises(actions.NotEmpty, match="stays in the log"):
        actions.remove_search(world.librarian, mistaken)
    assert Search.objects.filter(pk=mistaken.pk).exists()
    assert not Event.objects.filter(review=world.review, kind="search:removed").exists()


def test_the_page_asks_first_and_offers_it_only_for_an_empty_search(world, mistaken, client):
    client.force_login(world.librarian.user)
    ask = reverse("search_remove", args=[world.review.slug, mistaken.number])
    assert ask in client.get(reverse("search", args=[world.review.slug, mistaken.number])).content.decode()
    assert "Keep it" in client.get(ask).content.decode()
    assert Search.objects.filter(pk=mistaken.pk).exists()
    assert client.post(ask).url == reverse("searches", args=[world.review.slug])
    assert client.get(ask).status_code == 404
    world.upload()
    other = reverse("search_remove", args=[world.review.slug, world.search.number])
    assert other not in client.get(reverse("search", args=[world.review.slug, world.search.number])).content.decode()
    assert client.post(other).status_code == 409
