"""Self-check: own records come back unmarked, the answer counts nowhere, and only the person learns of it before the round is revealed."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviewapp.audit.triggers import maintenance
from screening import visibility
from screening.decisions import rules, self_check
from screening.labels import actions as labels
from screening.models import Decision, RoundRecord, SelfCheck
from screening.outcomes.settle import differences
from screening.queues import queries as queues
from screening.reporting.agreement import self_check as figures
from screening.stages import actions as stages
from screening.vocabulary import Verdict
from tests.factories import World
from tests.fixtures import cast_vote, outcome

I, E = Verdict.INCLUDE, Verdict.EXCLUDE
HTMX = {"HTTP_HX_REQUEST": "true"}


def test_one_place_in_each_step_and_the_same_whenever_asked() -> None:
    places = [rules.comes_after("a", place) for place in range(1, 20)]
    assert all(50 * place <= at < 50 * place + 25 for place, at in enumerate(places, start=1))
    assert len(set(at % 50 for at in places)) > 3
    assert rules.chosen("a", 1, range(1, 99)) == rules.chosen("a", 1, reversed(range(1, 99)))
    assert rules.chosen("a", 1, []) is None


def test_places_that_were_missed_are_not_made_up_for() -> None:
    assert rules.next_place("a", 0, 430, 12) == 8 or rules.next_place("a", 0, 430, 30) == 8
    assert rules.next_place("a", 8, 430, 12) is None
    assert rules.next_place("a", 0, 10, 12) is None


class Checked(World):
    """A has judged eight of twelve records days ago; a self-check is due after a vote more."""

    def __init__(self, monkeypatch: Any, **more: Any) -> None:
        super().__init__("checked", self_check=True, **more)
        for module in (rules, self_check):
            monkeypatch.setattr(module, "BETWEEN", 2, raising=False)
        monkeypatch.setattr(rules, "EVERY", 4)
        self.things = self.records(12)
        self.round = self.open_round()
        for number, thing in enumerate(self.things[:8]):
            cast_vote(self.reviewer_a, thing, self.round, I if number % 2 else E)
        with maintenance("test: these votes are old"):
            Decision.objects.update(received_at=timezone.now() - timedelta(days=2))

    def client(self, who: Any = None) -> Client:
        client = Client()
        client.force_login((who or self.reviewer_a).user)
        return client

    def url(self, name: str, *args: Any) -> str:
        return reverse(name, args=[self.review.slug, self.round.number, *args])

    def come(self) -> tuple[Client, SelfCheck, str]:
        client = self.client()
        html = client.get(self.url("screen")).content.decode()
        return client, SelfCheck.objects.get(), html

    def vote(self, client: Client, check: SelfCheck, verdict: str, **fields: Any) -> Any:
        sent = {"verdict": verdict, "key": uuid4().hex, "seen": "", "next": "screen", **fields}
        return client.post(self.url("vote", check.record.number), sent, **HTMX)


@pytest.fixture
def checked(db: None, monkeypatch: pytest.MonkeyPatch) -> Checked:
    return Checked(monkeypatch)


pytestmark = pytest.mark.django_db


def test_off_by_default(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    world = Checked(monkeypatch)
    stages.set_rules(world.owner, world.abstracts, self_check=False)
    world.client().get(world.url("screen"))
    assert not SelfCheck.objects.exists()


def test_the_card_is_like_any_other(checked: Checked) -> None:
    _client, check, html = checked.come()
    assert check.record in checked.things[:6]
    assert f'data-number="{check.record.number}"' in html
    order = html[html.index("data-order=") :][:200]
    assert str(check.record.number) in order or f'id="record-card" data-number="{check.record.number}"' in html
    before = html.index('id="recent"')
    assert "self-check" not in html[:before].lower()


def test_the_answer_counts_nowhere_and_is_said_after_it(checked: Checked) -> None:
    client, check, _html = checked.come()
    round, record = checked.round, check.record
    before = (outcome(record, round), queues.progress(checked.reviewer_a, round), Decision.objects.count())
    first = visibility.my_votes(checked.reviewer_a, round).get(record=record)
    answer = checked.vote(client, check, E if first.verdict == I else I, key="one")
    assert "otherwise than before" in answer.content.decode()
    assert (outcome(record, round), queues.progress(checked.reviewer_a, round), Decision.objects.count()) == before
    assert checked.vote(client, check, E if first.verdict == I else I, key="one").status_code == 200
    assert SelfCheck.objects.exclude(answered_at=None).count() == 1
    assert differences([thing.pk for thing in checked.things]) == []
    assert "Self-check" in client.get(checked.url("screen")).content.decode()
    assert self_check.mixed_in(checked.reviewer_a, round, [], ahead=6) == ([], None)


def test_undo_takes_the_answer_back_and_no_vote(checked: Checked) -> None:
    client, check, _html = checked.come()
    votes = visibility.my_votes(checked.reviewer_a, checked.round).count()
    checked.vote(client, check, "include", key="one")
    for _click in range(2):
        assert client.post(checked.url("undo"), {"key": "back"}, **HTMX).status_code == 200
    check.refresh_from_db()
    assert check.answered_at is None
    assert visibility.my_votes(checked.reviewer_a, checked.round).count() == votes
    checked.vote(client, check, "exclude", key="two")
    check.refresh_from_db()
    assert check.verdict == E
    checked.vote(client, check, "withdrawn", key="three", seen="two")
    check.refresh_from_db()
    assert check.answered_at is None


def test_a_page_that_knew_the_vote_changes_the_vote(checked: Checked) -> None:
    client, check, _html = checked.come()
    first = visibility.my_votes(checked.reviewer_a, checked.round).get(record=check.record)
    checked.vote(client, check, "include" if first.verdict == E else "exclude", seen=first.key)
    check.refresh_from_db()
    assert check.answered_at is None
    assert visibility.my_votes(checked.reviewer_a, checked.round).get(record=check.record).verdict != first.verdict


def test_never_one_with_an_own_label_nor_one_twice(checked: Checked) -> None:
    label = labels.make(checked.reviewer_a, name="Mine")
    labels.put(checked.reviewer_a, label, checked.things[:5])
    client, check, _html = checked.come()
    assert check.record == checked.things[5]
    checked.vote(client, check, "include")
    client.get(checked.url("screen"))
    assert SelfCheck.objects.count() == 1


def test_fresh_votes_do_not_come_back(checked: Checked) -> None:
    with maintenance("test: these votes are fresh"):
        Decision.objects.update(received_at=timezone.now())
    checked.client().get(checked.url("screen"))
    assert not SelfCheck.objects.exists()


def test_the_owner_sees_it_when_the_round_is_revealed(checked: Checked) -> None:
    client, check, _html = checked.come()
    checked.vote(client, check, check.decision.verdict)
    assert [(one.figures.n, one.same) for one in figures.own(checked.reviewer_a)] == [(1, 1.0)]
    page = reverse("agreement", args=[checked.review.slug])
    assert "Self-check" in client.get(page).content.decode()
    assert figures.own(checked.owner) == figures.own(checked.reviewer_b) == []
    assert "Self-check" not in checked.client(checked.owner).get(page).content.decode()
    stages.close_round(checked.owner, checked.round)
    assert len(figures.own(checked.owner)) == 1
    assert figures.own(checked.reviewer_b) == []
    assert "Self-check" in checked.client(checked.owner).get(page).content.decode()


@pytest.mark.parametrize("verdict", [I, E])
def test_what_comes_back_does_not_depend_on_others(checked: Checked, verdict: Verdict) -> None:
    for thing in checked.things[:6]:
        cast_vote(checked.reviewer_b, thing, checked.round, verdict)
    _client, check, _html = checked.come()
    live = set(RoundRecord.objects.filter(round=checked.round, is_live=True).values_list("record__number", flat=True))
    able = [thing.number for thing in checked.things[:6] if thing.number in live]
    assert check.record.number == rules.chosen(self_check._seed(checked.reviewer_a, checked.round), check.place, able)
