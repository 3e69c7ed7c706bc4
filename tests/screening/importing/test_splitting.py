"""A pooled library is split into searches by a field; counts follow, and it can be taken back."""

import io

import pytest
from django.urls import reverse

from reviewapp.audit.models import Event
from screening.importing import overruling, report, signing, splitting, withdrawing
from screening.importing.errors import CannotChange
from screening.importing.queries import quality_of
from screening.importing.splitting import CannotSplit, choices, differences, join, split, targets, values, values_of
from screening.models import EntryPlace, Record, Search, Source, SourceRecord, Split
from screening.outcomes import merging
from screening.records.queries import story
from screening.reporting import archive
from screening.reporting.exports import Sets
from screening.reporting.prisma import rules
from screening.reporting.prisma.queries import Gathered
from screening.search.facts import by_source, in_sources
from screening.search.fields import Asker
from screening.searches import actions as searches
from screening.searches.forms import SearchForm, SourceForm
from screening.searches.queries import counts_of, lines_of
from screening.vocabulary import SourceKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def pooled(world):
    """A library of seven: three of CINAHL, two of PsycINFO, one of both names in its keywords, one of nothing."""
    world.source.name = "EndNote library"
    world.source.save()
    upload = world.upload()
    for n, (database, keywords) in enumerate(
        [("CINAHL", ["a"]), ("CINAHL", ["from psycinfo", "a"]), ("CINAHL", []), ("PsycINFO", ["from psycinfo"]), ("PsycINFO", []),
         ("", ["x", "from cinahl", "from psycinfo"]), ("", [])], 1
    ):  # fmt: skip
        world.record(f"Title {n}", upload=upload, database=database, keywords=keywords, other={"custom1": [database.lower()]} if database else {})
    return upload


def counts(world):
    return {line.search.source.name: line.counts.found for line in lines_of(Search.objects.for_review(world.review).order_by("number"))}


def figure(world):
    facts = Gathered(world.review, member=None).facts()
    return dict(facts.databases.databases), facts


def test_the_fields_that_tell_are_offered_with_their_values(pooled):
    assert [(choice.key, choice.entries) for choice in choices(pooled)] == [("database", 5), ("other:custom1", 5), ("keywords", 4)]
    found = values(pooled, "database")
    assert (found.counts, found.without) == ([("CINAHL", 3), ("PsycINFO", 2)], 2)
    assert values(pooled, "keywords").counts == [("from psycinfo", 3), ("a", 2), ("from cinahl", 1), ("x", 1)]


def test_each_part_counts_in_its_search_and_the_sum_stays(world, pooled):
    before = figure(world)[1]
    split(world.librarian, pooled, "database", {"CINAHL": "CINAHL", "PsycINFO": "PsycINFO"})

    assert counts(world) == {"EndNote library": 2, "CINAHL": 3, "PsycINFO": 2}
    named, after = figure(world)
    assert {name: n for name, n in named.items() if n} == {"EndNote library": 2, "CINAHL": 3, "PsycINFO": 2}
    plain = [{key: n for key, n in rules.flow(facts).counts.items() if key != "database_specific_results"} for facts in (before, after)]
    assert plain[0] == plain[1]
    assert sum(named.values()) == 7
    assert list(differences(world.review)) == []
    event = Event.objects.get(kind="upload:split")
    assert event.data == {"upload": pooled.number, "split": 1, "searches": [2, 3], "entries": 5}


def test_an_entry_with_several_groups_goes_by_its_first(world, pooled):
    split(world.librarian, pooled, "keywords", {"from psycinfo": "PsycINFO", "from cinahl": "CINAHL"})

    assert counts(world) == {"EndNote library": 4, "PsycINFO": 2, "CINAHL": 1}


def test_it_is_taken_back_whole_and_can_be_done_otherwise(world, pooled):
    split(world.librarian, pooled, "database", {"CINAHL": "CINAHL"})
    with pytest.raises(CannotSplit, match="split already"):
        split(world.librarian, pooled, "database", {"CINAHL": "CINAHL"})
    join(world.librarian, pooled)
    join(world.librarian, pooled)

    assert counts(world) == {"EndNote library": 7, "CINAHL": 0}
    assert EntryPlace.objects.count() == 0
    assert Event.objects.filter(kind="upload:joined").count() == 1
    split(world.librarian, pooled, "other:custom1", {"psycinfo": "CINAHL"})
    assert counts(world) == {"EndNote library": 5, "CINAHL": 2}
    assert Split.objects.count() == 2


