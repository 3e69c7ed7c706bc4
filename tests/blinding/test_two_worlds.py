"""Non-interference (I13, I14): two worlds that differ only in what reviewer B did look the same to whom it is not open.

Over every address that answers GET, as each role, as a page and as the part of it that htmx asks for: status, headers, body after the
normalisation of normal.py, and the SQL statements without their values. Over what a blinded reviewer sends, the same. One database, one
review, with a savepoint for each world: ids, numbers and slugs are equal.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import timedelta
from functools import partial
from io import BytesIO
from itertools import takewhile, zip_longest
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reviewapp.audit.triggers import maintenance
from reviewapp.jobs import actions as jobs
from reviewapp.reviews.vocabulary import Role
from screening.decisions import rules, self_check
from screening.importing import actions as importing
from screening.importing.readers import kept_back
from screening.models import Decision, SelfCheck
from screening.overview import context
from screening.stages import actions as stages
from screening.vocabulary import Opens, Verdict
from tests.access.addresses import of_reviews, path_of
from tests.access.conftest import call, quiet
from tests.access.table import TABLE
from tests.access.whole import Whole
from tests.blinding.normal import normalised, shape
from tests.factories import member
from tests.fixtures import cast_vote

#: Other roles see the same pages, or fewer of them, by the same statements.
once = partial(pytest.param, marks=pytest.mark.once)
Seen = dict[str, tuple[Any, tuple[str, ...]]]
PART = {"HX-Request": "true"}
Deed = Callable[[Whole], Any]
#: The rail is on every page and costs more than most: it is compared on these.
WITH_RAIL = {"overview", "screening"}
#: The same page asked in other ways: filters, orders and searches must not tell either.
QUERIES = {
    "records": (
        "?q=title", "?q=agaveplanten", "?outcome=goes_on", "?outcome=excluded", "?outcome=included", "?mine=undecided", "?show=removed",
        "?q=-outcome:goes_on&sort=title", "?q=mine:include+OR+round:1&sort=newest",
    ),
    "records_counts": ("?q=-outcome:excluded", "?mine=include", "?outcome=goes_on"),
    "conflicts": ("?show=all", "?show=settled"),
    "history": ("?record=1",),
    "prisma_records": (),
    "fulltext": ("?show=all",),
    "upload_entries": ("?show=all", "?show=ended"),
    "search_compare": ("?with=1",),
    "compare": ("?a=1&b=2", "?a=4&b=5"),
    "duplicate_of": ("?q=title", "?other=2"),
    "merges": ("?by=people", "?by=engine"),
    "duplicates": ("?why=unsure",),
}
#: Pages of a later search that brought the record again, and of a file that is split.
LATER = (
    ("upload", ""), ("upload_progress", ""), ("upload_entries", "?show=seen"), ("upload_entries", "?show=changed"),
    ("upload_entries", "?show=new"), ("upload_withdraw", ""),
)  # fmt: skip
BOXES = ("records_screened", "records_excluded", "waiting", "dbr_sought_reports", "new_studies")
#: Whether an address answers htmx with something else than its page, by its name and status: asked once, it is so by the code of the view.
has_parts: dict[tuple[str, int], bool] = {}
usefixtures = pytest.mark.usefixtures("quiet")
pytestmark = [pytest.mark.django_db, usefixtures]
__all__ = ["quiet"]


class Undone(Exception):
    pass


def includes(whole: Whole) -> Any:
    return cast_vote(whole.reviewer_b, whole.untouched, whole.round, Verdict.INCLUDE)


def excludes(whole: Whole) -> Any:
    return cast_vote(whole.reviewer_b, whole.untouched, whole.round, Verdict.EXCLUDE, reason=whole.reason())


def says_maybe_with_a_note(whole: Whole) -> Any:
    return cast_vote(whole.reviewer_b, whole.untouched, whole.round, Verdict.MAYBE, note="agaveplanten")


def both(whole: Whole, deed: Deed) -> None:
    """Reviewer A has voted too, so that all needed votes are in."""
    cast_vote(whole.reviewer_a, whole.untouched, whole.round, Verdict.INCLUDE, key="my-own-key")
    deed(whole)


def self_check_is_due(whole: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a self-check of reviewer A be due on the next card: their votes are old, and each of two comes back."""
    monkeypatch.setattr(rules, "EVERY", 2)
    monkeypatch.setattr(self_check, "BETWEEN", 0)
    stages.set_rules(whole.owner, whole.abstracts, self_check=True)
    whole.round.refresh_from_db()
    assert whole.round.rules.self_check
    with maintenance("test: these votes are old"):
        Decision.objects.filter(reviewer=whole.reviewer_a).update(received_at=timezone.now() - timedelta(days=2))


