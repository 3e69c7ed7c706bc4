"""The pages of the duplicates: the queue with its filters, skip, many at once, any two records, *duplicate of …*, overlap."""

from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviewapp.audit.models import Event
from reviewapp.jobs import actions as jobs
from screening.deduplication import actions, overlap, picture
from screening.models import DuplicatePair, Merge, PairBulk, Source
from screening.vocabulary import PairState, SourceKind
from tests.screening.deduplication.test_actions import PAPER, dedupe
from tests.screening.deduplication.test_many import errata, loosely_alike

pytestmark = pytest.mark.django_db


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


def address(world, name, *args):
    return reverse(name, args=[world.review.slug, *args])


def shown(client, world, keep=""):
    pair = client.get(address(world, "duplicates") + keep).context["pair"]
    return pair and pair.number


def test_skip_is_remembered_until_everything_was_skipped(world):
    errata(world, 3)
    client = signed_in(world.librarian)
    seen = []
    for _n in range(4):
        seen.append(shown(client, world))
        client.post(address(world, "pair_decide", seen[-1]), {"answer": "skip"})
    assert len(set(seen[:3])) == 3
    assert seen[3] == seen[0]
    other = signed_in(world.owner)
    assert shown(other, world) == seen[0]


def test_undo_takes_back_the_answer_that_is_shown_else_the_newest(world):
    first, second = errata(world, 2)
    client = signed_in(world.librarian)
    for number in (first, second):
        client.post(address(world, "pair_decide", number), {"answer": "different"})
    assert client.get(address(world, "duplicates")).context["undo"].pair == second
    assert client.get(address(world, "pair", first)).context["undo"].pair == first
    assert signed_in(world.owner).get(address(world, "pair", first)).context["undo"] is None


def test_the_filter_stays_in_the_address_through_an_answer(world):
    numbers = errata(world, 2)
    actions.propose(world.reviewer_a, world.record("One"), world.record("Another"))
    client = signed_in(world.librarian)
    answer = client.post(address(world, "pair_decide", numbers[0]) + "?kind=erratum", {"answer": "different"})
    assert answer.url == address(world, "duplicates") + "?kind=erratum"
    page = client.get(answer.url)
    assert page.context["pair"].number == numbers[1]
    assert [(one.word, one.chosen) for one in page.context["queue"].kinds] == [("erratum", True), ("noted by a person", False)]
    assert shown(client, world, "?kind=nothing") is None
    assert shown(client, world, "?sources=%00") is None


def test_the_kinds_keep_their_places_while_their_numbers_fall(world):
    numbers = errata(world, 2)
    actions.propose(world.reviewer_a, world.record("One"), world.record("Another"))
    actions.propose(world.reviewer_a, world.record("Some"), world.record("Others"))
    client = signed_in(world.librarian)
    for number in (*numbers, None):
        assert client.get(address(world, "duplicates")).context["queue"].kinds[-1].word == "noted by a person"
        if number:
            client.post(address(world, "pair_decide", number), {"answer": "different"})


def test_many_are_answered_as_they_were_shown_and_taken_back_by_one_click(world):
    numbers = errata(world, 2)
    client = signed_in(world.librarian)
    page = client.get(address(world, "pairs_many") + "?kind=erratum")
    assert (page.context["count"], page.context["upto"]) == (2, max(numbers))
    assert "If votes exist, the outcome may change." in page.content.decode()
    late = actions.note_pair(world.owner, world.record("One"), world.record("Another"))
    DuplicatePair.objects.filter(pk=late.pk).update(why="erratum")
    answer = client.post(address(world, "pairs_many") + "?kind=erratum", {"answer": "same", "upto": max(numbers)}, follow=True)
    assert "Merged." in answer.content.decode()
    late.refresh_from_db()
    assert late.state == PairState.OPEN
    assert Merge.objects.filter(undone_at=None).count() == 2
    assert client.get(address(world, "duplicates")).context["undo"].bulk == 1
    client.post(address(world, "pairs_take_back", 1))
    assert PairBulk.objects.get().undone_by == world.librarian
    assert DuplicatePair.objects.filter(state=PairState.OPEN).count() == 3
    assert client.post(address(world, "pairs_take_back", 1)).status_code in (409, 422)