def test_an_existing_search_of_the_round_takes_a_part_and_others_do_not(world, pooled):
    own = searches.add_search(world.librarian, source=searches.add_source(world.librarian, name="CINAHL"), search_round=world.search_round)
    later = searches.add_search(world.librarian, source=own.source, search_round=searches.add_search_round(world.librarian, name="Update"))
    hand = searches.add_source(world.librarian, name="Lists", kind=SourceKind.CITATION)
    other = searches.add_search(world.librarian, source=hand, search_round=world.search_round)

    assert targets(pooled) == [own]
    for wrong in (later, other):
        with pytest.raises(CannotSplit):
            split(world.librarian, pooled, "database", {"CINAHL": wrong})
    split(world.librarian, pooled, "database", {"CINAHL": own, "PsycINFO": own})
    assert lines_of([own])[0].counts.found == 5
    assert Split.objects.get().parts == [
        {"value": "CINAHL", "search": own.number, "entries": 3}, {"value": "PsycINFO", "search": own.number, "entries": 2},
    ]  # fmt: skip


def test_nothing_chosen_or_a_file_that_does_not_stand_is_refused(world, pooled):
    with pytest.raises(CannotSplit, match="at least one"):
        split(world.librarian, pooled, "database", {})
    withdrawing.withdraw(world.librarian, pooled, "Wrong file")
    with pytest.raises(CannotSplit, match="withdrawn"):
        split(world.librarian, pooled, "database", {"CINAHL": "CINAHL"})
    assert Source.objects.count() == 1


def test_a_withdrawn_file_counts_nowhere_also_when_it_is_split(world, pooled):
    split(world.librarian, pooled, "database", {"CINAHL": "CINAHL"})
    withdrawing.withdraw(world.librarian, pooled, "Wrong file")

    assert counts(world) == {"EndNote library": 0, "CINAHL": 0}
    withdrawing.restore(world.librarian, pooled)
    assert counts(world) == {"EndNote library": 4, "CINAHL": 3}


def test_records_say_the_source_they_came_from(world, pooled):
    split(world.librarian, pooled, "database", {"CINAHL": "CINAHL", "PsycINFO": "PsycINFO"})
    first, fourth = (SourceRecord.objects.get(title=title).record for title in ("Title 1", "Title 4"))
    merging.merge(fourth, first, by=world.owner)

    assert story(world.owner, first).sources == ["CINAHL", "PsycINFO"]
    told = {one.title: one.sources for one in Sets(world.review, None).references("unique")}
    assert (told["Title 1"], told["Title 2"], told["Title 7"]) == ("CINAHL; PsycINFO", "CINAHL", "EndNote library")


def test_records_are_found_by_the_source_they_came_from(world, pooled):
    split(world.librarian, pooled, "database", {"CINAHL": "CINAHL", "PsycINFO": "PsycINFO"})
    asker = Asker(world.review)
    heads = Record.objects.for_review(world.review)
    titles = {name: sorted(heads.filter(by_source(asker, name)).values_list("title", flat=True)) for name in ("CINAHL", "EndNote library")}

    assert titles == {"CINAHL": ["Title 1", "Title 2", "Title 3"], "EndNote library": ["Title 6", "Title 7"]}
    assert dict(in_sources(asker, heads)) == {"1": 2, "2": 3, "3": 2}


def test_round_and_arm_of_a_part_stay(world, pooled):
    split(world.librarian, pooled, "database", {"CINAHL": "CINAHL"})
    later = searches.add_search_round(world.librarian, name="Update")
    part = Search.objects.get(number=2)
    form = SearchForm({"source": part.source.pk, "search_round": later.pk}, review=world.review, instance=part)
    kind = SourceForm({"name": "CINAHL", "platform": "", "kind": "website"}, review=world.review, instance=part.source)

    assert "search_round" in form.errors
    assert "kind" in kind.errors


def test_a_split_file_is_not_moved(world, pooled):
    own = searches.add_search(world.librarian, source=searches.add_source(world.librarian, name="CINAHL"), search_round=world.search_round)
    split(world.librarian, pooled, "database", {"CINAHL": own})

    with pytest.raises(CannotChange, match="split"):
        overruling.move(world.librarian, pooled, own)


