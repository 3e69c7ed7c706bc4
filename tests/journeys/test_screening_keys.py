"""Twenty votes by keyboard alone, with an undo and a gap in the network; nothing is lost, nothing is doubled."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from screening import visibility
from tests.factories import World

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def signed_in(context: Any, live_server: Any, member: Any) -> None:
    """Give the browser the session of a member."""
    client = Client()
    client.force_login(member.user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": live_server.url}])


def test_twenty_votes_by_keyboard_with_undo_and_a_gap(context: Any, page: Any, live_server: Any) -> None:
    world = World()
    world.records(22, abstract="BACKGROUND: Recovery. METHODS: Interviews.")
    round = world.open_round()
    signed_in(context, live_server, world.reviewer_a)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{live_server.url}/r/{world.review.slug}/screening/{round.number}/")
    card, chip = page.locator("#record-card"), page.locator("#saved")

    def press(key: str) -> None:
        before = card.get_attribute("data-number")
        page.keyboard.press(key)
        page.wait_for_function("n => document.getElementById('record-card')?.dataset.number !== n", arg=before)

    for key in "iememi1i":
        press(key)
    page.wait_for_function("() => document.getElementById('saved').dataset.waiting === '0'")
    undone = page.locator("#recent li").first.get_attribute("data-number")
    press("z")
    assert card.get_attribute("data-number") == undone
    press("e")

    page.wait_for_function("() => document.getElementById('saved').dataset.waiting === '0'")
    context.set_offline(True)
    for key in "iem":
        press(key)
    page.wait_for_function("() => document.getElementById('saved').dataset.waiting === '3'")
    assert "Offline: 3 votes are kept" in chip.inner_text()
    press("z")  # never left the device
    press("i")
    context.set_offline(False)
    page.wait_for_function("() => document.getElementById('saved').dataset.waiting === '0'")
    assert "All saved" in chip.inner_text()

    for _ in range(9):
        press("i")
    page.wait_for_function("() => document.getElementById('saved').dataset.waiting === '0'")
    assert faults == []
    votes = list(visibility.my_votes(world.reviewer_a, round))
    assert len(votes) == 20
    assert len({vote.record_id for vote in votes}) == 20
    assert page.locator("#screen-progress").get_attribute("data-voted") == "20"


def test_a_vote_waits_through_a_reload_and_a_refused_one_is_said(context: Any, page: Any, live_server: Any) -> None:
    world = World()
    world.records(5)
    round = world.open_round()
    signed_in(context, live_server, world.reviewer_a)
    url = f"{live_server.url}/r/{world.review.slug}/screening/{round.number}/"
    page.goto(url)
    page.route("**/vote/", lambda route: route.abort())
    first = page.locator("#record-card").get_attribute("data-number")
    page.keyboard.press("i")
    page.wait_for_function("n => document.getElementById('record-card').dataset.number !== n", arg=first)
    page.wait_for_function("() => document.getElementById('saved').dataset.waiting === '1'")
    assert visibility.my_votes(world.reviewer_a, round).count() == 0
    page.reload()  # the server gives the same card again; the page knows better
    page.wait_for_function("n => document.getElementById('record-card').dataset.number !== n", arg=first)
    page.unroute("**/vote/")
    page.evaluate("() => window.dispatchEvent(new Event('online'))")
    page.wait_for_function("() => document.getElementById('saved').dataset.waiting === '0'")
    assert visibility.my_votes(world.reviewer_a, round).count() == 1

    from screening.stages import actions as stages

    stages.close_round(world.owner, round)
    page.keyboard.press("e")
    page.wait_for_selector("#flash .notice")
    assert "late votes" in page.locator("#flash").inner_text()
    assert "not taken" in page.locator("#saved").inner_text()
    assert visibility.my_votes(world.reviewer_a, round).count() == 1
