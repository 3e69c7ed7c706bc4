"""Importing by keyboard alone: upload, mend an entry, sign the report, split a pooled library, attach votes; and its pages on a phone."""

import time
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import FileChooser, Locator, Page, expect

from reviewapp.jobs import actions as jobs
from screening.importing import actions as importing
from screening.models import Decision, ImportSignature, Search, SourceRecord
from screening.searches import actions as searches
from tests.factories import World
from tests.journeys.people import PHONE, problems_of
from tests.journeys.test_screening_keys import signed_in
from tests.screening.importing.conftest import MIXED

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
POOLED = b"title,authors,year,database\n" + b"".join(
    f'A pooled title {n},"Demo, Kari",2017,{"Embase" if n % 2 else "ERIC"}\n'.encode() for n in range(6)
)
VOTES = (
    b"TY  - JOUR\nTI  - First\nAU  - Demo, B.\nPY  - 2019\nT2  - Demo Journal\nDO  - 10.5555/demo.1\n"
    b'N1  - RAYYAN-INCLUSION: {"Anna"=>"Included"}\nER  - \n'
)


def reach(page: Page, wanted: Locator) -> None:
    """Go to an element by Tab."""
    expect(wanted).to_be_visible()
    for _step in range(90):
        if wanted.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"not reached by Tab: {wanted}")


def press(page: Page, name: str) -> None:
    """Reach a button or a link by Tab and press it."""
    reach(page, page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first)
    page.keyboard.press("Enter")


def choose_file(page: Page, label: str, name: str, data: bytes) -> None:
    """Open the chooser by Space. A busy browser now and then swallows the key: it is pressed again."""
    asked: list[FileChooser] = []
    page.once("filechooser", lambda chooser: asked.append(chooser))
    for _try in range(3):
        reach(page, page.get_by_label(label))
        page.keyboard.press("Space")
        until = time.monotonic() + 8
        while not asked and time.monotonic() < until:
            page.wait_for_timeout(50)
        if asked:
            break
    asked[0].set_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})


def send(page: Page, address: str, name: str, data: bytes) -> None:
    """Upload a file into a search, and wait until it is read."""
    page.goto(address)
    choose_file(page, "Export files", name, data)
    press(page, "Upload")
    expect(page.get_by_role("heading", level=1, name="Import report")).to_be_visible()
    jobs.run_pending("import")
    expect(page.get_by_role("heading", level=2, name="Signed")).to_be_visible()



def test_a_click_is_not_lost_while_the_page_follows_a_job(context: Any, page: Page, live_server: Any, settings: Any) -> None:
    """The report of a file that waits is fetched again every 300 ms: a button that is held down meanwhile stays where it is."""
    settings.JOBS_SILENT = True
    world = World()
    upload = importing.receive(world.librarian, world.search, BytesIO(MIXED), "demo.ris")
    signed_in(context, live_server, world.librarian)
    page.goto(f"{live_server.url}/r/{world.review.slug}/uploads/{upload.number}/")
    with page.expect_response("**/progress/"):
        page.get_by_role("button", name="Stop reading").hover()
    page.mouse.down()
    for _time in range(2):
        with page.expect_response("**/progress/"):
            pass
    page.wait_for_timeout(50)
    page.mouse.up()

    expect(page.get_by_text("Reading stopped")).to_be_visible()


def test_importing_by_keyboard(context: Any, page: Any, live_server: Any, settings: Any) -> None:
    settings.JOBS_SILENT = True
    world = World()
    world.open_round()
    library = searches.add_search(world.owner, source=searches.add_source(world.owner, name="Library"), search_round=world.search_round)
    signed_in(context, live_server, world.owner)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    review = f"{live_server.url}/r/{world.review.slug}"

    send(page, f"{review}/searches/{world.search.number}/", "cinahl.ris", MIXED)
    expect(page.get_by_text("It could not be read")).to_be_visible()
    reach(page, page.get_by_label("Title", exact=True))
    page.keyboard.type("The one between")
    press(page, "Mend and read")
    expect(page.get_by_text("mended by a person")).to_be_visible()
    assert SourceRecord.objects.filter(title="The one between").exists()

    reach(page, page.get_by_label("Note (may stay empty)"))
    page.keyboard.type("All is here")
    page.keyboard.press("Enter")
    expect(page.get_by_text("All is here")).to_be_visible()
    assert ImportSignature.objects.get().by == world.owner

    send(page, f"{review}/searches/{library.number}/", "pooled.csv", POOLED)
    press(page, "Split a pooled library")
    reach(page, page.get_by_role("combobox").nth(1))
    page.keyboard.type("a new")
    press(page, "Split the file so")
    expect(page.get_by_role("button", name="Take the split back")).to_be_visible()
    assert {"Embase", "ERIC"} <= set(Search.objects.values_list("source__name", flat=True))

    page.goto(f"{review}/votes/attach/")
    choose_file(page, "File with decisions", "rayyan.ris", VOTES)
    press(page, "See what it would write")
    reach(page, page.get_by_label("Member who is Anna"))
    page.keyboard.press("ArrowDown")
    press(page, "See the numbers for this choice")
    press(page, "Write 1 vote at most")
    expect(page.get_by_text("The votes were written.")).to_be_visible()
    assert Decision.objects.get().verdict == "include"
    assert faults == []


def test_pages_of_importing_fit_a_phone_and_helping_technology(context: Any, page: Any, live_server: Any, settings: Any) -> None:
    settings.JOBS_SILENT = True
    from tests.access.whole import Whole

    whole = Whole()
    signed_in(context, live_server, whole.owner)
    page.set_viewport_size(PHONE)
    review = f"{live_server.url}/r/{whole.review.slug}"
    later, pooled, file = whole.later.number, whole.pooled.number, whole.file.number
    for address in (
        "searches/", "searches/1/", "searches/1/report/", f"uploads/{file}/", f"uploads/{file}/entries/?show=all",
        f"uploads/{later}/", f"uploads/{later}/entries/?show=seen", f"uploads/{pooled}/split/", f"uploads/{file}/withdraw/",
        "votes/attach/", f"votes/attach/{whole.votes_file.number}/", "searches/appendix/", f"searches/{whole.later.search.number}/compare/",
    ):  # fmt: skip
        page.goto(f"{review}/{address}")
        assert problems_of(page) == [], address
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"], address
