"""The list of records: what its address asks, its filters and their counts, its orders and pages, what is done with chosen records."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviewapp.jobs import actions as jobs
from screening.labels import actions as labels
from screening.models import Record
from screening.outcomes import merging
from screening.records import bulk
from screening.search import actions as search
from screening.search import fields
from screening.searches import actions as searches
from screening.stages import actions as stages
from screening.vocabulary import RoundKind, Verdict
from tests.factories import World
from tests.fixtures import cast_vote
from tests.screening.records.test_records import client, titles, url
from tests.screening.settling import Settling

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def index(world: World) -> None:
    search.ask(world.review)
    jobs.run_pending("index")


@pytest.fixture
def three(world: World) -> list[Record]:
    found = [
        world.record("Recovery at home", year=2010, authors=["Ødegård, Åse"], language="English"),
        world.record("A café abroad", year=2018, abstract="Support and recovery.", language="nor", authors=["Aas, Per"]),
        world.record("Something else", year=None, abstract="", language="", authors=[]),
    ]
    index(world)
    return found


def counts(world: World, member: Any, address: str = "") -> dict[str, dict[str, int]]:
    """The filters with counts as the fragment shows them: filter → value in the address → n."""
    answer = client(member).get(url(world, "records_counts") + address, headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    return read(answer)


def read(answer: Any) -> dict[str, dict[str, int]]:
    """Read the fragment itself."""
    found: dict[str, dict[str, int]] = {}
    for name, section in re.findall(r'<h2 id="filter-(\w+)">(.*?)</section>', answer.content.decode(), re.DOTALL):
        links = re.findall(r'<a href="[^"]*"[^>]*><span>(.*?)</span>.*?<span class="num">([\d,]*)</span>', section, re.DOTALL)
        found[name] = {text: int(n.replace(",", "")) for text, n in links if n}
    return found


def test_list_finds_words_years_sources_and_my_own(world: World, three: list[Record]) -> None:
    one, two, last = three
    round = world.open_round()
    cast_vote(world.reviewer_a, one, round, Verdict.INCLUDE)
    get = client(world.reviewer_a).get
    listed = url(world, "records")
    assert titles(get(listed)) == [one.title, two.title, last.title]
    for query, expected in {
        "?q=recovery": [one, two], "?q=recovery+café": [two], "?q=Ødegård": [one], "?year=2011..2019": [two], "?year=none": [last],
        "?source=1": [one, two, last], "?source=cinahl": [one, two, last], "?no=abstract": [last], "?language=no": [two],
        "?mine=voted": [one], "?mine=undecided": [two, last], "?mine=include": [one], "?mine=exclude": [], "?q=mine:include": [one],
        "?q=-mine:include+recovery": [two], f"?round={round.number}": [one, two, last], "?q=round:main": [one, two, last],
        "?q=nowhere": [], "?outcome=goes_on": [], "?q=recovery&year=2010..2011": [one], "?show=removed": [], "?show=nonsense": [one, two, last],
    }.items():  # fmt: skip
        assert titles(get(listed + query)) == [record.title for record in expected], query
    assert "No record fits" in get(f"{listed}?q=nowhere").content.decode()
    part = get(f"{listed}?q=recovery", headers=HTMX).content.decode()
    assert "<html" not in part
    assert 'id="found"' in part


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ('"recovery at', "is not closed"), ("year:soon", "is no year"), ("source:nowhere", "no source"), ("mine:perhaps", "is not known here"),
        ("nonsense:home recovery", "no field"), ("round:99", "no round"), ("(recovery", "not closed"), ("has:everything", "nothing that a record"),
        ("outcome:dull", "is not known here"), ("*" * 600, "first 500"), ("a*", "too short"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_never_fails(world: World, three: list[Record], asked: str, said: str) -> None:
    answer = client(world.reviewer_a).get(url(world, "records") + "?" + urlencode({"q": asked}))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert said in page
    assert "Understood as:" in page


@pytest.mark.parametrize("address", ["?year=x", "?source=%00", "?mine=nope", "?sort=nope", "?after=zzz", "?round=9999999999999", "?q=%00", "?language=((", "?outcome=-"])
def test_a_broken_address_still_gives_a_list(world: World, three: list[Record], address: str) -> None:
    for name in ("records", "records_counts"):
        for headers in ({}, HTMX):
            assert client(world.reviewer_a).get(url(world, name) + address, headers=headers).status_code == 200


def test_own_votes_are_no_field_for_who_has_none(world: World, three: list[Record]) -> None:
    page = client(world.librarian).get(url(world, "records") + "?q=mine:include").content.decode()
    assert "There is no field" in page
    assert "mine" not in counts(world, world.librarian)


def test_a_vote_of_the_pilot_is_none_of_the_main_round(world: World, three: list[Record]) -> None:
    pilot = world.open_round(kind=RoundKind.PILOT, record_ids=[one.pk for one in three])
    cast_vote(world.reviewer_a, three[0], pilot, Verdict.EXCLUDE)
    get, listed = client(world.reviewer_a).get, url(world, "records")
    assert titles(get(listed + "?mine=exclude")) == [three[0].title], "while there is no other round"
    stages.close_round(world.owner, pilot)
    main = world.open_round()
    assert titles(get(listed + "?mine=undecided")) == [one.title for one in three], "as many as wait in the queue"
    assert titles(get(listed + "?mine=exclude")) == []
    cast_vote(world.reviewer_a, three[0], main, Verdict.INCLUDE)
    assert counts(world, world.reviewer_a)["mine"] == {"without my vote": 2, "include": 1}


def test_filters_say_how_many_each_would_leave(world: World, three: list[Record]) -> None:
    cast_vote(world.reviewer_a, three[0], world.open_round(), Verdict.INCLUDE)
    other = world.search_in(world.source)
    merging.merge(three[0], world.record("Recovery at home", upload=world.upload(other), year=2010, language="English"), by=world.librarian)
    found = counts(world, world.reviewer_a)
    assert found["source"] == {"CINAHL": 3}, "a record found twice counts once"
    assert found["year"] == {"2010–2019": 2, "no year": 1}
    assert found["language"] == {"English": 1, "Norwegian": 1, "not said": 1}
    assert found["mine"] == {"without my vote": 2, "include": 1}
    assert found["no"] == {"no abstract": 1, "no DOI": 3, "no year": 1}
    assert list(found["round"].values()) == [3]
    narrowed = counts(world, world.reviewer_a, "?language=no&q=abroad")
    assert (narrowed["year"], narrowed["language"]) == ({"2010–2019": 1}, {"Norwegian": 1})
    kept = counts(world, world.reviewer_a, "?language=no")
    assert kept["language"] == {"English": 1, "Norwegian": 1, "not said": 1}, "the counts of a filter are those without it"


def test_every_count_is_the_length_of_its_list(world: World) -> None:
    """Over all filters and their values: what the link says is what one finds behind it."""
    for n in range(12):
        world.record(f"Paper {n}", year=1995 + 3 * n, language=["English", "nor", "Danish", ""][n % 4], abstract="" if n % 5 == 0 else "Words.")
    again = world.search_in(searches.add_source(world.librarian, name="MEDLINE"))
    copies = [world.record("Copy", upload=world.upload(search)) for search in (world.search_in(world.source), again, again, again)]
    round = world.open_round()
    for n, verdict in enumerate((Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.EXCLUDE, Verdict.MAYBE)):
        cast_vote(world.reviewer_a, Record.objects.get(review=world.review, number=n + 1), round, verdict)
        cast_vote(world.reviewer_b, Record.objects.get(review=world.review, number=n + 1), round, Verdict.EXCLUDE)
    for n, copy in enumerate(copies):
        cast_vote(world.reviewer_a, copy, round, Verdict.INCLUDE)
        merging.merge(Record.objects.get(review=world.review, number=n + 3), copy, by=world.librarian)
    index(world)
    for member in (world.reviewer_a, world.librarian, world.reviewer_c):
        visitor, seen = client(member), 0
        for address in ("", "?q=paper&year=2000..2009"):
            fragment = visitor.get(url(world, "records_counts") + address, headers=HTMX).content.decode()
            links = re.findall(r'<a href="([^"]*)"[^>]*?(aria-current="true")?><span>.*?<span class="num">([\d,]+)</span>', fragment)
            for link, is_on, n in links:
                if not is_on:
                    answer = visitor.get(link.replace("&amp;", "&"))
                    assert answer.context["n"] == int(n), (member.roles, link)
                    seen += 1
        assert seen > 10


def test_without_script_the_address_of_the_counts_is_the_whole_list(world: World, three: list[Record]) -> None:
    page = client(world.reviewer_a).get(url(world, "records_counts")).content.decode()
    assert "<html" in page
    assert read_page(page)["language"] == {"English": 1, "Norwegian": 1, "not said": 1}


def read_page(page: str) -> dict[str, dict[str, int]]:
    class Answer:
        content = page.encode()

    return read(Answer)


def test_orders_and_their_pages_hold_each_record_once(world: World) -> None:
    titles_given = ["Beta", "alpha", "Alpha", "", "Ångström", "gamma", "Beta"]
    for n, title in enumerate(titles_given * 2):
        record = world.record("x", year=None if n % 3 == 0 else 2000 + n % 4, authors=[] if n % 4 == 0 else [f"Demo, {chr(75 - n)}"])
        Record.objects.filter(pk=record.pk).update(title=title)
    visitor = client(world.reviewer_a)
    for order in ("", "newest", "year", "author", "title"):
        pages = walk(visitor, url(world, "records") + f"?sort={order}", "next_url")
        numbers = [record.number for rows in pages for record in rows]
        assert sorted(numbers) == list(range(1, 15)), order
        assert [record.number for rows in reversed(walk(visitor, last_address, "previous_url")) for record in rows] == numbers, order
    years = [record.year or 0 for rows in walk(visitor, url(world, "records") + "?sort=year", "next_url") for record in rows]
    assert years == sorted(years, reverse=True)
    first = [record.title.lower() for record in walk(visitor, url(world, "records") + "?sort=title", "next_url")[0]]
    assert first[:2] == ["", ""]


last_address = ""


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screening.records.lists.PAGE_SIZE", 4)


def walk(visitor: Any, address: str, way: str) -> list[list[Record]]:
    global last_address
    pages = []
    for _ in range(20):
        last_address = address
        found = visitor.get(address).context["slice"]
        pages.append(found.items)
        if not getattr(found, way):
            return pages
        address = address.split("?")[0] + getattr(found, way)
    raise AssertionError("the pages do not end")


def test_above_ten_thousand_the_total_says_so(world: World, three: list[Record], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screening.records.lists.CAP", 2)
    page = " ".join(client(world.reviewer_a).get(url(world, "records")).content.decode().split())
    assert '<strong id="list-n">2+</strong> records' in page


def test_the_total_follows_with_the_counts(world: World, three: list[Record], monkeypatch: pytest.MonkeyPatch) -> None:
    """The first page counts no further than it must; what comes after it, and the page without script, have the whole total."""
    monkeypatch.setattr("screening.records.lists.FIRST", 2)
    visitor = client(world.reviewer_a)
    assert '<strong id="list-n">2+</strong>' in visitor.get(url(world, "records")).content.decode()
    part = visitor.get(url(world, "records_counts"), headers=HTMX).content.decode()
    assert '<strong id="list-n" hx-swap-oob="true">3</strong>' in part
    assert '<span id="list-all" hx-swap-oob="true">all 3 that fit</span>' in part
    whole = visitor.get(url(world, "records_counts")).content.decode()
    assert ('<strong id="list-n">3</strong>' in whole, whole.count('id="list-n"')) == (True, 1)


def test_words_can_be_listed_by_relevance(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A word in the title tells more than one in the abstract; each record stands once, from the first page to the last and back."""
    inside = [world.record(f"Paper {n}", abstract="Something. " * 40 + "Recovery. " * (n % 3 + 1)) for n in range(9)]
    titled = world.record("Recovery and support", abstract="Recovery.")
    world.record("Not that")
    index(world)
    visitor, address = client(world.reviewer_a), url(world, "records") + "?q=recovery&sort=relevance"
    pages = walk(visitor, address, "next_url")
    numbers = [record.number for rows in pages for record in rows]
    assert numbers[0] == titled.number
    assert sorted(numbers) == [*(record.number for record in inside), titled.number]
    assert [record.number for rows in reversed(walk(visitor, last_address, "previous_url")) for record in rows] == numbers
    assert 'value="relevance" selected' in visitor.get(address).content.decode()
    assert 'value="relevance"' not in visitor.get(url(world, "records")).content.decode(), "no words, no relevance"
    by_number = visitor.get(url(world, "records") + "?q=-recovery&sort=relevance")
    assert titles(by_number) == ["Not that"]
    monkeypatch.setattr("screening.records.lists.MOST_RANKED", 5)
    answer = visitor.get(address)
    assert "they stand by number" in answer.content.decode()
    assert [record.number for record in answer.context["slice"].items] == [record.number for record in inside[:4]]


