"""The search log: sources, rounds, searches, and how hits stand beside what was found."""
import datetime

import pytest
from django.urls import reverse

from reviewapp.audit.models import Event
from screening.models import Search, SearchRound, Source
from screening.searches import actions
from screening.searches.queries import Counts, SearchLine, search_log, total_of
from screening.vocabulary import SourceKind
from tests.factories import World

pytestmark = pytest.mark.django_db
NEW = {"new_source": "x", "new_round": "y"}


@pytest.fixture
def at(world, client):
    client.force_login(world.librarian.user)
    return lambda name, *args: reverse(name, args=[world.review.slug, *args])


def kinds(world):
    return list(Event.objects.filter(review=world.review).order_by("seq").values_list("kind", flat=True))


def test_a_search_is_recorded_with_its_new_source_and_round_at_once(at, client, world):
    answer = client.post(
        at("search_new"),
        {"new_source": "Idunn", "new_platform": "", "new_kind": "database", "new_round": "Update 2020", "run_on": "2020-01-22",
         "run_by": "Librarian", "hits_exported": "14", "strategy": "1 støtte\n2  bedring\n\t3 1 AND 2"},
    )  # fmt: skip

    search = Search.objects.get(number=2)
    assert (answer.status_code, answer.url) == (303, at("search", 2))
    assert (search.source.name, search.search_round.name, search.search_round.is_update) == ("Idunn", "Update 2020", True)
    assert (search.hits_shown, search.hits_exported, search.run_on) == (None, 14, datetime.date(2020, 1, 22))
    assert search.strategy.replace("\r\n", "\n") == "1 støtte\n2  bedring\n\t3 1 AND 2"
    assert kinds(world)[-3:] == ["source:added", "search_round:added", "search:added"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "source"),
        ({"new_source": "CINAHL", "new_round": "x"}, "new_source"),
        (NEW | {"hits_shown": "-1"}, "hits_shown"),
        (NEW | {"hits_shown": "9" * 30}, "hits_shown"),
        (NEW | {"run_on": "31.2.18"}, "run_on"),
        (NEW | {"new_source": "a\x00"}, "new_source"),
        ({"source": "999999", "new_round": "y"}, "source"),
        ({"source": "x"}, "source"),
    ],
)
def test_what_cannot_be_right_is_said_and_nothing_is_kept(at, client, world, sent, field):
    answer = client.post(at("search_new"), sent)

    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.text
    assert Search.objects.count() == 1
    assert Source.objects.count() == 1


def test_a_source_of_another_review_cannot_be_chosen(at, client, world):
    other = World("other")

    assert client.post(at("search_new"), {"source": other.source.pk, "search_round": world.search_round.pk}).status_code == 422
    assert client.post(at("search_edit", 1), {"source": other.source.pk, "search_round": other.search_round.pk}).status_code == 422


def test_a_correction_keeps_what_changed_in_the_event(at, client, world):
    sent = {"source": world.source.pk, "search_round": world.search_round.pk, "hits_exported": "12", "number": "77", "review": "5"}
    assert client.post(at("search_edit", 1), sent).status_code == 303
    assert client.post(at("search_edit", 1), sent).status_code == 303

    changed = Event.objects.filter(kind="search:changed").get()
    assert changed.data == {"search": 1, "hits_exported": [None, 12], "changed": ["hits_exported"]}
    assert Search.objects.get().number == 1


def test_sources_and_rounds_are_added_and_changed(at, client, world):
    assert client.post(at("source_new"), {"name": "Research network", "kind": "contacts", "straight_to_retrieval": "on"}).status_code == 303
    network = Source.objects.get(number=2)
    assert (network.kind, network.straight_to_retrieval) == (SourceKind.CONTACTS, True)
    assert client.post(at("source_new"), {"name": "research NETWORK", "kind": "contacts"}).status_code == 422
    assert client.post(at("source_edit", 2), {"name": "Colleagues", "kind": "contacts"}).status_code == 303
    assert client.post(at("search_round_new"), {"name": "Update 2020", "is_update": "on"}).status_code == 303
    assert SearchRound.objects.get(number=2).is_update
    assert kinds(world)[-3:] == ["source:added", "source:changed", "search_round:added"]


def test_an_empty_log_says_what_comes_next(client):
    world = World("empty")
    Search.objects.all().delete()
    for member, word in ((world.librarian, "Record a search"), (world.observer, "They appear here.")):
        client.force_login(member.user)
        assert word in client.get(reverse("searches", args=[world.review.slug])).text


def line(hits, found, **more):
    class OfFiles(SearchLine):
        reading: list = []
        stopped: list = []
        unmapped: list = []

    search = Search(hits_exported=hits, gap_reason=more.pop("gap_reason", ""))
    return OfFiles(search, files=[None], counts=Counts(found, **more))


@pytest.mark.parametrize(
    ("given", "state", "gap"),
    [
        (line(10, 10), "fits", 0),
        (line(11, 10), "gap", -1),
        (line(9, 10), "gap", 1),
        (line(9, 10, gap_reason="one came later"), "explained", 1),
        (line(10, 11, not_reference=1), "fits", 0),
        (line(10, 10, unreadable=1), "fits", 0),
        (line(10, 10, look=1), "look", 0),
        (line(None, 10), "unknown", None),
    ],
)
def test_the_last_column_says_one_thing(given, state, gap):
    assert (given.state, given.gap) == (state, gap)


def test_the_sum_says_when_hits_are_unknown(world):
    actions.add_search(world.librarian, source=world.source, search_round=world.search_round, hits_exported=5)
    lines = [one for round in search_log(world.review) for one in round.lines]

    assert (total_of(lines).hits, total_of(lines).unknown) == (5, True)
    assert (total_of(lines[1:]).hits, total_of(lines[1:]).unknown) == (5, False)
