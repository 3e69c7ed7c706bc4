"""The queue of possible duplicates by keyboard: the same, not the same, skip, undo, a whole kind at once and back; and on a phone."""

from typing import Any

import pytest
from playwright.sync_api import expect

from screening.models import DuplicatePair, Merge
from screening.vocabulary import PairState
from tests.factories import World
from tests.journeys.people import PHONE, problems_of
from tests.journeys.test_screening_keys import signed_in
from tests.screening.deduplication.test_many import errata

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def states() -> list[str]:
    return sorted(DuplicatePair.objects.values_list("state", flat=True))


def test_the_queue_by_keyboard(context: Any, page: Any, live_server: Any, settings: Any) -> None:
    settings.JOBS_SILENT = True
    world = World()
    errata(world, 3)
    signed_in(context, live_server, world.librarian)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{live_server.url}/r/{world.review.slug}/duplicates/")
    pair = page.locator("#room .row-line strong")
    expect(pair).to_have_text("Pair 1")
    assert problems_of(page) == []
    expect(page.locator("ins.d, del.d").first).to_be_visible()  # a line under each difference, not only a colour
    assert page.locator("del.d").first.evaluate("e => getComputedStyle(e).borderBottomStyle") == "dashed"

    page.keyboard.press("j")
    expect(pair).to_have_text("Pair 2")
    page.reload()
    page.goto(f"{live_server.url}/r/{world.review.slug}/duplicates/")
    expect(pair).to_have_text("Pair 2")  # the skip is remembered
    page.keyboard.press("d")
    expect(pair).to_have_text("Pair 3")
    page.keyboard.press("s")
    expect(pair).to_have_text("Pair 1")  # the skipped one comes last
    assert states() == [PairState.DIFFERENT, PairState.OPEN, PairState.SAME]
    page.keyboard.press("z")
    expect(pair).to_have_text("Pair 3")
    expect(page.locator("#room .chip")).to_contain_text("score")
    assert not Merge.objects.filter(undone_at=None).exists()
    page.keyboard.press("z")
    expect(pair).to_have_text("Pair 2")
    assert states() == [PairState.OPEN] * 3

    page.keyboard.press("b")
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 pairs that wait")
    expect(page.get_by_text("If votes exist, the outcome may change.")).to_be_visible()
    assert problems_of(page) == []
    page.keyboard.press("s")
    expect(page.get_by_text("Merged.")).to_be_visible()
    assert states() == [PairState.SAME] * 3
    assert problems_of(page) == []
    page.keyboard.press("z")
    expect(page.get_by_text("Taken back by")).to_be_visible()
    assert states() == [PairState.OPEN] * 3
    assert not Merge.objects.filter(undone_at=None).exists()
    page.keyboard.press("?")
    assert faults == []


def test_pages_of_duplicates_fit_a_phone_and_helping_technology(context: Any, page: Any, live_server: Any, settings: Any) -> None:
    settings.JOBS_SILENT = True
    world = World()
    errata(world, 2)
    signed_in(context, live_server, world.librarian)
    page.set_viewport_size(PHONE)
    for address in ("", "many/", "strictness/", "overlap/", "merges/", "compare/?a=1&b=2", "of/1/?other=2", "of/1/?q=recovery"):
        page.goto(f"{live_server.url}/r/{world.review.slug}/duplicates/{address}")
        assert problems_of(page) == [], address
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"], address