def test_my_votes_at_full_text() -> None:
    world = Settling()
    report, other = world.on(2)
    full_text = world.full_text_round
    index(world)
    visitor = client(world.reviewer_a)
    cast_vote(world.reviewer_a, report.record, full_text, Verdict.INCLUDE)
    listed = url(world, "records")
    for query, expected in {
        "?mine_ft=include": [report], "?mine_ft=voted": [report], "?mine_ft=undecided": [other], "?q=mine_ft:exclude": [],
        "?mine=include": [report, other],
    }.items():  # fmt: skip
        assert titles(visitor.get(listed + query)) == [one.record.title for one in expected], query
    assert "is not known here" in visitor.get(listed + "?q=mine_ft:maybe").content.decode()
    assert counts(world, world.reviewer_a)["mine_ft"] == {"without my vote": 1, "include": 1}
    assert "mine_ft" not in counts(world, world.reviewer_c), "no round at full text"


def test_the_address_holds_it_all(world: World, three: list[Record]) -> None:
    asked = {"q": "recovery", "source": "1", "year": "2010..2019", "sort": "title"}
    answer = client(world.reviewer_a).get(url(world, "records") + "?" + urlencode(asked))
    assert dict(parse_qsl(answer.context["found"].asked.address()[1:])) == asked
    page = answer.content.decode()
    for name, value in asked.items():
        assert f'value="{value}"' in page, name
    assert "OFFSET" not in " ".join(statements(world, urlencode(asked)))