def test_the_effect_of_strictness_is_shown_before_it_is_applied_and_merges_are_taken_back_together(world):
    loosely_alike(world)
    dedupe(world)
    client = signed_in(world.owner)
    there = address(world, "strictness")
    assert client.get(there).context["would"].merges == [1]
    client.post(there, {"strictness": "careful"})
    page = client.get(there)
    assert (page.context["now"], page.context["loose"].merges) == ("careful", [1])
    assert client.post(there, {"do": "apart"}).status_code in (409, 422)
    client.post(there, {"do": "apart", "why": "We look at each"})
    assert not Merge.objects.filter(undone_at=None).exists()
    assert client.get(there).context["would"].pairs == [1]
    client.post(there, {"strictness": "balanced"})
    jobs.run_pending()
    assert Merge.objects.filter(undone_at=None).count() == 1


def test_any_two_records_say_why_and_take_an_answer(world):
    a, b = world.record(**PAPER), world.record(**{**PAPER, "title": "Erratum: " + PAPER["title"], "doi": "10.5555/demo.2", "pages": "99"})
    client = signed_in(world.librarian)
    there = address(world, "compare") + f"?a={a.number}&b={b.number}"
    assert "correction or retraction notice" in client.get(there).content.decode()
    client.post(there, {"a": a.number, "b": b.number, "answer": "different"})
    assert "A person decided that these are two papers." in client.get(there).content.decode()
    client.post(there, {"a": a.number, "b": b.number, "answer": "same"})
    assert "These two are one record now." in client.get(there).content.decode()
    assert client.get(address(world, "compare") + "?a=1&b=999").status_code == 200


def test_a_librarian_merges_at_once_and_a_reviewer_proposes(world):
    a, b, c = world.record("Gardens of the north"), world.record("Gardens of the south"), world.record("Kitchens")
    reviewer, librarian = signed_in(world.reviewer_a), signed_in(world.librarian)
    there = address(world, "duplicate_of", a.number)
    assert [one.number for one in librarian.get(there + "?q=gardens").context["found"]] == [b.number]
    assert [one.number for one in librarian.get(there + f"?q={c.number}").context["found"]] == [c.number]
    assert "If votes exist, the outcome may change." in librarian.get(there + f"?other={b.number}").content.decode()
    reviewer.post(there, {"other": b.number})
    assert DuplicatePair.objects.get().proposed_by == world.reviewer_a
    assert not Merge.objects.exists()
    assert "proposed that these are one paper" in librarian.get(address(world, "duplicates")).content.decode()
    librarian.post(there, {"other": b.number})
    assert Merge.objects.get().by == world.librarian
    assert DuplicatePair.objects.get().state == PairState.SAME
    assert librarian.post(there, {"other": a.number}).status_code == 422
    assert librarian.post(there, {"other": "x"}).status_code == 422


def test_the_other_record_is_found_by_the_words_of_its_title_in_any_form(world):
    a, b, c = world.record("Gardens of the north"), world.record("A gardener’s winter on the coast"), world.record("Wintering")
    librarian = signed_in(world.librarian)
    there = address(world, "duplicate_of", a.number)
    assert [one.number for one in librarian.get(there, {"q": "winter coast"}).context["found"]] == [b.number]  # before the index has it
    jobs.enqueue("index", review=world.review, key=f"review:{world.review.pk}")
    jobs.run_pending("index")
    for asked, wanted in (("winters", [b, c]), ("gard wint", [b]), ("COAST gardeners", [b]), ("interview", []), ("*", []), ('"title:', [])):
        found = librarian.get(there, {"q": asked}).context.get("found", [])
        assert [one.number for one in found] == [one.number for one in wanted], asked


