"""The list of records, the history of one, corrections, removal, and one's own votes."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from screening.outcomes import merging
from screening.records.sentences import SENTENCES, sentence
from screening.vocabulary import Verdict
from tests.factories import World
from tests.fixtures import cast_vote

pytestmark = pytest.mark.django_db


def client(member: Any) -> Client:
    found = Client()
    found.force_login(member.user)
    return found


def url(world: World, name: str, *args: Any) -> str:
    return reverse(name, args=[world.review.slug, *args])


def titles(response: Any) -> list[str]:
    return [record.title for record in response.context["slice"].items]


def test_outcomes_are_listed_only_for_who_may_know_them(world: World) -> None:
    record = world.record("Settled")
    round = world.open_round()
    for member in (world.reviewer_a, world.reviewer_b):
        cast_vote(member, record, round, Verdict.INCLUDE)
    assert titles(client(world.librarian).get(url(world, "records") + "?outcome=goes_on")) == ["Settled"]
    strict = World("strict", opens="at_close")
    record, round = strict.record("Hidden"), strict.open_round()
    for member in (strict.reviewer_a, strict.reviewer_b):
        cast_vote(member, record, round, Verdict.INCLUDE)
    for member in (strict.librarian, strict.reviewer_a, strict.owner):
        assert titles(client(member).get(url(strict, "records") + "?outcome=goes_on")) == []


def test_history_of_a_record_shows_files_merges_and_only_open_votes(world: World) -> None:
    one, two = world.records(2)
    merging.merge(one, two, by=world.librarian, rule="person")
    round = world.open_round()
    cast_vote(world.reviewer_b, one, round, Verdict.EXCLUDE, note="Secret words")
    page = client(world.reviewer_a).get(url(world, "record", one.number)).content.decode()
    assert "2 entries in 1 file" in page
    assert "merged into record" in page
    assert "Secret words" not in page
    cast_vote(world.reviewer_a, one, round, Verdict.EXCLUDE)
    assert "Secret words" in client(world.reviewer_a).get(url(world, "record", one.number)).content.decode()
    assert "Secret words" not in client(world.librarian).get(url(world, "record", one.number)).content.decode()
    moved = client(world.reviewer_a).get(url(world, "record", two.number))
    assert (moved.status_code, moved.headers["Location"]) == (301, url(world, "record", one.number))


def test_a_merge_is_undone_in_one_word_everywhere(world: World) -> None:
    one, two = world.record("Recovery at home"), world.record("Recovery at home")
    merge = merging.merge(one, two, by=world.owner, rule="person", score=None, evidence=[])
    pages = [url(world, "record", one.number), url(world, "merges"), url(world, "merge_undo", merge.number)]
    before = [client(world.owner).get(page).content.decode() for page in pages]
    assert all("Undo merge" in page for page in before)
    merging.undo(merge, by=world.owner, why="Two papers")
    after = [client(world.owner).get(page).content.decode() for page in [*pages, url(world, "history")]]
    assert all("undone" in page or "undid the merge" in page for page in after)
    assert not any("taken back" in page or "the merge back" in page.lower() for page in before + after)


def test_field_is_corrected_and_the_file_keeps_its_words(world: World) -> None:
    record = world.record("A tipo", year=2015)
    place = url(world, "record_edit", record.number)
    assert client(world.librarian).post(place, {"title": "A typo", "year": "20x5"}).status_code == 422
    assert client(world.librarian).post(place, {"title": "A typo", "year": "2016"}).status_code == 303
    record.refresh_from_db()
    assert (record.title, record.year, record.source_record.title) == ("A typo", 2016, "A tipo")
    assert record.abstract == "Words."
    page = client(world.librarian).get(url(world, "history")).content.decode()
    assert "corrected the field title" in page


def test_record_is_removed_and_put_back(world: World) -> None:
    record = world.record()
    assert client(world.librarian).post(url(world, "record_remove", record.number), {"reason": "taste"}).status_code == 422
    assert client(world.librarian).post(url(world, "record_remove", record.number), {"reason": "notice"}).status_code == 303
    assert titles(client(world.librarian).get(url(world, "records") + "?show=removed")) == [record.title]
    assert client(world.librarian).post(url(world, "record_restore", record.number)).status_code == 303
    assert titles(client(world.librarian).get(url(world, "records") + "?show=removed")) == []


def test_history_hides_what_is_not_open(world: World) -> None:
    record, round = world.record(), world.open_round()
    cast_vote(world.reviewer_b, record, round, Verdict.INCLUDE)
    assert "voted include" not in client(world.reviewer_a).get(url(world, "history")).content.decode()
    assert "voted include" in client(world.reviewer_b).get(url(world, "history")).content.decode()
    of_record = client(world.reviewer_b).get(url(world, "history") + f"?record={record.number}").content.decode()
    assert "opened the round" not in of_record
    assert "voted include" in of_record


def test_my_votes_are_mine_alone(world: World) -> None:
    record, round = world.record("=SUM(A1)"), world.open_round()
    cast_vote(world.reviewer_a, record, round, Verdict.INCLUDE)
    cast_vote(world.reviewer_b, record, round, Verdict.EXCLUDE, note="Not yours")
    response = client(world.reviewer_a).get(url(world, "my_votes_csv"))
    text = b"".join(response).decode()
    assert "include" in text
    assert "Not yours" not in text
    assert ",=SUM" not in text


def test_who_may_and_how(world: World, outsider: Any) -> None:
    record, other = world.record(), World("elsewhere")
    gets = {"records": (), "record": (record.number,), "history": (), "record_edit": (record.number,), "my_votes_csv": ()}
    posts = {"record_remove": (record.number,), "record_restore": (record.number,)}
    strange = Client()
    strange.force_login(outsider)
    for names, verb, wrong in ((gets, "get", "put"), (posts, "post", "get")):
        for name, args in names.items():
            place = url(world, name, *args)
            assert getattr(Client(), verb)(place).status_code == 302, name
            assert getattr(strange, verb)(place).status_code == 404, name
            assert getattr(client(other.owner), verb)(place).status_code == 404, name
            assert getattr(client(world.owner if name != "my_votes_csv" else world.reviewer_a), wrong)(place).status_code == 405, name
            if args:
                assert getattr(client(other.librarian), verb)(place.replace(world.review.slug, other.review.slug)).status_code == 404, name
    for name, member in {"record_edit": world.observer, "my_votes_csv": world.librarian}.items():
        assert client(member).get(url(world, name, *gets[name])).status_code == 403
    for name in posts:
        assert client(world.reviewer_a).post(url(world, name, record.number)).status_code == 403


def test_queries_of_the_list_do_not_grow(world: World) -> None:
    counts = []
    for n in (3, 30):
        world.records(n)
        reader = client(world.reviewer_a)
        with CaptureQueriesContext(connection) as caught:
            reader.get(url(world, "records"), HTTP_HX_REQUEST="true")
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 10


@pytest.mark.parametrize("kind", [*SENTENCES, "thing:done_oddly"])
def test_each_kind_of_event_is_a_sentence(kind: str) -> None:
    assert sentence(kind, {"verdict": "include", "roles": ["owner"], "count": 1234})
    assert "%(" not in sentence(kind, {})