DEEDS: tuple[Deed, ...] = (includes, excludes, says_maybe_with_a_note)


@pytest.fixture(autouse=True)
def rail_on_some_pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Give the set that says whether the rail is drawn now."""
    real, wanted = context.rail, set()
    monkeypatch.setattr(context, "rail", lambda member: real(member) if wanted else [])
    monkeypatch.setattr("screening.overview.rail.KEPT", timedelta(days=1))  # on a slow machine it ran out in one world and not the other
    return wanted


def paths(whole: Whole) -> Iterator[tuple[str, str]]:
    """Give every address that answers GET, with the record in question wherever a record stands."""
    args = whole.args | {"clash": whole.args["record"]}
    for address, row in of_reviews():
        if not address.gets:
            continue
        path = path_of(address, row, args)
        for query in ("", *QUERIES.get(address.name, ())):
            yield address.name, path + query
    slug = whole.review.slug
    for name, query in LATER:
        yield name, reverse(name, args=[slug, whole.later.number]) + query
    for name in ("search", "search_report", "search_compare"):
        yield name, reverse(name, args=[slug, whole.later.search.number])
    for name in ("upload", "upload_split"):
        yield name, reverse(name, args=[slug, whole.pooled.number])
    for box in BOXES:
        yield "prisma_records", reverse("prisma_records", args=[whole.review.slug, box])


def look(whole: Whole, member: Any, rail: set[str], only: Collection[str] = ()) -> Seen:
    """Look at everything, or only at the addresses of these names, as this member."""
    client = Client(raise_request_exception=False)
    client.force_login(member.user)
    seen: Seen = {}
    for name, path in paths(whole):
        if only and name not in only:
            continue
        rail.clear()
        rail.update({name} & WITH_RAIL)
        seen[path] = page = ask(client, "GET", path)
        status = page[0][0]
        if has_parts.get((name, status), True):
            part = seen[f"{path} (part)"] = ask(client, "GET", path, headers=PART)
            has_parts.setdefault((name, status), part[0] != page[0])
    return seen


def ask(client: Client, method: str, path: str, data: Any = None, **more: Any) -> tuple[Any, tuple[str, ...]]:
    """Give the answer without its noise, and the shape of every statement on the way to it."""
    with CaptureQueriesContext(connection) as statements:
        answer = call(client, method, path, data, **more)
    assert answer.status_code < 500, path
    return normalised(answer), tuple(shape(one["sql"]) for one in statements.captured_queries)


def world_after(deed: Callable[[], Any], look: Callable[[], Any]) -> Any:
    """Do something, look, and take it back."""
    try:
        with transaction.atomic():
            deed()
            found = look()
            raise Undone
    except Undone:
        return found


def differences(worlds: list[Seen]) -> list[str]:
    """Say where two worlds differ, and how."""
    first = worlds[0]
    found: list[str] = []
    for path, (answer, statements) in first.items():
        for their_answer, their_statements in (other[path] for other in worlds[1:] if path in other):
            if answer != their_answer:
                at = next((i for i, (a, b) in enumerate(zip(answer[2], their_answer[2], strict=False)) if a != b), 0)
                here, there = answer[2][max(0, at - 80) : at + 60], their_answer[2][max(0, at - 80) : at + 60]
                found.append(f"{path}: {answer[0]} {here!r}\n    {their_answer[0]} {there!r}")
                break
            if statements != their_statements:
                here, there = next(((a, b) for a, b in zip_longest(statements, their_statements) if a != b))
                found.append(f"{path}: {len(statements)} statements, {len(their_statements)}:\n    {here}\n    {there}")
                break
    return found


def due(whole: Whole, member: Any) -> list[tuple[int, int]]:
    """Open the screening page; gives the places and records of the self-checks that it asked of this member."""
    client = Client()
    client.force_login(member.user)
    client.get(reverse("screen", args=[whole.review.slug, whole.round.number]))
    return list(SelfCheck.objects.filter(member=member).values_list("place", "record__number"))


def looks(whole: Whole, member: Any, rail: set[str], deeds: Iterable[Callable[[], Any]], only: Collection[str] = ()) -> list[str]:
    """Let the member look at every world, and say where they differ."""
    worlds = [world_after(deed, lambda: look(whole, member, rail, only)) for deed in deeds]
    assert any(path.endswith(" (part)") for path in worlds[-1]), "no address answers htmx with a part of its page"
    return differences(worlds)


@pytest.mark.parametrize(
    ("who", "deeds"),
    [
        ("reviewer_a", DEEDS), once("reviewer_c", DEEDS[1:]), ("owner", DEEDS[:2]), once("adjudicator", DEEDS[:2]),
        once("librarian", DEEDS[:2]), once("observer", DEEDS[1:]),
    ],
)  # fmt: skip
def test_what_another_voted_shows_nowhere(who: str, deeds: tuple[Deed, ...], rail_on_some_pages: set[str], monkeypatch: pytest.MonkeyPatch):
    """A self-check is due to reviewer A in every world: which record comes back, and that one does, tells nothing either."""
    whole = Whole(opens_after_minutes=10)
    self_check_is_due(whole, monkeypatch)
    member = getattr(whole, who)
    asked: list[list[tuple[int, int]]] = []

    def after(deed: Deed) -> None:
        deed(whole)
        asked.append(due(whole, member))

    found = looks(whole, member, rail_on_some_pages, [lambda deed=deed: after(deed) for deed in deeds])
    assert not found, "\n".join(found)
    if who == "reviewer_a":
        assert asked[0], "no self-check was due while we looked"
    assert all(one == asked[0] for one in asked)


def test_after_both_voted_and_before_the_time_nothing_shows(rail_on_some_pages: set[str]):
    """The ten-minute rule: a slip can still be undone blind, and what became of the record tells nothing."""
    whole = Whole(opens_after_minutes=10)

    member = whole.reviewer_a
    found = looks(whole, member, rail_on_some_pages, [lambda deed=deed: both(whole, deed) for deed in DEEDS[:2]])
    assert not found, "\n".join(found)


@pytest.mark.once
@pytest.mark.parametrize("who", ["owner"])
def test_where_votes_open_at_the_close_outcomes_show_to_nobody_before(who: str, rail_on_some_pages: set[str]):
    whole = Whole(opens_after_minutes=10)
    stages.set_rules(whole.owner, whole.abstracts, opens=Opens.AT_CLOSE)
    member = getattr(whole, who)

    found = looks(whole, member, rail_on_some_pages, [lambda deed=deed: both(whole, deed) for deed in DEEDS[:2]])
    assert not found, "\n".join(found)


#: What a blinded reviewer sends about the record: address, whether it names the record, whether one has voted before, fields.
KEY = "k" * 20
STORED = 'INSERT INTO "screening_decision"'
SENT: dict[str, tuple[str, bool, bool, dict[str, str]]] = {
    "include": ("vote", True, False, {"verdict": "include", "key": KEY}),
    "exclude with a note": ("vote", True, False, {"verdict": "exclude", "reason": "relevance", "note": "Mine", "key": KEY}),
    "maybe": ("vote", True, False, {"verdict": "maybe", "key": KEY}),
    "change": ("vote", True, True, {"verdict": "exclude", "key": KEY, "seen": "my-own-key"}),
    "change without knowing": ("vote", True, True, {"verdict": "exclude", "key": KEY}),
    "take back": ("vote", True, True, {"verdict": "withdrawn", "key": KEY, "seen": "my-own-key"}),
    "the same again": ("vote", True, True, {"verdict": "include", "key": "my-own-key"}),
    "undo": ("undo", False, True, {"key": KEY}),
    "undo nothing": ("undo", False, False, {"key": KEY}),
    "note": ("note_save", True, False, {"note": "What I think"}),
    "note after the vote": ("note_save", True, True, {"note": "What I think"}),
    "cannot judge": ("recuse", True, False, {"kind": "language"}),
    "cannot judge after the vote": ("recuse", True, True, {"kind": "language"}),
    "propose": ("conflict_propose", True, True, {"verdict": "include", "text": "Fits"}),
    "nothing": ("vote", True, False, {}),
}


@pytest.mark.parametrize("htmx", [False, True])
def test_the_answer_to_what_one_sends_is_the_same_whatever_others_voted(htmx: bool):
    """Answer and next page are the same, and so are the statements until a vote is stored: then the record is settled, or waits on."""
    whole = Whole(opens_after_minutes=10)
    headers = PART if htmx else {}
    clients = Client(raise_request_exception=False)
    clients.force_login(whole.reviewer_a.user)
    wrong: list[str] = []
    for words, (name, names_record, voted, data) in SENT.items():
        path = reverse(name, args=[whole.review.slug, whole.round.number, *([whole.untouched.number] if names_record else [])])

        def begin(deed: Deed | None, voted: bool = voted) -> None:
            if voted:
                cast_vote(whole.reviewer_a, whole.untouched, whole.round, Verdict.INCLUDE, key="my-own-key")
            if deed is not None:
                deed(whole)

        def answer(path: str = path, data: dict[str, str] = data) -> Seen:
            said, statements = ask(clients, "POST", path, data, headers=headers)
            return {path: (said, tuple(takewhile(lambda one: not one.startswith(STORED), statements)))}

        worlds = [world_after(lambda deed=deed: begin(deed), answer) for deed in (None, *DEEDS)]
        wrong += [f"{words}: {line}" for line in differences(worlds)]
    assert not wrong, "\n".join(wrong)


def test_the_two_worlds_do_differ_once_the_record_is_open(rail_on_some_pages: set[str]):
    """The instrument sees: with the rule at once, both votes in, the voter's pages tell the difference."""
    whole = Whole(opens_after_minutes=0)

    pages = ("record", "records", "conflicts", "history")
    assert looks(whole, whole.reviewer_a, rail_on_some_pages, [lambda deed=deed: both(whole, deed) for deed in DEEDS[:2]], only=pages)


