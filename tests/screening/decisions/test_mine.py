"""What is one person's alone: keys on the buttons, own words, own papers, days left, and votes of another's page."""

from typing import Any

import pytest
from django.test import Client

from reviewapp.accounts.keys import PRESETS
from reviewapp.reviews.models import Member
from screening import visibility
from screening.decisions import progress, rules
from screening.vocabulary import Verdict
from tests.fixtures import cast_vote
from tests.screening.decisions.test_pages import HTMX, Screen

pytestmark = pytest.mark.django_db
ASKED = "Is this your own paper?"


@pytest.fixture
def screen(db: None) -> Screen:
    return Screen()


def card(screen: Screen, member: Any = None) -> str:
    return screen.client(member).get(screen.url("screen", screen.round.number)).content.decode()


@pytest.mark.parametrize("preset", PRESETS)
def test_buttons_wear_the_keys_of_the_person(screen: Screen, preset: str) -> None:
    user = screen.world.reviewer_a.user
    user.keys = PRESETS[preset]
    user.save()
    html = card(screen)
    for action in ("include", "exclude", "maybe", "undo", "note", "label", "highlights"):
        key = PRESETS[preset][action]
        assert f'data-shortcut="{key}" aria-keyshortcuts="{key}"' in html or action == "highlights"
        assert f"<kbd>{key.upper()}</kbd>" in html or action == "highlights"
    assert f'data-shortcut="{PRESETS[preset]["next"]} ArrowRight"' in html


def shown(screen: Screen, record: Any) -> str:
    """The card of a record, without those that wait behind it."""
    html = screen.client().get(screen.url("screen_record", screen.round.number, record.number)).content.decode()
    return html.split('<template id="ahead"')[0]


def named(screen: Screen, name: str) -> None:
    user = screen.world.reviewer_a.user
    user.name = name
    user.save()


def test_likely_own_paper_is_asked_about_once(screen: Screen) -> None:
    record = screen.records[0]
    named(screen, "Kari Demo")
    assert ASKED in shown(screen, record)
    for _ in range(2):
        assert screen.client().post(screen.url("not_mine", screen.round.number, record.number)).status_code == 303
    assert ASKED not in shown(screen, record)
    assert Member.objects.get(pk=screen.world.reviewer_a.pk).not_mine == [record.number]
    assert ASKED in shown(screen, screen.records[1])


@pytest.mark.parametrize("name", ["", "Kari", "Ola Demo", "Kari Other"])
def test_others_are_not_asked(screen: Screen, name: str) -> None:
    named(screen, name)
    assert ASKED not in card(screen)


def test_own_paper_goes_to_somebody_else(screen: Screen) -> None:
    named(screen, "Kari Demo")
    client, record = screen.client(), screen.records[0]
    assert client.post(screen.url("recuse", screen.round.number, record.number), {"kind": "own"}).status_code == 303
    html = shown(screen, record)
    assert ASKED not in html
    assert "You cannot judge this record." in html


def test_own_words_are_marked_for_oneself_only(screen: Screen) -> None:
    client = screen.client()
    words = screen.url("my_words")
    response = client.post(f"{words}?round={screen.round.number}", {"words": ' adult\n\n"interviews" \n<i>'})
    assert response.headers["Location"] == screen.url("screen", screen.round.number)
    assert screen.world.reviewer_a.__class__.objects.get(pk=screen.world.reviewer_a.pk).words == 'adult\n"interviews"\n<i>'
    html = card(screen)
    assert '<mark class="h h-me">adults</mark>' in html
    assert '<mark class="h h-me">Interviews</mark> &lt;b&gt;' in html
    assert "My words" in html
    other = card(screen, screen.world.reviewer_b)
    assert "h-me" not in other
    assert "adult\n" not in screen.client(screen.world.reviewer_b).get(words).content.decode()


@pytest.mark.parametrize("came", ["", "999999", "x", "٣", "99999999999999999999"])
def test_own_words_lead_back_somewhere(screen: Screen, came: str) -> None:
    response = screen.client().post(f"{screen.url('my_words')}?round={came}", {"words": ""})
    assert response.headers["Location"].startswith(screen.url("screening"))
    assert screen.client().post(screen.url("my_words"), {"words": "x" * 5001}).status_code == 422


def test_stage_page_says_how_many_days_are_left(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    assert progress.votes_a_day(screen.world.reviewer_a, screen.round) == []
    for record in screen.records[:2]:
        cast_vote(screen.world.reviewer_a, record, screen.round, Verdict.INCLUDE)
    cast_vote(screen.world.reviewer_b, screen.records[0], screen.round, Verdict.INCLUDE)
    assert progress.votes_a_day(screen.world.reviewer_a, screen.round) == [2]
    assert "at your pace" not in screen.client().get(screen.url("screening")).content.decode()
    monkeypatch.setattr(rules, "ENOUGH", 2)
    assert "about 2 days at your pace of 2 a day" in screen.client().get(screen.url("screening")).content.decode()


@pytest.mark.parametrize("name", ["vote", "note_save"])
def test_page_of_somebody_else_sends_nothing_in_ones_name(screen: Screen, name: str) -> None:
    other, record = screen.world.reviewer_b, screen.records[0]
    url = screen.url(name, screen.round.number, record.number)
    fields = {**screen.sent(note="Mine"), "as": str(screen.world.reviewer_a.number)}
    client = Client()
    client.force_login(other.user)
    assert client.post(url, fields, **HTMX).status_code == 403
    assert screen.mine() == screen.mine(other) == []
    assert not visibility.my_notes(other, screen.world.abstracts, [record.pk])
    assert screen.client().post(url, fields, **HTMX).status_code in (200, 204)