def statements(world: World, query: str) -> list[str]:
    with CaptureQueriesContext(connection) as found:
        client(world.reviewer_a).get(url(world, "records") + "?" + query)
    return [one["sql"] for one in found.captured_queries]


def test_queries_do_not_grow_with_the_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screening.records.lists.PAGE_SIZE", 50)
    found = []
    for n in (3, 30):
        world.records(n)
        index(world)
        statements(world, "q=words&sort=year")
        found.append(len(statements(world, "q=words&sort=year")))
    assert found[0] == found[1]


# --- chosen records


def chosen(world: World, member: Any, **data: Any) -> Any:
    return client(member).post(url(world, "records_chosen"), data)


def test_a_download_of_all_that_fit_has_no_cap() -> None:
    assert bulk._known["csv"].most is None


def test_the_list_works_without_script(world: World) -> None:
    """As a browser without script goes: the form, a filter, the next page, counts, ticks and a button; each page links to the next step."""
    for n in range(9):
        world.record(f"Paper {n}", abstract="Recovery." if n % 3 else "", year=2010 + n % 2)
    index(world)
    labels.make(world.reviewer_a, name="Mine")
    visitor, here = client(world.reviewer_a), url(world, "records")

    def follow(page: str, pattern: str) -> Any:
        found = re.search(rf'<a [^>]*?href="([^"]*)"[^>]*>(?:(?!</a>).)*?{pattern}', page, re.DOTALL)
        assert found, pattern
        address = found[1].replace("&amp;", "&")
        return visitor.get(address if address.startswith("/") else here + address).content.decode()

    form = re.search(r'<form class="list-ask" method="get" action="([^"]*)"', visitor.get(here).content.decode())
    assert form
    assert form[1] == here
    page = visitor.get(form[1], {"q": "recovery", "sort": "newest"}).content.decode()
    counted = follow(page, "Show how many each would leave")
    page = follow(counted, "CINAHL")
    assert 'name="source" value="1"' in page
    page = follow(page, "More")
    assert re.findall(r'name="record" value="(\d+)"', page) == ["3", "2"]
    fields = dict(re.findall(r'<input type="hidden" name="(query|next)" value="([^"]*)"', page))
    sent = {name: value.replace("&amp;", "&") for name, value in fields.items()} | {"record": ["3", "2"], "act": "label", "label": "1"}
    label = re.search(r'<option value="(\d+)">Mine', page)
    assert label
    answer = visitor.post(url(world, "records_chosen"), sent | {"label": label[1]}, follow=True)
    assert "Mine is on 2 more records" in answer.content.decode()
    assert answer.redirect_chain[0][0].startswith(here)
    assert set(titles(visitor.get(here + f"?label={label[1]}"))) == {"Paper 1", "Paper 2"}


