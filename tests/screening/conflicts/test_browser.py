"""The conflict room and the reader in a browser: keys, the next room, the list beside it, an exclusion that asks for its reason."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from screening.conflicts import actions
from screening.fulltext import actions as fulltext
from screening.vocabulary import Outcome, Verdict
from tests.fixtures import outcome
from tests.screening.settling import PDF, Settling

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    return Settling()


def enter(page, live_server, client, member, path):
    client.force_login(member.user)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page.goto(live_server.url + path)


def test_settling_by_key_goes_to_the_next_room(page, live_server, client, world):
    first, second = world.clash(2)
    actions.propose(world.reviewer_a, first, world.round, verdict=Verdict.INCLUDE, rationale="It fits.")
    enter(page, live_server, client, world.reviewer_b, world.at("conflicts"))
    page.keyboard.press("j")
    page.wait_for_selector(f"[data-room='{first.number}']")
    page.keyboard.press("j")
    page.wait_for_selector(f"[data-room='{second.number}']")
    page.keyboard.press("k")
    page.wait_for_selector(f"[data-room='{first.number}']")
    assert page.locator(".item[aria-current]").count() == 1
    page.keyboard.press("o")
    assert page.locator(".room-abs[open]").count() == 1
    page.keyboard.press("a")
    page.wait_for_selector(f"[data-room='{second.number}']")
    page.wait_for_url(re.compile(rf"/conflicts/{world.round.number}/{second.number}/$"))
    assert outcome(first, world.round) == Outcome.GOES_ON
    assert page.locator(".item").count() == 1
    page.fill("#msg", "Written before the refusal")
    actions.propose(world.reviewer_a, second, world.round, verdict=Verdict.INCLUDE)
    actions.rule(world.adjudicator, second, world.round, verdict=Verdict.EXCLUDE, rationale="no")
    page.locator("#room-exclude, .bar button", has_text="Propose exclude").click()
    page.wait_for_selector("#flash .notice")
    assert page.input_value("#msg") == "Written before the refusal"


def test_own_keys_and_names_after_an_at_sign(page, live_server, client, world):
    """The room knows the person's own keys; @ shows who fits, taken by key alone."""
    first, second = world.clash(2)
    world.reviewer_b.user.keys = {"include": "v", "exclude": "x", "next": "s"}
    world.reviewer_b.user.save()
    enter(page, live_server, client, world.reviewer_b, world.at("conflict", world.round.number, first.number))
    names = page.locator("#msg-names")
    assert not names.is_visible()
    page.focus("#msg")
    page.keyboard.type("@aut")
    options = names.locator("[role=option]:visible")
    assert options.count() >= 1
    wanted = options.nth(options.count() - 1).get_attribute("data-name")
    page.keyboard.press("ArrowUp")  # round the end
    assert names.locator("[aria-selected=true]").get_attribute("data-name") == wanted
    page.keyboard.press("Enter")
    page.keyboard.type("look here @nobody")
    assert page.input_value("#msg") == f"@{wanted} look here @nobody"
    assert not names.is_visible()
    page.keyboard.type(" @")
    assert names.is_visible()
    page.keyboard.press("Escape")
    assert not names.is_visible()
    page.locator("#msg").blur()
    page.keyboard.press("i")
    assert page.locator(".room-prop").count() == 0, "I is no key of this person"
    page.keyboard.press("v")
    page.wait_for_selector(".room-prop")
    page.keyboard.press("s")
    page.wait_for_selector(f"[data-room='{second.number}']")


def test_exclude_asks_for_its_reason_and_a_digit_sends_both(page, live_server, client, world):
    (report,) = world.on()
    fulltext.attach(world.librarian, report, SimpleUploadedFile("a.pdf", PDF))
    enter(page, live_server, client, world.reviewer_a, world.at("report", report.number))
    page.keyboard.press("e")
    assert page.locator("#reason-hint").inner_text() == "Choose the first criterion that fails."
    page.wait_for_selector(".reason:focus")
    page.keyboard.press("2")
    page.wait_for_selector(".judge .vote-card")
    assert "Viewpoint" in page.locator(".judge .vote-card").inner_text()


def test_a_file_that_comes_late_does_not_take_the_keys_away(page, live_server, client, world):
    """The viewer of PDF files takes the focus when its file has come."""
    (report,) = world.on()
    fulltext.attach(world.librarian, report, SimpleUploadedFile("a.pdf", PDF))
    page.route("**/files/**", lambda route: None)  # held until the route is given up
    client.force_login(world.reviewer_a.user)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page.goto(live_server.url + world.at("report", report.number), wait_until="domcontentloaded")
    page.evaluate("() => { window.taken = 0; addEventListener('blur', () => { window.taken += 1; }); }")
    page.keyboard.press("e")
    page.wait_for_selector(".reason:focus")
    page.unroute("**/files/**")
    page.wait_for_function("() => window.taken > 0")
    page.wait_for_selector(".reason:focus")
    page.keyboard.press("2")
    page.wait_for_selector(".judge .vote-card")
