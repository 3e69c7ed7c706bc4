"""The scripts in a real browser: keys, focus, what is said aloud, refusals and failures."""
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("trial")]


@pytest.fixture
def trial_page(page: Page, live_server: Any, kari: Any, client: Any) -> Page:
    """Kari's trial page, with a list of what was clicked."""
    client.force_login(kari)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page.goto(live_server.url)
    page.evaluate("window.clicked = []; document.addEventListener('click', (event) => clicked.push(event.target.id))")
    return page


def clicked(page: Page) -> list[str]:
    return page.evaluate("clicked")


def test_key_clicks_its_button(trial_page: Page) -> None:
    trial_page.keyboard.press("i")

    assert clicked(trial_page) == ["plain-include"]


@pytest.mark.parametrize("keys", ["Control+i", "Meta+i", "Alt+i"])
def test_key_with_a_modifier_is_the_browsers(trial_page: Page, keys: str) -> None:
    trial_page.keyboard.press(keys)

    assert clicked(trial_page) == []


def test_key_held_down_clicks_once(trial_page: Page) -> None:
    trial_page.keyboard.down("i")
    trial_page.keyboard.down("i")

    assert clicked(trial_page) == ["plain-include"]


def test_key_in_a_field_is_a_letter(trial_page: Page) -> None:
    trial_page.locator("#word").press_sequentially("ini")

    expect(trial_page.locator("#word")).to_have_value("ini")
    assert clicked(trial_page) == []


def test_key_rests_while_a_letter_is_composed(trial_page: Page) -> None:
    trial_page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'i', isComposing: true, bubbles: true}))")

    assert clicked(trial_page) == []


def test_question_mark_lists_the_keys_of_the_page_and_stops_them(trial_page: Page) -> None:
    trial_page.keyboard.press("?")
    dialog = trial_page.locator("#keys-help")
    expect(dialog).to_be_visible()
    expect(dialog.locator("dd", has_text="Include")).to_be_visible()
    trial_page.keyboard.press("i")
    assert "plain-include" not in clicked(trial_page)

    trial_page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_keys_rest_when_the_person_switched_them_off(trial_page: Page, kari: Any) -> None:
    kari.keys_on = False
    kari.save()
    trial_page.reload()
    trial_page.evaluate("window.clicked = []; document.addEventListener('click', (event) => clicked.push(event.target.id))")
    trial_page.keyboard.press("i")

    assert clicked(trial_page) == []


def test_swapped_part_takes_the_focus_and_is_said_aloud(trial_page: Page) -> None:
    trial_page.keyboard.press("n")

    expect(trial_page.locator("#announce")).to_have_text("Kari is next")
    expect(trial_page.locator("#part h2")).to_be_focused()


def test_refusal_is_shown_and_the_page_stays(trial_page: Page) -> None:
    trial_page.click("#late")

    expect(trial_page.locator("#flash .notice.is-bad")).to_contain_text("Round 1 was closed at 10:42.")
    expect(trial_page.locator("#part h2")).to_have_text("Kari")


def test_crash_is_shown_and_nothing_looks_saved(trial_page: Page) -> None:
    trial_page.click("#broken")

    expect(trial_page.locator("#flash [role=alert]")).to_contain_text("nothing was saved")
    expect(trial_page.locator("#broken")).to_have_attribute("data-failed", "500")


def test_lost_connection_is_shown(trial_page: Page) -> None:
    trial_page.context.set_offline(True)
    trial_page.click("#late")

    expect(trial_page.locator("#flash [role=alert]")).to_contain_text("The server did not answer, so this was not saved.")


def test_form_saves_itself_on_leaving_a_field_and_says_so(trial_page: Page) -> None:
    trial_page.fill("#note", "å være kjent")
    trial_page.focus("#word")

    expect(trial_page.locator("#toasts")).to_have_text("kept: å være kjent")


def test_form_saves_itself_two_seconds_after_typing(trial_page: Page) -> None:
    trial_page.clock.install()
    trial_page.locator("#note").press_sequentially("abc")
    trial_page.clock.run_for(1_500)
    expect(trial_page.locator("#toasts")).to_have_text("")
    trial_page.clock.run_for(1_000)

    expect(trial_page.locator("#toasts")).to_have_text("kept: abc")


def test_form_left_as_it_was_is_not_sent(trial_page: Page) -> None:
    sent: list[str] = []
    trial_page.on("request", lambda request: sent.append(request.url))
    trial_page.fill("#note", "x")
    trial_page.fill("#note", "")
    trial_page.focus("#word")
    trial_page.keyboard.press("?")

    expect(trial_page.locator("#keys-help")).to_be_hidden()
    assert sent == []


def test_toast_goes_after_six_seconds(trial_page: Page) -> None:
    trial_page.clock.install()
    trial_page.evaluate("document.dispatchEvent(new CustomEvent('toast', {detail: 'Excluded'}))")
    expect(trial_page.locator("#toasts .toast-line")).to_have_text("Excluded")
    trial_page.clock.run_for(6_100)

    expect(trial_page.locator("#toasts .toast-line")).to_have_count(0)


def test_chosen_files_are_named(trial_page: Page) -> None:
    trial_page.set_input_files("#files", [{"name": name, "mimeType": "text/plain", "buffer": b"x"} for name in ("cinahl.ris", "idunn.ris")])

    expect(trial_page.locator(".drop-names li")).to_have_text(["cinahl.ris", "idunn.ris"])


def test_dialog_starts_on_the_harmless_button_and_gives_the_focus_back(trial_page: Page) -> None:
    trial_page.click("#opener")
    expect(trial_page.get_by_role("button", name="Keep it")).to_be_focused()
    trial_page.keyboard.press("Escape")

    expect(trial_page.locator("#sure")).to_be_hidden()
    expect(trial_page.locator("#opener")).to_be_focused()