def test_the_overlap_is_the_same_before_and_after_a_merge_but_for_what_is_shared(world):
    other = Source.objects.create(review=world.review, number=77, name="<Medline> & co", kind=SourceKind.DATABASE)
    world.record(**PAPER)
    world.record(**PAPER, upload=world.upload(world.search_in(other)))
    world.record("Only in one")
    before = overlap.overlap(world.review)
    assert [(line.name, line.papers, line.unique) for line in before.lines] == [("CINAHL", 2, 2), ("<Medline> & co", 1, 1)]
    dedupe(world)
    found = overlap.overlap(world.review)
    assert [(line.name, line.entries, line.papers, line.unique, line.shared) for line in found.lines] == [
        ("CINAHL", 2, 2, 1, [2, 1]),
        ("<Medline> & co", 1, 1, 0, [1, 1]),
    ]
    assert sorted(found.sets) == [((0,), 1), ((0, 1), 1)]
    drawn = picture.upset(found, title="<b>", papers="papers", rest="{n}", for_screen=False)
    assert "<b>" not in drawn
    assert "&lt;Medline&gt; &amp; co" in drawn
    client = signed_in(world.owner)
    assert "<Medline>" not in client.get(address(world, "overlap")).content.decode()
    table = client.get(address(world, "overlap_file", "csv"))
    assert "CINAHL,2,2,1,2,1" in table.content.decode()
    assert client.get(address(world, "overlap_file", "svg"))["Content-Type"] == "image/svg+xml"
    assert client.get(address(world, "overlap_file", "exe")).status_code == 404


def test_the_numbers_of_the_overlap_lead_to_the_records_they_count(world):
    for n in range(2):
        other = Source.objects.create(review=world.review, number=70 + n, name=f"Demo base {n}", kind=SourceKind.DATABASE)
        world.record(**PAPER, upload=world.upload(world.search_in(other)))
    world.record(**PAPER)
    world.record("Only in one")
    dedupe(world)
    client = signed_in(world.owner)
    page = client.get(address(world, "overlap"))
    found = page.context["overlap"]
    asks = [(line.unique, only) for line, _all, only, _shared in page.context["lines"]]
    asks += [(line.papers, every) for line, every, _only, _shared in page.context["lines"]]
    asks += [(n, ask) for _line, _all, _only, shared in page.context["lines"] for n, _itself, ask in shared]
    asks += [(n, ask) for _names, n, ask in page.context["combinations"]]
    assert len(found.lines) == 3
    for n, ask in asks:
        listed = client.get(address(world, "records"), {"q": ask}).context["found"]
        assert (listed.rows.count(), listed.notes) == (n, []), ask
        assert not n or f"?q={quote(ask)}" in page.content.decode()


def test_an_overlap_of_very_many_sources_leads_nowhere_rather_than_astray():
    lines = [overlap.Line(f"Base {n}", 1, 1, 1, [], n) for n in range(100)]
    found = overlap.Overlap(lines, [], 100, 100)
    assert overlap.asked(found, {1}) == "source:1"
    assert overlap.asked(found, {1}, only=True) == ""


MOST_QUERIES = {"duplicates": 20, "pair": 20, "merges": 12, "pairs_many": 12, "overlap": 10, "compare": 20}


def queries(client, world, name):
    there = address(world, name, *((1,) if name == "pair" else ())) + ("?a=1&b=2" if name == "compare" else "")
    client.get(there)  # the counts of the rail are made anew after a change
    with CaptureQueriesContext(connection) as asked:
        assert client.get(there).status_code == 200
    return len(asked)


@pytest.mark.parametrize("name", MOST_QUERIES)
def test_a_page_asks_no_more_of_the_database_for_more_pairs_merges_and_copies(world, name):
    errata(world, 1)
    client = signed_in(world.librarian)
    few = queries(client, world, name)
    for pair in DuplicatePair.objects.all():
        for record in (pair.a, pair.b):  # copies, from files of other sources
            for n in range(3):
                at = 50 + 3 * record.number + n
                source = Source.objects.create(review=world.review, number=at, name=f"Demo {at}", kind=SourceKind.DATABASE)
                copy = world.record(record.title, upload=world.upload(world.search_in(source)))
                actions.same(world.librarian, actions.note_pair(world.librarian, record, copy))
    for n in range(12):
        actions.propose(world.reviewer_a, world.record(f"One {n}"), world.record(f"Another {n}"))
    assert queries(client, world, name) <= few + 1  # one's own newest answer, which may be one of many
    assert few <= MOST_QUERIES[name]


