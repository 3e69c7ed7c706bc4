"""A hundred votes by keyboard alone, with undo and gaps in the network; on a phone by swiping; nothing is lost, nothing is doubled."""

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Error, expect

from reviewapp.accounts.keys import PRESETS
from screening import visibility
from screening.vocabulary import Verdict
from tests.factories import World
from tests.fixtures import cast_vote

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def signed_in(context: Any, live_server: Any, member: Any) -> None:
    """Give the browser the session of a member."""
    client = Client()
    client.force_login(member.user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": live_server.url}])


def open_screen(context: Any, page: Any, live_server: Any, world: World, round: Any, member: Any = None) -> list[str]:
    """Open the screening page as a member; gives the list that faults of its scripts go to."""
    signed_in(context, live_server, member or world.reviewer_a)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{live_server.url}/r/{world.review.slug}/screening/{round.number}/")
    return faults


def waiting(page: Any, n: int) -> None:
    """Wait until so many votes are kept on the device only."""
    page.wait_for_function("n => document.getElementById('saved').dataset.waiting === n", arg=str(n))


def press(page: Any, key: str) -> None:
    """Press a key and wait for another card."""
    before = page.locator("#record-card").get_attribute("data-number")
    page.keyboard.press(key)
    page.wait_for_function("n => document.getElementById('record-card')?.dataset.number !== n", arg=before)


def hundred_votes(context: Any, page: Any, live_server: Any, use: Callable[[str], None]) -> None:
    """Cast a hundred votes with undo and an offline gap; ``use`` does what a letter (or a reason's number) says and waits for a card."""
    world = World()
    world.records(104, abstract="BACKGROUND: Recovery. METHODS: Interviews.")
    round = world.open_round()
    faults = open_screen(context, page, live_server, world, round)
    card, chip = page.locator("#record-card"), page.locator("#saved")

    for letter in "iememi1i":
        use(letter)
    waiting(page, 0)
    for back in range(3):  # one after the other, newest first
        undone = page.locator("#recent li").first.get_attribute("data-number")
        use("z")
        assert card.get_attribute("data-number") == undone, back
    for letter in "eie":
        use(letter)

    waiting(page, 0)
    context.set_offline(True)
    for letter in "iem":
        use(letter)
    waiting(page, 3)
    assert "Offline: 3 votes are kept" in chip.inner_text()
    use("z")  # never left the device
    use("i")
    context.set_offline(False)
    waiting(page, 0)
    assert "All saved" in chip.inner_text()

    for place in range(89):
        use("ieim2"[place % 5])
    waiting(page, 0)
    assert faults == []
    votes = list(visibility.my_votes(world.reviewer_a, round))
    assert len(votes) == 100
    assert len({vote.record_id for vote in votes}) == 100
    page.wait_for_function("() => document.getElementById('screen-progress').dataset.voted === '100'")


def test_hundred_votes_by_keyboard_with_undo_and_a_gap(context: Any, page: Any, live_server: Any) -> None:
    hundred_votes(context, page, live_server, lambda key: press(page, key))


def test_hundred_votes_by_thumb_on_a_phone_with_undo_and_a_gap(browser: Any, live_server: Any) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce")
    page = context.new_page()
    swipes = {"i": [100, 250, 300], "e": [300, 120, 300]}
    done = itertools.count()

    def use(letter: str) -> None:
        """Undo and maybe by their buttons, every third include and exclude by swiping, a reason below the card."""
        before = page.locator("#record-card").get_attribute("data-number")
        if letter in swipes and next(done) % 3 == 0:
            page.evaluate(SWIPE, swipes[letter])
        else:
            page.locator(BY_THUMB.get(letter, f"#reasons li:nth-child({letter}) button")).tap()
        page.wait_for_function("n => document.getElementById('record-card')?.dataset.number !== n", arg=before)

    hundred_votes(context, page, live_server, use)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390, "nothing to scroll sideways"
    assert small_targets(page) == []
    assert low_targets(page) == []
    context.close()


def test_keys_of_another_program_and_votes_of_another_person(context: Any, page: Any, live_server: Any) -> None:
    world = World()
    world.records(6)
    round = world.open_round()
    world.reviewer_a.user.keys = PRESETS["vx"]
    world.reviewer_a.user.save()
    faults = open_screen(context, page, live_server, world, round)
    first = page.locator("#record-card").get_attribute("data-number")
    page.keyboard.press("i")
    assert page.locator("#record-card").get_attribute("data-number") == first, "I is no key of this person"
    page.keyboard.press("?")
    assert [row.split() for row in page.locator("#keys-help dt").all_inner_texts() if row.strip() in ("V", "X")] == [["X"], ["V"]]
    assert {"Include", "Exclude", "Maybe", "Not relevant"} <= set(page.locator("#keys-help dd").all_inner_texts())
    page.keyboard.press("Escape")
    page.route("**/vote/", lambda route: route.abort())
    press(page, "v")
    press(page, "x")
    waiting(page, 2)

    # signing out is asked about; staying stays
    page.goto(f"{live_server.url}/account/")
    page.get_by_role("button", name="Sign out").click()
    dialog = page.locator("#unsent")
    expect(dialog).to_contain_text("2 votes are not sent yet")
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    assert page.url.endswith("/account/")
    page.get_by_role("button", name="Sign out").click()
    dialog.get_by_role("button", name="Sign out anyway").click()
    page.wait_for_url(lambda url: not url.endswith("/account/"))

    # somebody else on this device sends nothing of it, and is not asked
    page.unroute("**/vote/")
    faults += open_screen(context, page, live_server, world, round, world.reviewer_b)
    waiting(page, 0)
    page.goto(f"{live_server.url}/account/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: not url.endswith("/account/"))
    assert visibility.my_votes(world.reviewer_b, round).count() == 0

    # the same person again: the votes were waiting
    open_screen(context, page, live_server, world, round)
    waiting(page, 0)
    page.wait_for_function("() => document.getElementById('screen-progress').dataset.voted === '2'")
    context.clear_cookies()  # the session has ended meanwhile: nothing is lost, nothing looks saved
    press(page, "m")
    expect(page.locator("#saved")).to_contain_text("Signed out: votes are kept on this device")
    open_screen(context, page, live_server, world, round)
    waiting(page, 0)
    assert sorted(vote.verdict for vote in visibility.my_votes(world.reviewer_a, round)) == ["exclude", "include", "maybe"]
    assert faults == []


BY_THUMB = {
    "i": "#decision .vote.is-include", "e": "#decision .vote.is-exclude", "m": "#decision .vote.is-maybe",
    "z": "#decision .only-sm[data-way='undo']",
}  # fmt: skip


def small_targets(page: Any) -> list[str]:
    """Buttons of the decision that are smaller than a thumb, or not on the screen as it stands."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('#decision button')].filter((button) => button.getClientRects().length).filter((button) => {
          const box = button.getBoundingClientRect();
          return box.width < 40 || box.height < 40 || box.top < 0 || box.bottom > innerHeight || box.right > innerWidth;
        }).map((button) => button.outerHTML.slice(0, 90))"""
    )
    return found


def low_targets(page: Any) -> list[str]:
    """What a thumb is to meet on the page beside the decision, and is lower than 44 px."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('#screen :is(a:not(dd a), button, summary)')].filter((one) => one.getClientRects().length)
        .filter((one) => one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML.slice(0, 90))"""
    )
    return found


