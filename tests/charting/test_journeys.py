"""In a browser: the rating grid by keys, and two people in one charting form."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from charting.classification_table import actions
from charting.models import Answer, Rating
from tests.charting.conftest import Assessed

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def enter(browser: Browser, live_server: Any) -> Callable[[Any], Page]:
    """Open a window of one's own, signed in as a member."""

    def open_as(member: Any) -> Page:
        client = Client()
        client.force_login(member.user)
        context = browser.new_context(base_url=live_server.url)
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": live_server.url}]
        )
        return context.new_page()

    return open_as


def test_a_report_is_rated_and_agreed_by_keys_alone(enter):
    world = Assessed(1)
    (report,) = world.reports
    for scale in ("relevance", "design"):
        actions.rate(member=world.reviewer_b, report=report, scale=scale, value=1)
    page = enter(world.reviewer_a)
    page.goto(reverse("classification", args=[world.review.slug]))
    cell = page.locator(f"#c-{report.number}-relevance-own")
    cell.focus()
    page.keyboard.press("3")
    expect(page.locator(f"#c-{report.number}-relevance-own:not(.is-saving)")).to_have_text("3")
    expect(cell).to_be_focused()
    expect(page.locator("td.wide")).to_have_count(0)

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"#c-{report.number}-design-own")).to_be_focused()
    page.keyboard.press("2")
    expect(page.locator("td.wide")).to_have_count(1)

    page.keyboard.press("x")
    expect(page.locator(f"#c-{report.number}-relevance-agreed")).to_be_focused()
    page.keyboard.press("2")
    expect(page.locator(f"#c-{report.number}-relevance-agreed:not(.is-saving)")).to_have_text("2")
    assert Rating.objects.filter(member=world.reviewer_a, superseded_at=None).count() == 2


def test_a_value_that_was_not_taken_stays_with_a_red_ring_and_a_sentence(enter):
    world = Assessed(1)
    (report,) = world.reports
    page = enter(world.reviewer_a)
    page.goto(reverse("classification", args=[world.review.slug]))
    page.locator(f"#c-{report.number}-design-agreed").focus()
    page.keyboard.press("2")
    expect(page.locator(f"#c-{report.number}-design-agreed.is-bad")).to_have_text("2")
    expect(page.locator("#flash")).to_contain_text("Rate this report on every scale first.")


def test_two_people_in_one_form_both_keep_what_they_typed(enter):
    world = Assessed(1)
    (study,) = world.include()
    mine, theirs = enter(world.reviewer_a), enter(world.reviewer_b)
    for page in (mine, theirs):
        page.goto(reverse("study_chart", args=[world.review.slug, study.number]))
    theirs.fill("#a-country", "Sweden")
    theirs.keyboard.press("Tab")
    expect(theirs.locator("#meta-country .saved-word")).to_be_visible()

    mine.fill("#a-country", "Norway")
    mine.keyboard.press("Tab")
    clash = mine.locator("#meta-country .chart-clash")
    expect(clash).to_contain_text("Sweden")
    expect(clash).to_contain_text("Norway")
    clash.get_by_role("button", name="Keep mine").click()
    expect(mine.locator("#meta-country .saved-word")).to_be_visible()
    assert Answer.objects.get(superseded_at=None).value == "Norway"
