"""The pages of the classification table: roles, blinding, parts, exports, budgets."""

import re
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils.html import escape
from docx import Document
from openpyxl import load_workbook

from charting.classification_table import actions, views
from charting.models import AgreedRating, Rating
from reviewapp.audit.models import Access
from screening.models import Record
from tests.charting.conftest import Assessed

HTMX = {"HX-Request": "true"}


@pytest.fixture
def url(world):
    return reverse("classification", args=[world.review.slug])


def address(world, name, *args):
    return reverse(name, args=[world.review.slug, *args])


def rate_all(member, report, value=2):
    for scale in ("relevance", "design"):
        actions.rate(member=member, report=report, scale=scale, value=value, note=f"note of {member.number}")


def bare(response):
    """A page without what changes by itself: tokens and the request's number."""
    text = b"".join(response).decode() if response.streaming else response.content.decode()
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    return re.sub(r'"X-CSRFToken": "[^"]+"', "", text)


@pytest.mark.parametrize("who", ["owner", "reviewer_a", "adjudicator", "librarian", "observer"])
def test_every_member_reads_the_table(client, world, url, who):
    client.force_login(getattr(world, who).user)
    response = client.get(url)
    assert response.status_code == 200
    assert "2 reports are under assessment" in response.content.decode()


def test_outsiders_find_nothing_and_others_may_not_rate(client, world, url, outsider, report):
    client.force_login(outsider)
    assert client.get(url).status_code == 404
    for who in ("owner", "librarian", "observer", "adjudicator"):
        client.force_login(getattr(world, who).user)
        assert client.post(address(world, "rating_save"), {"report": report.number, "scale": "design", "value": 2}).status_code == 403
        assert client.post(address(world, "rating_agree"), {"report": report.number, "scale": "design", "value": 2}).status_code == 403


@pytest.mark.parametrize(
    ("name", "method"),
    [("classification", "post"), ("rating_save", "get"), ("rating_agree", "get"), ("scale_new", "get"), ("classification_export", "post")],
)
def test_wrong_methods(client, world, name, method):
    client.force_login(world.reviewer_a.user)
    assert getattr(client, method)(address(world, name)).status_code == 405


def test_rules_are_the_owners(client, world):
    for who, status in (("owner", 200), ("reviewer_a", 403), ("observer", 403)):
        client.force_login(getattr(world, who).user)
        assert client.get(address(world, "classification_rules")).status_code == status


def test_a_rating_without_script_returns_to_the_table_and_with_it_gives_parts(client, world, report):
    client.force_login(world.reviewer_a.user)
    sent = {"report": report.number, "scale": "relevance", "value": "3", "note": "yes"}
    plain = client.post(address(world, "rating_save"), sent)
    assert (plain.status_code, "who=own" in plain["Location"]) == (303, True)

    part = client.post(address(world, "rating_save"), {**sent, "value": "2"}, headers=HTMX)
    text = part.content.decode()
    assert 'id="cell-panel"' in text
    assert f'<tr id="row-{report.number}" hx-swap-oob="true"' in text
    assert "<html" not in text
    assert Rating.objects.get(superseded_at=None).value == 2


def test_a_key_keeps_the_note_and_an_empty_value_takes_the_rating_back(client, world, report):
    client.force_login(world.reviewer_a.user)
    save = address(world, "rating_save")
    client.post(save, {"report": report.number, "scale": "relevance", "value": "3", "note": "kept"})
    client.post(save, {"report": report.number, "scale": "relevance", "value": "1"}, headers=HTMX)
    assert Rating.objects.get(superseded_at=None).note == "kept"
    client.post(save, {"report": report.number, "scale": "relevance", "value": ""}, headers=HTMX)
    assert Rating.objects.get(superseded_at=None).value is None


@pytest.mark.parametrize("value", ["4", "-1", "x", "1.5"])
def test_values_that_cannot_be_answer_422(client, world, report, value):
    client.force_login(world.reviewer_a.user)
    response = client.post(address(world, "rating_save"), {"report": report.number, "scale": "relevance", "value": value}, headers=HTMX)
    assert response.status_code == 422
    assert "A rating is 0, 1, 2 or 3." in response.content.decode()