def test_a_look_that_is_under_way_says_how_far_it_is(world):
    job = jobs.enqueue("dedupe", review=world.review, key=f"review:{world.review.pk}")
    lease = jobs.claim(job.pk)
    assert lease is not None
    lease.progress(step="comparing", done=20_000, total=55_000)
    assert "Comparing: 20,000 of 55,000." in signed_in(world.owner).get(address(world, "duplicates")).content.decode()


def test_a_second_press_of_the_same_button_changes_nothing(world):
    numbers = errata(world, 2)
    client = signed_in(world.librarian)
    for _n in range(2):
        answer = client.post(address(world, "pairs_many"), {"answer": "same", "upto": max(numbers)})
    assert answer.status_code in (409, 422)
    assert PairBulk.objects.count() == 1
    assert Merge.objects.count() == 2


def answers_shown(client, world, number):
    return client.get(address(world, "pair", number)).context["seen"]


def test_an_answer_that_came_meanwhile_is_not_overruled_by_a_page_that_does_not_know_it(world):
    (number,) = errata(world, 1)
    one, two = signed_in(world.librarian), signed_in(world.owner)
    seen = answers_shown(two, world, number)
    one.post(address(world, "pair_decide", number), {"answer": "different", "seen": seen})
    said = two.post(address(world, "pair_decide", number), {"answer": "same", "seen": seen}, follow=True)
    assert "answered this pair meanwhile: not a duplicate. Nothing was changed." in said.content.decode()
    assert DuplicatePair.objects.get().state == PairState.DIFFERENT
    assert not Merge.objects.exists()
    two.post(address(world, "pair_decide", number), {"answer": "same", "seen": answers_shown(two, world, number)})
    assert DuplicatePair.objects.get().state == PairState.SAME


def test_the_same_answer_twice_is_one_answer(world):
    (number,) = errata(world, 1)
    one, two = signed_in(world.librarian), signed_in(world.owner)
    seen = answers_shown(one, world, number)
    for client in (one, one, two):
        client.post(address(world, "pair_decide", number), {"answer": "different", "seen": seen})
    assert Event.objects.filter(kind="pair:different").count() == 1
    assert DuplicatePair.objects.get().decided_by == world.librarian


def test_undo_takes_back_ones_own_answer_and_not_one_that_came_since(world):
    (number,) = errata(world, 1)
    one, two = signed_in(world.librarian), signed_in(world.owner)
    one.post(address(world, "pair_decide", number), {"answer": "same"})
    two.post(address(world, "pair_decide", number), {"answer": "same", "seen": answers_shown(two, world, number)})
    one.post(address(world, "pair_decide", number), {"answer": "open"})
    two.post(address(world, "pair_decide", number), {"answer": "different", "seen": answers_shown(two, world, number)})
    for _n in range(2):
        said = one.post(address(world, "pair_decide", number), {"answer": "open"}, follow=True)
        assert "not a duplicate. Nothing was changed." in said.content.decode()
    assert DuplicatePair.objects.get().state == PairState.DIFFERENT
    assert Event.objects.filter(kind="pair:reopened").count() == 1


@pytest.mark.parametrize("name", ["compare", "duplicate_of"])
def test_two_records_kept_apart_meanwhile_are_not_merged_by_a_page_that_does_not_say_so(world, name):
    errata(world, 1)
    pair = DuplicatePair.objects.get()
    asked = {"compare": (), "duplicate_of": (pair.a_number,)}[name]
    given = {"compare": {"a": pair.a_number, "b": pair.b_number}, "duplicate_of": {"other": pair.b_number}}[name]
    client = signed_in(world.librarian)
    seen = client.get(address(world, name, *asked), given).context["seen"]
    actions.different(world.owner, pair)
    client.post(address(world, name, *asked), {**given, "answer": "same", "seen": seen})
    assert DuplicatePair.objects.get().state == PairState.DIFFERENT
    seen = client.get(address(world, name, *asked), given).context["seen"]
    client.post(address(world, name, *asked), {**given, "answer": "same", "seen": seen})
    assert DuplicatePair.objects.get().state == PairState.SAME