SWIPE = """([from, to, y]) => {
  const place = document.querySelector('#record-card h2');
  const touch = (x) => new Touch({ identifier: 1, target: place, clientX: x, clientY: y });
  const send = (kind, x) => place.dispatchEvent(new TouchEvent(kind, { bubbles: true, touches: kind === 'touchend' ? [] : [touch(x)], changedTouches: [touch(x)] }));
  send('touchstart', from);
  for (let step = 1; step <= 5; step++) send('touchmove', from + (to - from) * step / 5);
  send('touchend', to);
}"""


OLDER = """async (address) => {
  const place = await caches.open((await caches.keys()).find((name) => name.startsWith('cards.'))), found = await place.match(address);
  const headers = new Headers(found.headers);
  headers.set('X-Kept-At', String(Date.now() - 25 * 3600 * 1000));
  await place.put(address, new Response(await found.text(), { headers }));
}"""


def test_swiping_on_a_phone_and_a_tunnel(browser: Any, live_server: Any) -> None:
    world = World()
    world.records(12)
    round = world.open_round()
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    faults = open_screen(context, page, live_server, world, round)
    expect(page.locator(".swipe-hint")).to_be_visible()
    card = page.locator("#record-card")
    numbers = [card.get_attribute("data-number")]
    for start, end in ((100, 250), (300, 120)):
        page.evaluate(SWIPE, [start, end, 300])
        page.wait_for_function("n => document.getElementById('record-card').dataset.number !== n", arg=numbers[-1])
        numbers.append(card.get_attribute("data-number"))
    waiting(page, 0)
    assert [vote.verdict for vote in reversed(visibility.my_votes(world.reviewer_a, round))] == ["include", "exclude"]
    page.evaluate(SWIPE, [100, 150, 300])  # too short
    assert card.get_attribute("data-number") == numbers[-1]
    page.locator("#decision .only-sm[data-way='undo']").click()
    page.wait_for_function("n => document.getElementById('record-card').dataset.number === n", arg=numbers[1])
    waiting(page, 0)

    # the page is opened again in a tunnel: the cards are there, the votes wait
    page.wait_for_function("() => navigator.serviceWorker.controller")
    page.wait_for_function("async () => (await (await caches.open('cards.' + document.body.dataset.account)).keys()).length === 1")
    page.wait_for_function("async () => (await (await caches.open('shell')).keys()).length > 10")
    context.set_offline(True)
    page.reload()
    assert card.get_attribute("data-number") == numbers[1]
    page.evaluate(SWIPE, [100, 250, 300])
    page.wait_for_function("n => document.getElementById('record-card').dataset.number !== n", arg=numbers[1])
    waiting(page, 1)
    page.reload()
    waiting(page, 1)
    assert card.get_attribute("data-number") not in (numbers[0], numbers[1])
    context.set_offline(False)
    page.evaluate("() => window.dispatchEvent(new Event('online'))")
    waiting(page, 0)
    assert visibility.my_votes(world.reviewer_a, round).count() == 2

    # only the page of one's queue was kept; a page that is not there, a day, and signing out empty it
    kept = "async () => (await Promise.all((await caches.keys()).filter((n) => n.startsWith('cards.')).map(async (n) => (await (await caches.open(n)).keys()).map((r) => new URL(r.url).pathname)))).flat()"
    address = f"/r/{world.review.slug}/screening/{round.number}/"
    assert page.evaluate(kept) == [address]
    page.goto(f"{live_server.url}/r/{world.review.slug}/screening/999/")
    assert page.evaluate(kept) == []
    page.goto(live_server.url + address)
    page.wait_for_function(f"async () => (await ({kept})()).length === 1")
    page.goto(f"{live_server.url}/account/")
    page.evaluate(OLDER, address)
    context.set_offline(True)
    with pytest.raises(Error, match="ERR_"):
        page.goto(live_server.url + address)
    context.set_offline(False)
    page.goto(live_server.url + address)
    page.wait_for_function(f"async () => (await ({kept})()).length === 1")
    page.goto(f"{live_server.url}/account/")
    assert page.evaluate(kept) == [address]
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: not url.endswith("/account/"))
    assert page.evaluate(kept) == []
    assert faults == []
    context.close()


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