#: A search's file that carries decisions of another tool, as notes and as cells: {0} is what somebody decided.
CAME_ALONG = {
    "rayyan.ris": "TY  - JOUR\nTI  - A title that came with a decision\nAU  - Demo, Kari\nPY  - 2019\n"
    'N1  - RAYYAN-INCLUSION: {{"Kari"=>"{0}"}}\nER  - \n\nTY  - JOUR\nPY  - 2019\nN1  - RAYYAN-INCLUSION: {{"Kari"=>"{0}"}}\nER  - \n',
    "table.csv": 'title,authors,year,decision\nA title that came with a decision,"Demo, Kari",2019,{0}\n'
    "A second one of the table,,2018,{0}\n,,,{0}\n",
}  # fmt: skip


def sends(whole: Whole, filename: str, verdict: str) -> None:
    """Let the librarian send a file with decisions; addresses of files then mean it."""
    data = CAME_ALONG[filename].format(verdict).encode()
    upload = importing.receive(whole.librarian, whole.search, BytesIO(data), filename)
    jobs.run_pending("import")
    whole.args["upload"], whole.args["entry"] = upload.number, 1
    whole.args["record"] = upload.source_records.order_by("pk").first().record.number


def of_the_file(whole: Whole, names: set[str]) -> Iterator[tuple[str, str]]:
    """Give the addresses at which the file, its entries and their records are seen, as pages, lists and exports."""
    yield from ((name, path) for name, path in paths(whole) if name in names)
    slug, number = whole.review.slug, whole.args["upload"]
    yield "entry", reverse("entry", args=[slug, number, 2])
    for which in ("look", "all"):
        for name in ("upload_entries", "upload_entries_csv", "upload_entries_raw"):
            yield name, reverse(name, args=[slug, number]) + f"?show={which}"
    for form in ("ris", "bib", "csv"):
        yield "export", reverse("export", args=[slug, "identified", form])


