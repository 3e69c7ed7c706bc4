"""The pages of the report: who gets them, what they show, and that others' blind votes change no byte of them."""

import csv
import io
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reviewapp.audit.models import Access, Event
from reviewapp.reviews.models import Member
from screening import visibility
from screening.models import DeclaredCount, Report, Snapshot, Source, SourceRecord
from screening.overview.queries import funnel
from screening.reporting import actions
from screening.reporting.methods_text import signed
from screening.stages import actions as stages
from screening.vocabulary import SourceKind, Verdict
from tests.factories import World
from tests.fixtures import cast_vote

I, E, M = Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE
PAGES = ("prisma", "prisma_rounds", "agreement", "snapshots", "methods")
READERS = ("owner", "reviewer_a", "adjudicator", "librarian", "observer")


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def get(member: Member, name: str, *args: Any, query: str = "") -> Any:
    return client_of(member).get(reverse(name, args=[member.review.slug, *args]) + query)


def body(answer: Any) -> str:
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def normal(text: str, world: World) -> str:
    """Take out what differs between two requests and two reviews by nature."""
    text = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": ?|nonce=)"?[^"&>]*', r"\1", text)
    text = re.sub(r"hx-headers='[^']*'|hx-headers=\"[^\"]*\"", "", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.+]+", "WHEN", text)
    return text.replace(world.review.slug, "SLUG")


@pytest.fixture
def voted(world: World) -> World:
    """Four records: both include, both exclude, a clash, one waits."""
    world.one, world.two, world.clash, world.waits = world.records(4)
    world.round = world.open_round()
    for record, a, b in ((world.one, I, I), (world.two, E, E), (world.clash, I, E)):
        cast_vote(world.reviewer_a, record, world.round, a)
        cast_vote(world.reviewer_b, record, world.round, b)
    return world


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", READERS)
def test_everybody_in_the_review_reads_the_report(voted: World, name: str, who: str):
    answer = get(getattr(voted, who), name)
    assert answer.status_code == 200
    assert "{%" not in body(answer)


def test_an_outsider_and_another_review_get_404(voted: World, outsider: Any):
    client = Client()
    client.force_login(outsider)
    for name in (*PAGES, "exports", "declared_new"):
        assert client.get(reverse(name, args=[voted.review.slug])).status_code == 404
    other = World("other")
    made = actions.freeze(other.owner, name="Theirs")
    assert get(voted.owner, "snapshot", made.number).status_code == 404
    assert get(voted.owner, "prisma", query="?search_round=99").status_code == 404
    assert get(voted.owner, "prisma_records", "nothing").status_code == 404


def test_an_observer_takes_nothing_out_and_changes_nothing(voted: World):
    for name, args in (("exports", ()), ("export", ("included", "ris")), ("prisma_file", ("svg",)), ("agreement_file", ()), ("methods_file", ())):
        assert get(voted.observer, name, *args).status_code == 403
    assert get(voted.observer, "declared_new").status_code == 403
    answer = client_of(voted.observer).post(reverse("snapshots", args=[voted.review.slug]), {"name": "Mine"})
    assert answer.status_code == 403
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("name", ["prisma", "agreement", "exports", "methods"])
def test_reading_pages_take_no_post(voted: World, name: str):
    assert client_of(voted.owner).post(reverse(name, args=[voted.review.slug])).status_code == 405


def test_each_number_leads_to_its_records(voted: World):
    page = body(get(voted.reviewer_a, "prisma"))
    for key, numbers in (("identified", 4), ("records_screened", 2), ("records_excluded", 1), ("dbr_sought_reports", 1), ("waiting", 2)):
        address = reverse("prisma_records", args=[voted.review.slug, key])
        assert address in page
        assert body(client_of(voted.reviewer_a).get(address)).count("<th scope=\"row\">") == numbers


def test_the_funnel_of_the_overview_counts_what_the_figure_screens(voted: World):
    source = Source.objects.create(review=voted.review, number=9, name="Network", kind=SourceKind.CONTACTS, straight_to_retrieval=True)
    for title in ("Sent by a colleague", "Sent by another"):
        voted.record(title, upload=voted.upload(voted.search_in(source)))
    stages.reveal_round(voted.owner, voted.round, why="Over")
    figure = json.loads(body(get(voted.owner, "prisma_file", "json")))
    rows = {row["label"]: row["n"] for row in funnel(voted.owner)}
    assert rows["Records to screen"] == figure["records_screened"] + figure["waiting"]["records_screened"] == 4
    assert rows["Settled at title and abstract"] == figure["records_screened"]
    assert rows["Records identified"] == figure["database_results"]


def test_a_draft_says_what_waits_and_a_closed_figure_that_nothing_does(voted: World):
    assert "Draft." in body(get(voted.owner, "prisma"))
    empty = World("empty")
    assert "No record yet" in body(get(empty.owner, "prisma"))


@pytest.mark.parametrize(("format", "starts"), [("svg", "<svg"), ("csv", "data,node"), ("json", "{")])
def test_the_figure_as_a_file_is_noted(voted: World, format: str, starts: str):
    answer = get(voted.owner, "prisma_file", format)
    assert body(answer).startswith(starts)
    assert "attachment" in answer["Content-Disposition"]
    assert Access.objects.filter(what="download", review=voted.review).count() == 1


def test_markup_in_titles_sources_and_names_stays_text(world: World):
    nasty = "<script>alert(1)</script>"
    world.source.name = nasty
    world.source.save()
    world.record(nasty)
    world.open_round()
    for name in ("prisma", "prisma_rounds", "methods"):
        assert nasty not in body(get(world.owner, name))
    assert nasty not in body(get(world.owner, "prisma_records", "identified"))
    assert nasty not in body(get(world.owner, "prisma_file", "svg"))


# --- numbers from elsewhere and frozen numbers --------------------------------------------------------------------


def test_a_number_from_elsewhere_is_added_marked_and_taken_back(voted: World):
    client, slug = client_of(voted.owner), voted.review.slug
    sent = {"box": "duplicates", "n": "12", "tool": "A reference manager", "on": "2018-02-14"}
    assert client.post(reverse("declared_new", args=[slug]), sent).status_code == 303
    declared = DeclaredCount.objects.get()
    assert Event.objects.filter(review=voted.review, kind="declared:added").count() == 1
    page = body(client.get(reverse("prisma", args=[slug])))
    assert "†" in page
    assert "A reference manager" in page
    for _ in range(2):
        client.post(reverse("declared_withdraw", args=[slug, declared.number]))
    assert Event.objects.filter(review=voted.review, kind="declared:withdrawn").count() == 1
    assert "A reference manager" not in body(client.get(reverse("prisma", args=[slug])))


@pytest.mark.parametrize("sent", [{}, {"box": "x", "n": "-1", "tool": "", "on": "never"}, {"box": "duplicates", "n": "9" * 40, "tool": "\0", "on": ""}])
def test_a_wrong_number_from_elsewhere_is_answered_beside_the_field(voted: World, sent: dict[str, str]):
    assert client_of(voted.owner).post(reverse("declared_new", args=[voted.review.slug]), sent).status_code == 422
    assert not DeclaredCount.objects.exists()


def test_frozen_numbers_of_a_blind_round_are_shown_to_nobody_until_it_is_revealed(voted: World):
    client, slug = client_of(voted.owner), voted.review.slug
    assert client.post(reverse("snapshots", args=[slug]), {"name": "Submitted"}).status_code == 303
    address = reverse("snapshot", args=[slug, 1])
    assert "kept and closed" in body(client.get(address))
    stages.reveal_round(voted.owner, voted.round, why="All are in")
    page = body(client.get(address))
    assert "kept and closed" not in page
    assert "Records screened" in page


def test_what_differs_since_is_said_with_its_records(voted: World):
    stages.reveal_round(voted.owner, voted.round, why="All are in")
    actions.freeze(voted.owner, name="Submitted")
    cast_vote(voted.reviewer_a, voted.waits, voted.round, E)
    cast_vote(voted.reviewer_b, voted.waits, voted.round, E)
    page = body(get(voted.owner, "snapshot", 1))
    assert "Records screened" in page
    assert f'>{voted.waits.number}</a>' in page


# --- two worlds ---------------------------------------------------------------------------------------------------


def _world(verdict: Verdict, note: str, *, seen_by_voter: bool) -> World:
    """What reviewer A does is the same; B votes so or so on what is not open. What both voted on is settled and open to others."""
    world = World("two", opens_after_minutes=60)
    records = [world.record(f"Same title {n}", upload=None if n == 0 else SourceRecord.objects.filter(review=world.review).first().upload) for n in range(3)]
    round = world.open_round()
    cast_vote(world.reviewer_a, records[0], round, I)
    for record in records if seen_by_voter else records[1:]:
        cast_vote(world.reviewer_b, record, round, verdict, note=note)
    return world


@pytest.mark.parametrize("who", ["reviewer_a", "librarian", "observer"])
def test_a_blind_vote_changes_no_byte_of_the_report(db: None, who: str):
    seen = []
    for verdict, note in ((I, ""), (E, "no"), (M, "perhaps")):
        world = _world(verdict, note, seen_by_voter=who == "reviewer_a")
        member = getattr(world, who)
        texts = [normal(body(get(member, name)), world) for name in PAGES]
        texts += [normal(body(get(member, "prisma_records", key)), world) for key in ("waiting", "records_screened", "records_excluded")]
        if who != "observer":
            texts.append(normal(body(get(member, "exports")), world))
            texts += [normal(body(get(member, "export", name, "csv")), world) for name in ("screened", "excluded", "decisions", "goes-on", "waiting")]
            texts += [normal(body(get(member, "prisma_file", "json")), world), normal(body(get(member, "agreement_file")), world)]
        seen.append([re.sub(r'Person \d+|P\d+|person\d+|data-account="\w+"', "P", text) for text in texts])
    for other in seen[1:]:
        for first, second in zip(seen[0], other, strict=True):
            assert first == second


def test_votes_are_exported_only_where_they_are_open(voted: World):
    rows = list(csv.DictReader(io.StringIO(body(get(voted.reviewer_c, "export", "decisions", "csv")).removeprefix("\ufeff"))))
    assert rows == []
    rows = list(csv.DictReader(io.StringIO(body(get(voted.reviewer_a, "export", "decisions", "csv")).removeprefix("\ufeff"))))
    assert len(rows) == 6
    assert visibility.decisions(voted.reviewer_a).count() == 6


def test_the_agreement_shows_its_table_and_the_records_of_a_cell(voted: World):
    page = body(get(voted.reviewer_a, "agreement"))
    assert "0.4000" in page  # a 1, b 1, c 0, d 1: κ = .4
    address = re.search(r'href="(/r/[^"]*cell=b[^"]*)"', page)
    assert address is not None
    listed = body(client_of(voted.reviewer_a).get(address[1].replace("&amp;", "&")))
    assert voted.clash.title in listed
    assert voted.one.title not in listed


def test_what_is_below_zero_has_a_minus_sign_on_pages_and_a_hyphen_in_files(voted: World):
    cast_vote(voted.reviewer_a, voted.waits, voted.round, E)
    cast_vote(voted.reviewer_b, voted.waits, voted.round, E)
    shown = body(get(voted.reviewer_a, "agreement"))  # a 1, b 1, c 0, d 2: prevalence (1 − 2) / 4
    assert "<dd>−0.2500</dd>" in shown
    assert "<dd>-" not in shown
    stages.reveal_round(voted.owner, voted.round, why="Over")
    assert ",-0.25," in body(get(voted.owner, "agreement_file"))
    frozen = actions.freeze(voted.owner, name="Numbers")
    assert ">−0.25<" in body(get(voted.owner, "snapshot", frozen.number))
    assert signed(-0.034) == "−0.03"


def test_the_reason_of_an_exclusion_is_counted_only_where_it_is_open(voted: World):
    report = Report.objects.get(record=voted.one)
    Report.objects.filter(pk=report.pk).update(retrieval="retrieved")
    full = voted.open_round(voted.full_texts)
    for reviewer in (voted.reviewer_a, voted.reviewer_b):
        cast_vote(reviewer, voted.one, full, E, reason=voted.reason("design"))
    assert json.loads(body(get(voted.reviewer_a, "prisma_file", "json")))["dbr_excluded"] == {"Poor design": 1}
    assert json.loads(body(get(voted.librarian, "prisma_file", "json")))["dbr_excluded"] == {"Reason not open to you yet": 1}
    exported = body(get(voted.librarian, "export", "excluded-full-text", "csv"))
    assert "Poor design" not in exported


@pytest.mark.parametrize(("name", "budget"), [("prisma", 27), ("agreement", 20), ("exports", 30), ("methods", 29)])
def test_more_records_cost_no_more_queries(voted: World, django_assert_max_num_queries: Any, name: str, budget: int):
    voted.records(10)
    client = client_of(voted.owner)
    client.get(reverse(name, args=[voted.review.slug]))
    with django_assert_max_num_queries(budget):
        client.get(reverse(name, args=[voted.review.slug]))