def test_an_agreement_that_somebody_else_made_meanwhile_is_shown_beside_mine(client, world, report):
    for member in (world.reviewer_a, world.reviewer_b):
        rate_all(member, report)
    actions.agree(member=world.reviewer_a, report=report, scale="design", value=2)
    client.force_login(world.reviewer_b.user)
    response = client.post(
        address(world, "rating_agree"),
        {"report": report.number, "scale": "design", "value": "1", "seen": "0", "note": "typed"},
        headers=HTMX,
    )
    text = response.content.decode()
    assert response.status_code == 409
    assert "set the agreed value to 2" in text
    assert "typed</textarea>" in text
    assert AgreedRating.objects.get().value == 2


def everything_readable(client, world, report):
    """Whatever the table gives: pages, tabs, panels, parts, refusals, exports."""
    table = address(world, "classification")
    pages = [table, *(f"{table}?show={show}" for show in ("mine", "agree", "wide")), f"{table}?at=2-2"]
    panels = [f"{table}?report={report.number}&scale={scale}&who={who}" for scale in ("relevance", "design") for who in ("own", "agreed")]
    answers = [bare(client.get(page)) for page in pages + panels]
    answers += [bare(client.get(panel, headers=HTMX)) for panel in panels]
    answers.append(
        bare(client.post(address(world, "rating_agree"), {"report": report.number, "scale": "design", "value": "1"}, headers=HTMX))
    )
    answers.append(bare(client.get(address(world, "classification_export") + "?format=csv")))
    workbook = load_workbook(BytesIO(client.get(address(world, "classification_export") + "?format=xlsx").content))
    answers.append(str(list(workbook.worksheets[0].values)))
    return answers


@pytest.mark.parametrize("who", ["reviewer_b", "reviewer_c", "owner", "observer", "librarian", "adjudicator"])
def test_what_a_blind_member_gets_is_the_same_whatever_others_rated(client, world, report, who):
    reader = getattr(world, who)
    client.force_login(reader.user)
    if who == "reviewer_b":
        actions.rate(member=reader, report=report, scale="relevance", value=2)

    def read():
        if who.startswith("reviewer"):
            return everything_readable(client, world, report)
        pages = [address(world, "classification"), address(world, "classification") + f"?report={report.number}&scale=design"]
        exports = [] if who == "observer" else [address(world, "classification_export") + "?format=csv"]
        return [bare(client.get(url)) for url in pages + exports]

    without = read()
    rate_all(world.reviewer_a, report, 3)
    assert read() == without
    rate_all(world.reviewer_a, report, 0)
    assert read() == without


def test_after_ones_own_ratings_the_others_stand_beside_them(client, world, report):
    rate_all(world.reviewer_a, report, 3)
    rate_all(world.reviewer_b, report, 1)
    client.force_login(world.reviewer_b.user)
    text = client.get(address(world, "classification")).content.decode()
    assert 'class="wide"' in text
    assert "2 !" in text


def test_the_matrix_filters_and_counts_agreed_pairs(client, world):
    first, second = world.reports
    for member in (world.reviewer_a, world.reviewer_b):
        rate_all(member, first, 3)
        rate_all(member, second, 1)
    for report, value in ((first, 3), (second, 1)):
        for scale in ("relevance", "design"):
            actions.agree(member=world.reviewer_a, report=report, scale=scale, value=value)
    client.force_login(world.observer.user)
    table = address(world, "classification")
    text = client.get(f"{table}?at=3-3").content.decode()
    assert "relevance 3, design 3: 1 report" in text
    assert text.count('<tr id="row-') == 1
    assert "<b>1</b> of 2 lie inside" in text
    assert "No report has these agreed values" in client.get(f"{table}?at=0-0").content.decode()