def test_values_are_cut_and_tidied():
    assert values_of("database", " CINAHL  Plus ", [], {}) == ["CINAHL Plus"]
    assert values_of("other:DB", "", [], {"DB": ["a", "", "b" * 300]}) == ["a", "b" * 200]


@pytest.fixture
def at(world, client):
    client.force_login(world.librarian.user)
    return lambda name, *args: reverse(name, args=[world.review.slug, *args])


def test_on_the_page_values_are_shown_chosen_and_taken_back(at, client, world, pooled):
    page = client.get(at("upload_split", pooled.number)).text
    assert "2 entries have no value and stay." in page
    assert client.get(at("upload_split", pooled.number), {"by": "nonsense"}).status_code == 404
    assert client.post(at("upload_split", pooled.number), {"by": "database"}).status_code == 422

    sent = {"by": "database", "value_0": "CINAHL", "to_0": "new", "value_1": "PsycINFO", "to_1": ""}
    assert client.post(at("upload_split", pooled.number), sent).status_code == 303
    assert counts(world) == {"EndNote library": 4, "CINAHL": 3}
    assert "Take the split back" in client.get(at("upload_split", pooled.number)).text
    assert "3 entries came from a part of" in client.get(at("search", 2)).text
    assert client.get(at("searches")).status_code == 200
    assert client.post(at("upload_join", pooled.number)).status_code == 303
    assert counts(world)["CINAHL"] == 0


def test_a_search_that_is_gone_or_of_another_review_is_no_choice(at, client, world, pooled):
    sent = {"by": "database", "value_0": "CINAHL", "to_0": "77"}
    assert client.post(at("upload_split", pooled.number), sent).status_code == 422
    assert not Split.objects.exists()


def test_many_entries_are_placed_in_few_statements(world, pooled, django_assert_max_num_queries):
    with django_assert_max_num_queries(50):
        splitting.split(world.librarian, pooled, "database", {"CINAHL": "CINAHL", "PsycINFO": "PsycINFO"})


def test_a_split_goes_out_with_the_archive_and_comes_back(world, pooled):
    split(world.librarian, pooled, "database", {"CINAHL": "CINAHL", "PsycINFO": "PsycINFO"})
    held = io.BytesIO()
    archive.write(world.review, held)
    held.seek(0)
    restored, _report = archive.restore(held)

    lines = lines_of(Search.objects.for_review(restored).order_by("number"))
    assert [line.counts.found for line in lines] == [2, 3, 2]
    assert list(differences(restored)) == []


def test_the_report_of_a_part_counts_the_part_and_can_be_signed(world, pooled, client):
    split(world.librarian, pooled, "database", {"CINAHL": "CINAHL", "PsycINFO": "PsycINFO"})
    pooled.refresh_from_db()
    own, cinahl, _psycinfo = Search.objects.for_review(world.review).order_by("number")

    numbers = signing.sign_search(world.librarian, cinahl).numbers
    assert (numbers["files"], numbers["came"], numbers["found"], numbers["read"]) == (0, 3, 3, 3)
    assert {name: one["found"] for name, one in numbers["by_file"].items()} == {str(pooled.number): 3}
    rest = signing.sign_search(world.librarian, own).numbers
    assert (rest["files"], rest["went"], rest["found"], rest["by_file"][str(pooled.number)]["found"]) == (1, 5, 2, 2)
    everything = [report.report_of(search).total for search in Search.objects.for_review(world.review)]
    whole = report.FileReport(pooled, counts_of([pooled])[pooled.pk], quality_of(pooled)).numbers
    for name in ("found", "read", "no_title", "no_abstract", "no_year", "letters_repaired"):
        assert sum(one[name] for one in everything) == whole[name], name
    assert not report.signatures(cinahl, None, report.report_of(cinahl).numbers)[0].since

    client.force_login(world.librarian.user)
    page = client.get(reverse("upload", args=[world.review.slug, pooled.number])).content.decode()
    assert "3 entries belong to" in page
    join(world.librarian, pooled)
    assert report.report_of(cinahl).why_not == "empty"
    assert {(one.word, one.then, one.now) for one in report.signatures(own, None, report.report_of(own).numbers)[0].since} >= {
        ("entries found", 2, 7)
    }