def worlds_of_files(whole: Whole, who: Any, filename: str) -> list[Seen]:
    """Look at the pages of a file as this member, in two worlds in which its decisions differ."""
    names = {name for name, row in TABLE.items() if {"upload", "search", "record"} & set(row.args)} | {"history", "records", "searches"}
    client = Client(raise_request_exception=False)
    client.force_login(who.user)

    def look_at_file() -> Seen:
        return {path: ask(client, "GET", path) for _name, path in of_the_file(whole, names)}

    return [world_after(lambda verdict=verdict: sends(whole, filename, verdict), look_at_file) for verdict in ("include", "exclude")]


@pytest.mark.parametrize("filename", CAME_ALONG)
@pytest.mark.parametrize("roles", [[Role.REVIEWER], once([Role.OWNER, Role.REVIEWER]), once([Role.ADJUDICATOR]), once([Role.OBSERVER])])
def test_what_others_decided_elsewhere_shows_nowhere(roles: list[Role], filename: str):
    """A file of a search carries decisions of another tool: two worlds in which they differ are the same to who may still vote."""
    whole = Whole(opens_after_minutes=10)
    worlds = worlds_of_files(whole, member(whole.review, *roles), filename)
    found = differences(worlds)
    assert not found, "\n".join(found)
    assert any(answer[0] == 200 for answer, _statements in worlds[0].values())


def test_the_two_worlds_of_a_file_do_differ_where_nothing_is_kept_back(monkeypatch: pytest.MonkeyPatch):
    """The instrument sees: raw text as it came tells the difference."""
    monkeypatch.setattr(kept_back, "raw_without", lambda raw, row: raw)
    whole = Whole(opens_after_minutes=10)
    assert differences(worlds_of_files(whole, whole.reviewer_a, "rayyan.ris"))