def test_keys_faster_than_the_cards_vote_on_no_record_twice(context: Any, page: Any, live_server: Any) -> None:
    world = World()
    world.records(20)
    round = world.open_round()
    held: list[Any] = []
    page.route("**/next/**", lambda route: held.append(route))
    faults = open_screen(context, page, live_server, world, round)
    for _press in range(12):
        page.keyboard.press("e")
    waiting(page, 0)
    expect(page.locator("#decision .vote.is-exclude")).to_be_disabled()
    assert visibility.my_votes(world.reviewer_a, round).count() == 7, "the card of the page and the six that came with it"
    for one in held:
        one.continue_()
    page.unroute("**/next/**")
    expect(page.locator("#decision .vote.is-exclude")).to_be_enabled()
    press(page, "e")
    waiting(page, 0)
    votes = list(visibility.my_votes(world.reviewer_a, round))
    assert len(votes) == len({vote.record_id for vote in votes}) == 8
    assert "All saved" in page.locator("#saved").inner_text()
    assert page.locator("#flash .notice").count() == 0
    assert faults == []


def test_undo_goes_as_far_back_as_wanted(context: Any, page: Any, live_server: Any) -> None:
    world = World()
    world.records(40)
    round = world.open_round()
    faults = open_screen(context, page, live_server, world, round)
    card = page.locator("#record-card")
    numbers = []
    for _vote in range(14):
        numbers.append(card.get_attribute("data-number"))
        press(page, "e")
    waiting(page, 0)
    assert page.locator("#recent li:visible").count() == 8
    for number in reversed(numbers):
        press(page, "z")
        assert card.get_attribute("data-number") == number
    waiting(page, 0)
    assert visibility.my_votes(world.reviewer_a, round).count() == 0
    expect(page.locator("#decision .hide-sm[data-way='undo']")).to_be_disabled()

    # the same after the page was loaded anew, by a key that does not wait
    for _vote in range(14):
        press(page, "e")
    waiting(page, 0)
    page.reload()
    for _back in range(14):
        page.keyboard.press("z")
    page.wait_for_function("n => document.getElementById('record-card').dataset.number === n", arg=numbers[0])
    waiting(page, 0)
    assert visibility.my_votes(world.reviewer_a, round).count() == 0
    assert faults == []