def rows_of(answer: Any) -> list[str]:
    return [line.split(",")[0] for line in b"".join(answer).decode("utf-8-sig").splitlines()[1:]]


def test_chosen_records_are_downloaded(world: World, three: list[Record]) -> None:
    assert rows_of(chosen(world, world.reviewer_a, act="csv", record=["1", "3"])) == ["1", "3"]
    assert rows_of(chosen(world, world.reviewer_a, act="csv", all="1", query="q=recovery")) == ["1", "2"]
    assert rows_of(chosen(world, world.reviewer_a, act="csv", all="1")) == ["1", "2", "3"]


def test_what_is_wrong_with_a_choice_is_said(world: World, three: list[Record]) -> None:
    for data, said in (
        ({"act": "csv"}, "Choose the records first"), ({"act": "nothing", "record": "1"}, "Choose what to do"),
        ({"act": "csv", "record": ["x", "-1", "99999999999"]}, "Choose the records first"),
    ):  # fmt: skip
        answer = chosen(world, world.reviewer_a, **data)
        assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert chosen(world, world.observer, act="csv", record="1").status_code == 422, "an observer exports nothing"
    other = World("elsewhere")
    other.record()
    assert chosen(world, world.reviewer_a, act="csv", record="4").status_code == 422


def test_a_feature_registers_what_it_does_and_what_it_knows(world: World, three: list[Record]) -> None:
    """As labels and assignment do: a field for the search, a filter with counts, something for the chosen rows."""
    done: list[int] = []

    def run(request: Any, member: Any, rows: Any) -> str:
        done.extend(rows.values_list("number", flat=True))
        return "Two records are marked."

    from django.db.models import Q

    bulk.register(bulk.Bulk("mark", "Mark", run, most=2))
    fields.register(
        fields.Field(
            "marked", "Marked", lambda asker, value: Q(number__in=done), choices=lambda asker: [fields.Choice("yes", "marked")],
            counts=lambda asker, rows: {"yes": rows.filter(number__in=done).count()},
        )
    )  # fmt: skip
    try:
        assert 'value="mark"' in client(world.reviewer_a).get(url(world, "records")).content.decode()
        answer = chosen(world, world.reviewer_a, act="mark", record=["2", "3"], query="q=recovery")
        assert (answer.status_code, answer.headers["Location"], done) == (303, url(world, "records") + "?q=recovery", [2, 3])
        assert chosen(world, world.reviewer_a, act="mark", all="1").status_code == 422, "more than it does at once"
        assert titles(client(world.reviewer_a).get(url(world, "records") + "?q=marked:yes")) == [three[1].title, three[2].title]
        assert counts(world, world.reviewer_a)["marked"] == {"marked": 2}
    finally:
        del bulk._known["mark"], fields._fields["marked"]


def test_what_waits_to_be_indexed_is_said(world: World, three: list[Record]) -> None:
    search.changed(world.review, [three[0].pk])
    page = client(world.reviewer_a).get(url(world, "records") + "?q=recovery").content.decode()
    assert "as soon as they are indexed" in page
    assert reverse("records", args=[world.review.slug]) in page
