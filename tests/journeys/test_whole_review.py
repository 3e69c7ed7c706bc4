"""A whole review through the pages only: four people, from the files of two databases to the exported list.

On PostgreSQL among the programs of the team topology: gunicorn, two Celery workers, Redis. On the embedded default in the test's own
process, which does the background work between two pages (topology.py).
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import Browser

from screening.importing.readers import open_export, to_json
from tests.journeys.people import SAMPLES, Person, arrive, check, expect, pdf
from tests.journeys.topology import Place, own_work, team, team_is_there

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SECRET = "only the first reviewer thought of this"
#: Verdicts of the two by record number (1–6 CINAHL, 7–13 PsycINFO, 14–18 PubMed); everything else both exclude.
GOES_ON, SPLIT = {1, 7}, {2, 8}
BY_CONSENSUS, BY_THIRD = 2, 8
PAGES = (
    "", "searches/", "uploads/1/", "uploads/1/entries/?show=all", "duplicates/", "duplicates/merges/", "duplicates/overlap/", "records/",
    "records/1/", "screening/", "screening/1/2/", "conflicts/", "full-text/", "full-text/1/", "studies/", "classification/", "charting/",
    "charting/1/", "table1/", "themes/", "report/", "report/agreement/", "report/exports/", "history/", "criteria/", "rounds/", "team/",
    "settings/",
)  # fmt: skip


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    if team_is_there():
        with team(tmp_path_factory.mktemp("team")) as found:
            yield found
        return
    live_server, settings = request.getfixturevalue("live_server"), request.getfixturevalue("settings")
    settings.BASE_URL, settings.OPEN_SIGNUP = live_server.url, True
    yield Place(live_server.url, own_work)


@pytest.fixture
def four(browser: Browser, place: Place) -> Iterator[list[Person]]:
    people = [arrive(browser, place.url, name) for name in ("Kari Demo", "Bo Demo", "Lise Demo", "Tor Demo")]
    yield people
    for person in people:
        person.page.context.close()


def test_two_reviewers_a_librarian_and_a_third_reviewer_finish_a_review(four: list[Person], place: Place) -> None:
    kari, bo, lise, tor = four
    review = starts_a_review(kari)
    for person, role in ((bo, "reviewer"), (lise, "librarian"), (tor, "third reviewer")):
        joins(person, invited_link(kari, review, person.email, role))
    records_searches(lise, review, place)
    answers_duplicates(lise, review)
    opens_titles(kari, review)
    votes_on_titles(kari, review, GOES_ON | SPLIT)
    sees_nothing_of_others([bo, lise, tor], review)
    votes_on_titles(bo, review, GOES_ON)
    settles_by_consensus(bo, kari, review)
    settles_as_third(kari, tor, review)
    gets_full_texts(lise, review)
    opens_full_texts(kari, review)
    for person in (kari, bo):
        votes_on_full_texts(person, review)
    classifies(kari, review)
    charts(kari, review)
    reads_the_flow(kari, review)
    exports(kari, review)
    wrong = [problem for page in PAGES for problem in check(kari, review + page)]
    wrong += [problem for address in ("/", "/account/") for problem in check(kari, address)]
    assert not wrong, "\n".join(wrong)


def starts_a_review(owner: Person) -> str:
    """Make an account, sign out, sign in at the login page, start the review, write its criteria; gives its address."""
    page = owner.go("/account/signup/")
    owner.make_account()
    expect(page).to_have_url(re.compile(r"/$"))
    owner.sign_out()
    owner.go("/")
    owner.sign_in()
    owner.go("/reviews/new/")
    page.get_by_label("Title").fill("Support and recovery")
    owner.press("Start the review")
    expect(page).to_have_url(re.compile(r"/r/[\w-]+/$"))
    review = "/r/" + page.url.split("/r/")[1]
    owner.go(review + "criteria/")
    page.get_by_label("Include", exact=True).fill("About social support\nPeer reviewed")
    page.get_by_label("Exclude", exact=True).fill("Opinions")
    page.get_by_label("Reasons to exclude, in order").fill("Not relevant\nOpinion\nPoor design")
    page.get_by_label("This version is").select_option("new")
    owner.press("Publish")
    expect(page.locator("main")).to_contain_text("Version 1")
    for order in (1, 2):  # so that votes open at once, not ten minutes after the second
        owner.go(f"{review}settings/rules/{order}/")
        page.get_by_label("minutes after that").fill("0")
        owner.press("Show what this would do")
        owner.press("Apply these rules")
        expect(page).to_have_url(re.compile(r"settings/$"))
    return review


def invited_link(owner: Person, review: str, email: str, role: str) -> str:
    page = owner.go(review + "team/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label(role, exact=True).check()
    owner.press("Make the invitation")
    link = page.locator("#invitation-link").text_content()
    assert link
    return link


def joins(person: Person, link: str) -> None:
    page = person.go(link)
    person.press("Open an account", role="link")
    expect(page.get_by_label("E-mail")).to_have_value(person.email)
    person.make_account()
    person.press("Join the review")
    expect(page.locator("h1").first).to_contain_text("Support and recovery")


def records_searches(librarian: Person, review: str, place: Place) -> None:
    """Three searches with a file each; every import report adds up: found = read + needs a look."""
    for number, (source, platform, name, found) in enumerate(
        (("CINAHL", "EBSCOhost", "ebsco-cinahl.ris", 6), ("PsycINFO", "Ovid", "ovid.ris", 7), ("PubMed", "", "pubmed.csv", 5)), start=1
    ):
        page = librarian.go(review + "searches/new/")
        page.get_by_label("or a new source").fill(source)
        page.get_by_label("on the platform").fill(platform)
        if number == 1:
            page.get_by_label("or a new search round").fill("Original search")
        page.get_by_label("Hits shown").fill(str(found))
        librarian.press("Record the search")
        page.locator("#files").set_input_files(SAMPLES / name)
        librarian.press("Upload")
        expect(page.locator("h1")).to_have_text("Import report")
        if place.work:
            place.work()
            librarian.go(f"{review}uploads/{number}/")
        report = page.locator(".receipt-sum")  # with workers it comes by itself, after the progress
        report.wait_for(timeout=60_000)
        assert [int(n) for n in re.findall(r"\d+", report.inner_text())][:4] == [found, found, found, 0]


def answers_duplicates(librarian: Person, review: str) -> None:
    """One merge of the engine is undone, one pair is the same paper."""
    for _ in range(60):
        page = librarian.go(review + "duplicates/")
        if page.locator("#room", has_text="Pair 1").count():
            break
        page.wait_for_timeout(500)  # workers compare; a person would look again, too
    page = librarian.go(review + "duplicates/merges/")
    librarian.press("Undo merge", role="link")
    page.get_by_label("Why are these two papers?").fill("Two chapters of one book")
    librarian.press("Undo the merge")
    expect(page.locator("main")).to_contain_text("undone by")
    page = librarian.go(review + "duplicates/")
    expect(page.locator("#room")).to_contain_text("Pair 1")
    for _ in range(5):
        if "record 1 stays" in page.locator("#room").inner_text():
            break
        librarian.press("Skip", role="link")
    page.keyboard.press("s")
    expect(page.locator("#room")).to_contain_text("1 the same")


def opens_titles(owner: Person, review: str) -> None:
    page = owner.go(review + "rounds/new/")
    page.get_by_label("Name").fill("Titles")
    for box in page.get_by_role("group", name="Who votes").get_by_role("checkbox").all():
        box.check()
    owner.press("Open the round")
    expect(page.locator("main")).to_contain_text("Titles")


def votes_on_titles(reviewer: Person, review: str, included: set[int]) -> None:
    """Go through the queue by keys until it is empty."""
    page = reviewer.go(review + "screening/")
    reviewer.press("Begin screening", role="link")
    page.wait_for_url("**/screening/1/")  # its scripts are there, and the keys with them
    for _ in range(17):
        card = page.locator("#record-card")
        number = int(card.get_attribute("data-number") or 0)
        if number in included:
            if number == BY_CONSENSUS and reviewer.name.startswith("Kari"):
                page.locator("textarea[name=note]").fill(SECRET)
                page.locator("h2#rt").click()
            page.keyboard.press("i")
        else:
            page.keyboard.press("1")
        expect(card).not_to_have_attribute("data-number", str(number))
    expect(page.locator("#record-card")).to_contain_text("You have voted on every record")
    expect(page.locator("#saved")).to_contain_text("All saved")


def sees_nothing_of_others(people: list[Person], review: str) -> None:
    """While one vote of two is in: no page of anybody else holds a word or a number of it."""
    for person in people:
        for address in ("", "screening/", "conflicts/", "records/", f"records/{BY_CONSENSUS}/", "history/", "full-text/", "report/"):
            page = person.go(review + address)
            text = page.locator("body").inner_text()
            assert SECRET not in page.content(), f"{person.name} reads a note of another's at {address}"
            assert "Goes on" not in text, f"{person.name} sees an outcome at {address}"
        page = person.go(review + "conflicts/")
        expect(page.locator("main")).to_contain_text("No conflict is open to you")


def settles_by_consensus(one: Person, other: Person, review: str) -> None:
    page = opens_conflict(one, review, BY_CONSENSUS)
    assert SECRET in page.content()  # now that both have voted
    page.get_by_label("the grounds of your proposal").fill("The second aim fits.")
    one.press("Propose include")
    expect(page.locator("#room")).to_contain_text("Waits for")
    page = opens_conflict(other, review, BY_CONSENSUS)
    other.press("Agree to include")
    expect(page.locator(f"[data-room='{BY_CONSENSUS}']")).to_have_count(0)
    expect(other.go(review + "conflicts/?show=settled").locator("#list")).to_contain_text("Peer workers")


def opens_conflict(person: Person, review: str, number: int) -> Any:
    page = person.go(review + "conflicts/")
    page.locator(f"#list a[href*='/{number}/']").first.click()
    expect(page.locator(f"[data-room='{number}']")).to_be_visible()
    return page


def settles_as_third(voter: Person, third: Person, review: str) -> None:
    page = opens_conflict(voter, review, BY_THIRD)
    page.get_by_label("the grounds of your proposal").fill("We do not agree on the aims.")
    voter.press("Hand to")
    expect(page.locator(f"[data-room='{BY_THIRD}']")).to_have_count(0)
    page = opens_conflict(third, review, BY_THIRD)
    page.get_by_label("Why you decide so").fill("Outside both aims.")
    third.press("Decide: exclude")
    expect(page.locator(f"[data-room='{BY_THIRD}']")).to_have_count(0)
    expect(third.go(review + "conflicts/").locator("main")).to_contain_text("No conflict is open to you")


def gets_full_texts(librarian: Person, review: str) -> None:
    for number in (1, 2, 3):
        page = librarian.go(f"{review}full-text/{number}/")
        file = {"name": f"report-{number}.pdf", "mimeType": "application/pdf", "buffer": pdf(f"Report {number}")}
        page.get_by_label("PDF of this report").set_input_files(file)  # type: ignore[arg-type]
        librarian.press("Attach the PDF")
        expect(page.locator(".pdf-tools")).to_contain_text(f"report-{number}.pdf")


def opens_full_texts(owner: Person, review: str) -> None:
    page = owner.go(review + "rounds/new/")
    page.get_by_label("Stage", exact=True).select_option(index=1)
    page.get_by_label("Name").fill("Full texts")
    for box in page.get_by_role("group", name="Who votes").get_by_role("checkbox").all():
        box.check()
    owner.press("Open the round")
    expect(page.locator("main")).to_contain_text("Full texts")


def votes_on_full_texts(reviewer: Person, review: str) -> None:
    """Include two; the one on which titles split is excluded, which asks for a reason."""
    for number in (1, 2, 3):
        page = reviewer.go(f"{review}full-text/{number}/")
        if "Peer workers" in page.locator("h1").inner_text():
            reviewer.press("Exclude E")
            expect(page.locator("#reason-hint")).to_contain_text("Choose the first criterion that fails.")
            expect(page.locator("#mine-h")).to_have_count(0)
            page.keyboard.press("1")
        else:
            page.keyboard.press("i")
        expect(page.locator("#mine-h")).to_be_visible()


def classifies(reviewer: Person, review: str) -> None:
    page = reviewer.go(review + "classification/")
    cell = page.locator("#c-1-relevance-own")
    cell.focus()
    page.keyboard.press("3")
    expect(page.locator("#c-1-relevance-own:not(.is-saving)")).to_have_text("3")


def charts(reviewer: Person, review: str) -> None:
    page = reviewer.go(review + "charting/1/")
    page.fill("#a-country", "Norway")
    page.keyboard.press("Tab")
    expect(page.locator("#meta-country .saved-word")).to_be_visible()
    expect(reviewer.go(review + "charting/").locator("main")).to_contain_text("Demo")


def reads_the_flow(owner: Person, review: str) -> None:
    """18 entries = 17 records + 1 duplicate; 17 screened = 14 excluded + 3; 3 assessed = 1 excluded + 2 included."""
    page = owner.go(review + "report/")
    said = page.locator("#as-list").inner_text()
    sums = (r"identified.*\b18\b", r"uplicate.*\b1\b", r"screened.*\b17\b", r"xcluded.*\b14\b", r"assessed.*\b3\b", r"ncluded.*\b2\b")
    for words in sums:
        assert re.search(words, said, re.S), f"{words}: {said}"
    expect(page.locator("main")).to_contain_text("14")
    assert page.locator(".pr-fig svg").count() == 1


def exports(owner: Person, review: str) -> None:
    """The list of included papers as RIS, read back by the readers that imports use."""
    page = owner.go(review + "report/exports/")
    with page.expect_download() as download:
        page.locator("a[href$='included.ris']").click()
    data = download.value.path().read_bytes()
    back = to_json(open_export(BytesIO(data), "included.ris"))
    assert (back["found"], back["read"]) == (2, 2)
    assert {record["doi"] for record in back["records"]} == {"10.5555/cin.1", "10.5555/ovid.1"}