def test_back_and_on_by_key(context: Any, page: Any, live_server: Any) -> None:
    world = World()
    world.records(20)
    round = world.open_round()
    faults = open_screen(context, page, live_server, world, round)
    card = page.locator("#record-card")
    numbers = []
    for _vote in range(4):
        numbers.append(card.get_attribute("data-number"))
        press(page, "i")
    here = card.get_attribute("data-number")
    for number in reversed(numbers):  # the first votes of a round are there too
        press(page, "k")
        assert card.get_attribute("data-number") == number
    press(page, "j")
    assert card.get_attribute("data-number") == here

    waiting(page, 0)
    page.reload()  # without a memory of what was shown
    for number in reversed(numbers):
        press(page, "ArrowLeft")
        assert card.get_attribute("data-number") == number
    press(page, "ArrowRight")
    assert card.get_attribute("data-number") == here

    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    page.route("**/vote/", lambda route: route.abort())
    press(page, "e")
    page.unroute("**/vote/")
    page.reload()  # a vote waited: the server's numbers come anew, and the ways stay
    waiting(page, 0)
    page.wait_for_function("() => document.getElementById('screen-progress').dataset.voted === '5'")
    press(page, "k")
    press(page, "j")
    assert faults == []


def test_a_refused_vote_is_left_or_sent_again_on_the_spot(context: Any, page: Any, live_server: Any) -> None:
    world = World()
    records = {record.number: record for record in world.records(8)}
    round = world.open_round()
    faults = open_screen(context, page, live_server, world, round)
    other = context.new_page()
    flash, saved = other.locator("#flash"), other.locator("#saved")

    def clash() -> int:
        """Include in one window, exclude the same record in the other; gives its number."""
        for window in (page, other):
            window.goto(f"{live_server.url}/r/{world.review.slug}/screening/{round.number}/")
        number = int(other.locator("#record-card").get_attribute("data-number"))
        page.keyboard.press("i")
        waiting(page, 0)
        other.keyboard.press("e")
        expect(flash.locator(".notice")).to_have_count(1)
        return number

    def stands(number: int) -> str:
        vote = visibility.my_votes(world.reviewer_a, round).filter(record__number=number).first()
        return vote.verdict if vote else ""

    number = clash()
    flash.get_by_role("link", name="Leave it as it stands").click()
    expect(saved).to_have_text("All saved")
    expect(flash.locator(".notice")).to_have_count(0)
    assert other.evaluate("document.activeElement.id") == "rt", "and on with the next card"
    assert stands(number) == "include"
    other.wait_for_function("() => document.getElementById('screen-progress').dataset.voted === '1'")

    number = clash()
    flash.get_by_role("button", name="Take what this page sent").click()
    expect(saved).to_have_text("All saved")
    assert stands(number) == "exclude"

    clash()
    other.reload()  # it stays listed, in words only, until it is left
    assert "stands as: Include" in flash.inner_text()
    assert "Take what" not in flash.inner_text()
    flash.get_by_role("link", name="Leave it as it is").click()
    expect(saved).to_have_text("All saved")
    other.reload()
    expect(flash.locator(".notice")).to_have_count(0)

    # the other's vote is open: undo asks for a why, and the card shows the vote that stands until then
    number = int(other.locator("#record-card").get_attribute("data-number"))
    press(other, "i")
    waiting(other, 0)
    cast_vote(world.reviewer_b, records[number], round, Verdict.INCLUDE)
    press(other, "z")
    expect(flash.locator(".notice")).to_have_count(1)
    expect(other.locator("#decision .vote.is-include")).to_have_class(re.compile("is-on"))
    flash.get_by_label("Why do you change your vote?").fill("The wrong key")
    flash.get_by_role("button", name="Change my vote").click()
    expect(saved).to_have_text("All saved")
    assert stands(number) == ""
    assert faults == []