def test_a_long_table_comes_in_parts_and_keeps_its_filter(client, world, monkeypatch):
    monkeypatch.setattr(views, "LISTED", 1)
    for report in world.reports:
        for member in (world.reviewer_a, world.reviewer_b):
            rate_all(member, report)
    client.force_login(world.reviewer_a.user)
    table = address(world, "classification")
    seen, query = [], "?show=agree"
    while query:
        page = client.get(table + query)
        seen += [row.report.number for row in page.context["rows"]]
        assert len(page.context["rows"]) == 1
        assert "To agree <b>2</b>" in " ".join(page.content.decode().split())
        cell = page.context["rows"][0].report.number
        assert escape(f"?report={cell}&scale=design&who=agreed{page.context['keep']}#cell-panel") in page.content.decode()
        query = page.context["slice"].next_url
        assert not query or ("show=agree" in query and "report" not in query)
    assert seen == [row.report.number for row in page.context["table"].rows]
    last = client.get(table, {"report": seen[-1], "scale": "design"})
    assert [row.report.number for row in last.context["rows"]] == seen[-1:]


def test_a_saved_cell_leaves_the_tab_and_the_part_of_the_list_as_they_are(client, world, report):
    client.force_login(world.reviewer_a.user)
    here = {"HX-Current-URL": f"http://testserver{address(world, 'classification')}?show=mine&report=1"}
    saved = client.post(address(world, "rating_save"), {"report": report.number, "scale": "design", "value": 2}, headers=HTMX | here)
    text = saved.content.decode()
    assert re.search(r'\?show=mine" aria-current="true"', text)
    assert escape(f"?report={report.number}&scale=relevance&who=own&show=mine#cell-panel") in text


def test_exports_are_logged_and_never_calculate(client, world, report):
    Record.objects.filter(pk=report.record_id).update(title='=HYPERLINK("http://x","y")')
    client.force_login(world.reviewer_a.user)
    export = address(world, "classification_export")
    csv = b"".join(client.get(f"{export}?format=csv").streaming_content).decode()
    assert "'=HYPERLINK" in csv
    sheet = load_workbook(BytesIO(client.get(f"{export}?format=xlsx").content)).worksheets[0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    document = Document(BytesIO(client.get(f"{export}?format=docx").content))
    assert '=HYPERLINK("http://x","y")' in {cell.text for row in document.tables[0].rows for cell in row.cells}
    assert Access.objects.filter(what="download", review=world.review).count() == 3
    assert client.get(f"{export}?format=exe").status_code == 404
    client.force_login(world.observer.user)
    assert client.get(f"{export}?format=csv").status_code == 403


def test_hostile_text_stays_text(client, world, report):
    client.force_login(world.reviewer_a.user)
    client.post(
        address(world, "rating_save"), {"report": report.number, "scale": "design", "value": "1", "note": "<script>alert(1)</script>"}
    )
    text = client.get(address(world, "classification") + f"?report={report.number}&scale=design&who=own").content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_setting_up_by_plain_forms(client, world):
    client.force_login(world.owner.user)
    rules = address(world, "classification_rules")
    assert client.post(rules, {"min_relevance": "3", "min_design": "0"}).status_code == 303
    assert client.post(rules, {"min_relevance": "9", "min_design": "0"}).status_code == 422
    scale = {"new-name": "Ethics", **{f"new-text{n}": str(n) for n in range(4)}}
    assert client.post(address(world, "scale_new"), scale).status_code == 303
    assert client.post(address(world, "scale_new"), {**scale, "new-text2": ""}).status_code == 422
    assert (
        client.post(
            address(world, "scale_save", "design"), {"design-name": "Design", **{f"design-text{n}": f"d{n}" for n in range(4)}}
        ).status_code
        == 303
    )
    assert client.post(address(world, "scale_retire", "ethics")).status_code == 303
    text = client.get(rules).content.decode()
    assert "relevance ≥ 3" in text
    assert "Ethics" not in text


def test_the_empty_table_says_what_comes_first(client, db):
    world = Assessed(0)
    client.force_login(world.reviewer_a.user)
    assert "No report is under assessment yet" in client.get(address(world, "classification")).content.decode()


def test_queries_do_not_grow_with_reports(client, db):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for n in (1, 6):
        world = Assessed(n)
        for report in world.reports:
            for member in (world.reviewer_a, world.reviewer_b):
                rate_all(member, report)
            actions.agree(member=world.reviewer_a, report=report, scale="relevance", value=2)
        client.force_login(world.reviewer_a.user)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address(world, "classification")).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1]
    assert counts[0] <= 45
