"""The list of records in a browser: filters that the address keeps, back and reload, many chosen at once and labelled."""

from typing import Any

import pytest
from playwright.sync_api import expect

from reviewapp.jobs import actions as jobs
from screening.labels import actions as labels
from screening.search import actions as search
from tests.factories import World
from tests.journeys.people import problems_of
from tests.journeys.test_screening_keys import signed_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_filter_back_reload_choose_and_label(context: Any, page: Any, live_server: Any, settings: Any) -> None:
    settings.JOBS_SILENT = True
    world = World()
    for n in range(60):
        world.record(f"Paper {n}", abstract="Recovery at home." if n % 2 else "", year=2010 + n % 20)
    labels.make(world.reviewer_a, name="Look again")
    search.ask(world.review)
    jobs.run_pending("index")
    signed_in(context, live_server, world.reviewer_a)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{live_server.url}/r/{world.review.slug}/records/")
    total, filters, rows = page.locator("#list-n"), page.locator("#filters"), page.locator("#list tbody tr")
    expect(filters.get_by_role("link", name="2010–2019")).to_contain_text("30")  # the counts came after

    page.get_by_label("Words").fill("recovery")
    page.keyboard.press("Enter")
    expect(total).to_have_text("30")
    filters.get_by_role("link", name="2020–2029").click()
    expect(total).to_have_text("15")
    assert "q=recovery" in page.url
    assert "year=2020..2029" in page.url
    assert problems_of(page) == []

    page.go_back()
    expect(total).to_have_text("30")
    expect(page.get_by_label("Words")).to_have_value("recovery")
    page.go_forward()
    expect(total).to_have_text("15")
    page.reload()
    expect(total).to_have_text("15")
    expect(page.locator(".list-on")).to_contain_text("2020..2029")
    expect(page.get_by_label("Words")).to_have_value("recovery")

    boxes = rows.locator("input[name=record]")
    boxes.nth(1).check()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator("[data-chosen-count]")).to_have_text("4 chosen")
    page.locator("#bulk-label").select_option(label="Look again")
    page.get_by_role("button", name="Label them").click()
    expect(page.locator("#toasts")).to_contain_text("Look again is on 4 more records")
    assert "year=2020..2029" in page.url, "one is where one was"
    filters.get_by_role("link", name="Look again").click()
    expect(total).to_have_text("4")
    assert faults == []