@pytest.mark.parametrize("name", ["compare", "merge_undo"])
def test_two_that_are_one_are_shown_as_they_came_and_not_as_they_were_put_together(world, name):
    bare, full = world.record(**{**PAPER, "doi": ""}), world.record(**PAPER)
    dedupe(world)
    bare.refresh_from_db()
    assert bare.doi == PAPER["doi"]  # what is displayed is put together
    asked = {"compare": (), "merge_undo": (Merge.objects.get().number,)}[name]
    given = {"compare": {"a": bare.number, "b": full.number}, "merge_undo": {}}[name]
    rows = signed_in(world.librarian).get(address(world, name, *asked), given).context["rows"]
    doi = next(row for row in rows if row.field == "doi")
    assert (doi.left, doi.verdict) == ([("", False)], "silent")


def test_duplicate_of_says_why_a_number_leads_nowhere(world):
    world.record(**PAPER)
    world.record(**PAPER)
    dedupe(world)
    client = signed_in(world.librarian)
    for other, sentence in (("1", "the same record"), ("2", "are one record already"), ("99", "No record of this review"), ("x", "No record")):
        for answer in (
            client.get(address(world, "duplicate_of", 1), {"other": other}),
            client.post(address(world, "duplicate_of", 1), {"other": other}),
        ):
            assert sentence in answer.content.decode(), other


def test_any_two_records_says_what_is_wrong_with_the_numbers(world):
    world.record(**PAPER)
    client = signed_in(world.librarian)
    for a, b, sentence in (("1", "1", "one and the same record"), ("1", "77", "no record 77"), ("x", "1", "no record x"), ("1", "", "two")):
        assert sentence in client.get(address(world, "compare"), {"a": a, "b": b}).content.decode(), (a, b)


def test_any_two_records_takes_numbers_as_they_are_shown(world):
    world.record(**PAPER)
    world.record(**{**PAPER, "title": "Gardens", "doi": ""})
    page = signed_in(world.librarian).get(address(world, "compare"), {"a": " 1 ", "b": "#0,002"})
    assert page.context["right"].number == 2


def test_a_page_that_is_open_while_records_are_compared_goes_on_by_itself(world):
    errata(world, 1)
    client = signed_in(world.librarian)
    still = client.get(address(world, "duplicates")).content.decode()
    assert "every 2s" not in still
    jobs.enqueue("dedupe", review=world.review, key=f"review:{world.review.pk}")
    busy = client.get(address(world, "duplicates")).content.decode()
    assert 'hx-select="#so-far"' in busy  # the pair under one's hands stays
    DuplicatePair.objects.all().delete()
    assert 'hx-target="#room"' in client.get(address(world, "duplicates")).content.decode()


def test_everybody_in_the_review_reads_the_evidence_of_a_merge_and_who_took_it_back(world):
    world.record(**PAPER)
    world.record(**PAPER)
    dedupe(world)
    client = signed_in(world.observer)
    number = Merge.objects.get().number
    assert address(world, "merge", number) in client.get(address(world, "merges")).content.decode()
    read = client.get(address(world, "merge", number)).content.decode()
    assert "Titles are the same." in read
    assert "Why are these two papers?" not in read
    actions.undo_merge(world.librarian, Merge.objects.get(), why="Two trials of one name")
    assert "Two trials of one name" in client.get(address(world, "merge", number)).content.decode()


def test_the_ledger_is_filtered_by_what_was_taken_back_and_by_record(world):
    for title in ("Being known in the neighbourhood", "Gardens as places of recovery"):
        for _n in range(2):
            world.record(**{**PAPER, "title": title, "doi": f"10.5555/{title[:5]}".lower()})
    dedupe(world)
    actions.undo_merge(world.librarian, Merge.objects.get(parent_number=1), why="Two")
    client = signed_in(world.observer)

    def parents(**asked):
        return [merge.parent_number for merge, _rule in client.get(address(world, "merges"), asked).context["rows"]]

    assert parents() == [3, 1]
    assert parents(by="undone") == [1]
    assert parents(record="4") == [3]
    assert parents(record="2") == [1]
    assert parents(record="nonsense") == []
