"""The screening page: votes by plain forms and by htmx, refusals, undo, roles, and that nothing of others shows."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from screening import visibility
from screening.models import HighlightList
from screening.stages import actions as stages
from screening.vocabulary import Verdict
from tests.factories import World
from tests.fixtures import cast_vote

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


class Screen:
    """A review with an open round, and the ways a page would post to it."""

    def __init__(self, n: int = 6, **rules: Any) -> None:
        self.world = World(**rules)
        self.records = self.world.records(n, abstract="BACKGROUND: Recovery of adults. METHODS: Interviews <b>now</b>.")
        self.round = self.world.open_round()

    def client(self, member: Any = None) -> Client:
        client = Client()
        client.force_login((member or self.world.reviewer_a).user)
        return client

    def url(self, name: str, *args: Any) -> str:
        return reverse(name, args=[self.world.review.slug, *args])

    def vote_url(self, record: Any) -> str:
        return self.url("vote", self.round.number, record.number)

    def sent(self, **fields: Any) -> dict[str, Any]:
        return {"verdict": "include", "key": uuid4().hex, "seen": "", "next": "screen", **fields}

    def mine(self, member: Any = None) -> list[Any]:
        return list(visibility.my_votes(member or self.world.reviewer_a, self.round))


@pytest.fixture
def screen(db: None) -> Screen:
    return Screen()


def page_fields(html: str) -> dict[str, str]:
    """The hidden fields of the decision form, as a browser without scripts would send them."""
    form = html[html.index('id="decision"') :]
    return {name: re.search(rf'name="{name}" value="([^"]*)"', form).group(1) for name in ("key", "seen")} | {  # type: ignore[union-attr]
        "action": re.search(r'<form class="bar" id="decision" method="post" action="([^"]+)"', html).group(1)  # type: ignore[union-attr]
    }


def test_plain_form_votes_and_goes_on_to_the_next_card(screen: Screen) -> None:
    client = screen.client()
    for expected in range(1, 7):
        html = client.get(screen.url("screen", screen.round.number)).content.decode()
        fields = page_fields(html)
        response = client.post(fields.pop("action"), {**fields, "verdict": "include", "next": "screen"})
        assert response.status_code == 303
        assert len(screen.mine()) == expected
    html = client.get(screen.url("screen", screen.round.number)).content.decode()
    assert "You have voted on every record" in html


def test_a_page_with_scripts_is_told_that_its_vote_is_kept_and_fetches_cards_beside_it(screen: Screen) -> None:
    client = screen.client()
    response = client.post(screen.vote_url(screen.records[0]), screen.sent(), **HTMX)
    assert (response.status_code, response.content) == (204, b"")

    html = client.get(screen.url("screen", screen.round.number), **HTMX).content.decode()
    assert "<html" not in html
    for part in ("record-card", "decision", "screen-progress", "recent", "ahead", "my-note"):
        assert f'id="{part}"' in html
    assert 'data-voted="1"' in html
    assert re.search(r'id="rail-screening-note" hx-swap-oob="true">\s*5 wait for you', html), "the rail counts along"


def test_next_cards_come_without_those_at_hand_and_with_numbers_when_asked(screen: Screen) -> None:
    client, url = screen.client(), screen.url("next_cards", screen.round.number)
    have = ",".join(str(record.number) for record in screen.records[:4])
    html = client.get(f"{url}?have={have}", **HTMX).content.decode()
    assert sorted(re.findall(r'class="bundle" data-number="(\d+)"', html)) == [str(record.number) for record in screen.records[4:]]
    (order,) = re.findall(r'data-order="([\d,]*)"', html)
    assert sorted(order.split(","), key=int) == [str(record.number) for record in screen.records], "what is at hand keeps its place"
    assert "screen-progress" not in html
    assert 'data-voted="0"' in client.get(f"{url}?have={have}&line=1", **HTMX).content.decode()
    soon = client.get(f"{url}?have={screen.records[0].number}&soon=1", **HTMX).content.decode()
    assert 1 <= len(re.findall(r'class="bundle"', soon)) <= 3, "somebody waits: the next few only"
    assert client.get(f"{url}?have=,x,{'9' * 40},", **HTMX).status_code == 200
    assert client.get(f"{url}?have={'1,' * 600}", **HTMX).status_code == 422
    assert client.get(url).status_code == 303, "by hand: to the page"


def test_same_key_twice_is_one_vote(screen: Screen) -> None:
    client, fields = screen.client(), screen.sent()
    for _ in range(2):
        assert client.post(screen.vote_url(screen.records[0]), fields).status_code == 303
    assert len(screen.mine()) == 1


def test_vote_the_page_did_not_know_is_shown_with_both(screen: Screen) -> None:
    cast_vote(screen.world.reviewer_a, screen.records[0], screen.round, Verdict.EXCLUDE, key="known")
    for extra in ({}, HTMX):
        response = screen.client().post(screen.vote_url(screen.records[0]), screen.sent(note="Kept words"), **extra)
        html = response.content.decode()
        assert response.status_code == 409
        assert 'id="vote-notice"' in html
        assert "It stands as:" in html
        assert "Kept words" in html
    assert [v.verdict for v in screen.mine()] == [Verdict.EXCLUDE]
    taken = screen.client().post(screen.vote_url(screen.records[0]), screen.sent(seen="known"))
    assert taken.status_code == 303
    assert [v.verdict for v in screen.mine()] == [Verdict.INCLUDE]


def test_late_vote_is_kept_and_said(screen: Screen) -> None:
    stages.close_round(screen.world.owner, screen.round)
    response = screen.client().post(screen.vote_url(screen.records[0]), screen.sent(note="Late words"), **HTMX)
    assert response.status_code == 409
    assert "late votes" in response.content.decode()
    assert "Late words" in response.content.decode()
    assert screen.mine() == []


def test_change_after_others_votes_are_open_asks_why(screen: Screen) -> None:
    world, record = screen.world, screen.records[0]
    cast_vote(world.reviewer_a, record, screen.round, Verdict.INCLUDE, key="first")
    cast_vote(world.reviewer_b, record, screen.round, Verdict.EXCLUDE)
    fields = screen.sent(verdict="exclude", seen="first")
    refused = screen.client().post(screen.vote_url(record), fields)
    assert refused.status_code == 422
    assert 'name="why"' in refused.content.decode()
    assert screen.client().post(screen.vote_url(record), {**fields, "why": "Read it again."}).status_code == 303
    assert screen.mine()[0].why == "Read it again."


@pytest.mark.parametrize("named", ["2", "viewpoint"])
def test_reason_button_alone_excludes(screen: Screen, named: str) -> None:
    fields = screen.sent(reason=named)
    del fields["verdict"]
    screen.client().post(screen.vote_url(screen.records[0]), fields)
    (vote,) = screen.mine()
    assert (vote.verdict, vote.primary_reason.key) == (Verdict.EXCLUDE, "viewpoint")


@pytest.mark.parametrize(
    "fields", [{"verdict": ""}, {"verdict": "perhaps"}, {"verdict": "exclude", "reason": "gone"}, {"key": "a b"}, {"note": "x" * 20_001}]
)
def test_bad_votes_are_refused_with_a_sentence(screen: Screen, fields: dict[str, str]) -> None:
    response = screen.client().post(screen.vote_url(screen.records[0]), screen.sent(**fields))
    assert response.status_code == 422
    assert screen.mine() == []


def test_required_reason(db: None) -> None:
    screen = Screen(reason_required=True)
    response = screen.client().post(screen.vote_url(screen.records[0]), screen.sent(verdict="exclude"))
    assert response.status_code == 422
    assert "Choose the first criterion that fails." in response.content.decode()


def test_note_goes_with_the_vote_and_by_itself(screen: Screen) -> None:
    client, record = screen.client(), screen.records[0]
    client.post(screen.url("note_save", screen.round.number, record.number), {"note": "Draft"}, **HTMX)
    assert "Draft" in client.get(screen.url("screen_record", screen.round.number, record.number)).content.decode()
    client.post(screen.vote_url(record), screen.sent(note="Final"))
    assert screen.mine()[0].note == "Final"
    assert visibility.my_notes(screen.world.reviewer_a, screen.world.abstracts, [record.pk]).get().text == "Final"


def test_undo_goes_back_as_far_as_wanted_and_never_to_anothers(screen: Screen) -> None:
    world = screen.world
    for record in screen.records[:3]:
        cast_vote(world.reviewer_a, record, screen.round, Verdict.INCLUDE)
        cast_vote(world.reviewer_b, record, screen.round, Verdict.INCLUDE)
    client, url = screen.client(), screen.url("undo", screen.round.number)
    key = uuid4().hex
    for _ in range(2):  # a double click
        response = client.post(url, {"key": key, "why": "A slip."})
        assert response.headers["Location"].endswith(f"/{screen.records[2].number}/")
    for record in (screen.records[1], screen.records[0]):
        assert client.post(url, {"key": uuid4().hex, "why": "A slip."}).headers["Location"].endswith(f"/{record.number}/")
    assert client.post(url, {"key": uuid4().hex}).status_code == 422
    assert screen.mine() == []
    assert len(screen.mine(world.reviewer_b)) == 3


def test_a_closed_round_offers_no_undo(screen: Screen) -> None:
    client, url = screen.client(), screen.url("screen_record", screen.round.number, screen.records[0].number)
    cast_vote(screen.world.reviewer_a, screen.records[0], screen.round, Verdict.INCLUDE)
    undo = re.compile(r'data-way="undo"[^>]* disabled')
    assert not undo.search(client.get(url).content.decode())
    stages.close_round(screen.world.owner, screen.round)
    assert len(undo.findall(client.get(url).content.decode())) == 2


def test_cannot_judge_hands_on_and_comes_back(screen: Screen) -> None:
    client, record = screen.client(), screen.records[0]
    assert client.post(screen.url("recuse", screen.round.number, record.number), {"kind": "nonsense"}).status_code == 422
    assert client.post(screen.url("recuse", screen.round.number, record.number), {"kind": "own"}).status_code == 303
    assert "cannot judge" in client.get(screen.url("screen_record", screen.round.number, record.number)).content.decode()
    assert client.post(screen.url("unrecuse", screen.round.number, record.number)).status_code == 303


def test_abstract_is_pasted_once(screen: Screen) -> None:
    client, record = screen.client(), screen.world.record("No words", abstract="")
    assert "No abstract came" in client.get(screen.url("screen_record", screen.round.number, record.number)).content.decode()
    url = screen.url("abstract_paste", screen.round.number, record.number)
    assert client.post(url, {"abstract": " "}).status_code == 422
    assert client.post(url, {"abstract": "Pasted words."}).status_code == 303
    record.refresh_from_db()
    assert record.abstract == "Pasted words."
    assert client.post(url, {"abstract": "Again."}).status_code == 422


def test_abstract_is_escaped_and_marked(screen: Screen) -> None:
    HighlightList.objects.create(review=screen.world.review, number=1, name="Topic", kind="in", words="recover*\ninterview")
    html = screen.client().get(screen.url("screen", screen.round.number)).content.decode()
    assert '<mark class="h h-in">Recovery</mark>' in html
    assert '<mark class="h h-in">Interviews</mark> &lt;b&gt;now&lt;/b&gt;' in html
    assert "<h3>Background</h3>" in html


POSTS = ("vote", "recuse", "unrecuse", "note_save", "abstract_paste")


def test_who_may_and_how(screen: Screen, outsider: Any) -> None:
    world, record = screen.world, screen.records[0]
    other = World("elsewhere")
    numbered = (screen.round.number, record.number)
    urls = {name: screen.url(name, *numbered) for name in (*POSTS, "screen_record")}
    urls |= {"screen": screen.url("screen", screen.round.number), "undo": screen.url("undo", screen.round.number)}
    strange = Client()
    strange.force_login(outsider)
    for name, url in urls.items():
        verb, wrong = ("get", "post") if name.startswith("screen") else ("post", "get")
        assert getattr(Client(), verb)(url).status_code == 302, name
        assert getattr(strange, verb)(url).status_code == 404, name
        for member in (world.owner, world.librarian, world.adjudicator, world.observer):
            assert getattr(screen.client(member), verb)(url).status_code == 403, name
        assert getattr(screen.client(), wrong)(url).status_code == 405, name
        assert getattr(screen.client(other.reviewer_a), verb)(url).status_code == 404, name
        elsewhere = url.replace(world.review.slug, other.review.slug)
        assert getattr(screen.client(other.reviewer_a), verb)(elsewhere).status_code == 404, name
    for member in (world.owner, world.reviewer_a, world.reviewer_c, world.librarian, world.adjudicator, world.observer):
        assert screen.client(member).get(screen.url("screening")).status_code == 200
    assert strange.get(screen.url("screening")).status_code == 404


def test_who_is_not_in_the_team_gets_no_card(screen: Screen) -> None:
    client = screen.client(screen.world.reviewer_c)
    assert "not in the team" in client.get(screen.url("screen", screen.round.number)).content.decode()
    assert client.post(screen.vote_url(screen.records[0]), screen.sent()).status_code == 422


def _seen_by_a(screen: Screen, verdict: Verdict | None) -> dict[str, str]:
    """Everything reviewer A gets in a world where B voted this way, or not at all. The world ends afterwards."""
    pages = {}
    with transaction.atomic():
        if verdict is not None:
            for record in screen.records[:4]:
                cast_vote(screen.world.reviewer_b, record, screen.round, verdict, note="Seen by nobody")
        client = screen.client()
        for name, url in {
            "card": screen.url("screen", screen.round.number),
            "record": screen.url("screen_record", screen.round.number, screen.records[0].number),
            "stage": screen.url("screening"),
        }.items():
            for kind, extra in (("page", {}), ("part", HTMX)):
                pages[f"{name} {kind}"] = _plain(client.get(url, **extra))
        pages["vote"] = _plain(client.post(screen.vote_url(screen.records[5]), screen.sent(), **HTMX))
        transaction.set_rollback(True)
    return pages


def _headers(response: Any) -> list[tuple[str, str]]:
    varying = ("X-Request-ID", "Content-Security-Policy", "Content-Length", "Set-Cookie")
    return [(k, v) for k, v in response.headers.items() if k not in varying]


def _plain(response: Any) -> str:
    """A response without what differs each time: tokens, keys, the request's id."""
    html = response.content.decode()
    html = re.sub(r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"|name="key" value="\w+"|data-key="\w+"|nonce="[^"]+"', "", html)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", html) + str(sorted(_headers(response)))


def test_card_is_the_same_whatever_the_other_voted(screen: Screen) -> None:
    base = _seen_by_a(screen, None)
    for verdict in (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE):
        assert _seen_by_a(screen, verdict) == base


def test_queries_of_a_vote_are_bounded_and_constant(db: None) -> None:
    counts = []
    for n in (16, 40):
        screen = Screen(n)
        client = screen.client()
        client.post(screen.vote_url(screen.records[0]), screen.sent(), **HTMX)
        with CaptureQueriesContext(connection) as caught:
            client.post(screen.vote_url(screen.records[1]), screen.sent(), **HTMX)
        counts.append(len([q for q in caught if "SAVEPOINT" not in q["sql"]]))
    assert counts[0] == counts[1], counts
    assert max(counts) <= 18, counts
