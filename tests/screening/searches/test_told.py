"""PRISMA-S: what is told of a search, what is not, the appendix, and a search run again."""

import datetime
import io
import zipfile

import pytest
from django.urls import reverse
from docx import Document

from reviewapp.audit.models import Access, Event
from screening.models import Search, SearchRound
from screening.searches import actions, appendix
from screening.searches.queries import lines_of
from screening.searches.rules import ITEMS, completeness
from screening.searches.told import facts_of
from screening.vocabulary import SourceKind

pytestmark = pytest.mark.django_db
STRATEGY = "\n  1  exp Støtte/\n\n2\t(a   or <b>)  \n"
ALL = {
    "run_on": datetime.date(2018, 2, 13), "run_by": "Kari Demo", "coverage": "1806 to 2018", "strategy": STRATEGY, "limits": "none",
    "filters": "none", "prior_work": "none", "updates": "none", "peer_review": "PRESS, Ola Demo", "hits_exported": 0,
}  # fmt: skip


@pytest.fixture
def at(world, client):
    client.force_login(world.librarian.user)
    return lambda name, *args: reverse(name, args=[world.review.slug, *args])


@pytest.fixture
def told(world):
    return actions.change_search(world.librarian, world.search, **ALL)


def test_an_empty_search_owes_all_and_a_full_one_nothing(world, told):
    assert completeness(Search(), in_databases=True).missing == tuple(i.key for i in ITEMS if i.databases and i.key != "limits_reason")
    assert completeness(told, in_databases=True).missing == ()
    assert completeness(told, in_databases=True).told == 10


@pytest.mark.parametrize("key", [key for key in ALL if key not in ("strategy",)])
def test_each_item_is_owed_by_itself(world, told, key):
    setattr(told, key, None if key in ("run_on", "hits_exported") else " ")

    assert completeness(told, in_databases=True).missing == (key.replace("_exported", ""),)


def test_limits_need_a_reason_unless_there_were_none(told):
    told.limits = "2000–2018"
    assert completeness(told, in_databases=True).missing == ("limits_reason",)
    told.limits_reason = "As the criteria say"
    assert completeness(told, in_databases=True).missing == ()


def test_other_sources_owe_how_they_were_searched(world):
    source = actions.add_source(world.librarian, name="Reference lists", platform="", kind=SourceKind.CITATION)
    search = world.search_in(source)

    assert completeness(search, in_databases=False).missing == ("run_on", "run_by", "method", "hits")
    assert lines_of([search])[0].completeness.missing == ("run_on", "run_by", "method", "hits")


def test_the_page_says_what_is_not_told_yet(at, client, world):
    text = client.get(at("search", 1)).text

    assert "0 of 10 items of PRISMA-S told" in text
    assert "published search filters" in text
    assert "10 items not told" in client.get(at("searches")).text


def test_a_strategy_is_kept_blank_by_blank(at, client, world):
    sent = {"source": world.source.pk, "search_round": world.search_round.pk, "strategy": STRATEGY.replace("\n", "\r\n")}
    assert client.post(at("search_edit", 1), sent).status_code == 303

    assert Search.objects.get().strategy == STRATEGY
    assert "&lt;b&gt;)  \n</pre>" in client.get(at("search", 1)).text
    assert '<pre class="strategy" tabindex="0">\n\n  1  exp' in client.get(at("search", 1)).text


def test_the_wording_of_before_is_kept_in_the_history(world, told):
    actions.change_search(world.librarian, told, strategy="new")

    event = Event.objects.filter(kind="search:changed").latest("seq")
    assert event.text.text == STRATEGY


def test_a_search_is_repeated_in_a_new_update(at, client, world, told):
    assert client.get(at("search_repeat", 1)).status_code == 200
    answer = client.post(at("search_repeat", 1), {"new_round": "Update 2020", "run_on": "2020-01-20", "run_by": "Kari"})

    again = Search.objects.get(number=2)
    assert (answer.status_code, answer.url) == (303, at("search", 2))
    assert (again.strategy, again.repeats, again.hits, again.limits) == (STRATEGY, told, None, "none")
    assert (again.search_round.name, again.search_round.is_update) == ("Update 2020", True)
    assert Event.objects.filter(kind="search:added").latest("seq").data["repeats"] == 1
    assert {fact.name: fact.value for fact in facts_of(again)}["Kept up to date"] == "This run is an update of search 1."
    assert "A later run of search 1." in client.get(at("search", 2)).text
    assert "Run again as search 2, Update 2020" in client.get(at("search", 1)).text


def test_a_repeat_needs_a_round_that_is_an_update(at, client, world):
    answer = client.post(at("search_repeat", 1), {"search_round": world.search_round.pk})

    assert answer.status_code == 422
    assert Search.objects.count() == 1
    assert SearchRound.objects.count() == 1


def test_two_runs_are_compared_on_a_page(at, client, world, told):
    again = actions.repeat_search(world.librarian, told, search_round=None, new_round="Update")
    actions.change_search(world.librarian, again, strategy=STRATEGY.replace("<b>", "<i>"))
    text = client.get(at("search_compare", 2)).text

    assert "1 line differs" in text
    assert '<del class="d">b</del>' in text
    assert '<ins class="d">i</ins>' in text
    assert "What else differs" in text
    assert "&lt;" in text


def test_with_one_strategy_there_is_nothing_to_compare(at, client, world, told):
    assert "No other strategy yet" in client.get(at("search_compare", 1)).text
    assert client.get(at("search_compare", 1), {"with": "x" * 30}).status_code == 200


def test_the_appendix_tells_all_on_a_page_and_in_word(at, client, world, told):
    world.records(3)
    page = client.get(at("search_appendix"))
    file = client.get(at("search_appendix_file"))
    document = Document(io.BytesIO(file.content))

    assert "PRESS, Ola Demo" in page.text
    assert '<pre class="strategy is-whole">\n\n  1  exp Støtte/' in page.text
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert STRATEGY in texts
    assert any(run.font.name == "Courier New" for paragraph in document.paragraphs for run in paragraph.runs)
    assert document.tables[0].rows[-1].cells[-1].text == "3"
    assert Access.objects.filter(what="download", path=at("search_appendix_file")).count() == 1
    assert zipfile.ZipFile(io.BytesIO(file.content)).testzip() is None


def test_the_appendix_is_empty_before_the_first_search(at, client, world):
    Search.objects.all().delete()

    assert "No search yet" in client.get(at("search_appendix")).text
    assert client.get(at("search_appendix_file")).status_code == 200


def test_the_queries_of_the_appendix_do_not_grow_with_searches(world, django_assert_max_num_queries):
    for _n in range(4):
        world.upload(world.search_in(world.source))
    with django_assert_max_num_queries(9):
        appendix.gather(world.review)


def test_a_repeat_without_any_word_is_asked_about(at, client, world):
    answer = client.post(at("search_repeat", 1), {})

    assert answer.status_code == 422
    assert "Choose the update" in answer.text
