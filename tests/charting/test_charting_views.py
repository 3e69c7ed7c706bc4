"""The pages of charting, Table 1, charts and themes: roles, conflicts, parts, exports, budgets."""

import re
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from charting.charting_forms import actions
from charting.charting_forms.fields import default_fields
from charting.models import Answer, ChartingForm, ChartingStep, Placement, Theme
from charting.themes import actions as themes
from charting.vocabulary import Mode
from reviewapp.audit.models import Access
from screening.models import Study
from tests.charting.conftest import Assessed
from tests.charting.test_charting_actions import fill

HTMX = {"HX-Request": "true"}


def address(world, name, *args):
    return reverse(name, args=[world.review.slug, *args])


def charted(world, n=1):
    for study in world.include(*world.all_records[:n]):
        fill(world.reviewer_a, study, country="Norway")
        actions.chart(member=world.reviewer_a, study=study)
    return world


READING = ["charting", "table1", "themes", "charts"]


@pytest.mark.parametrize("name", READING)
@pytest.mark.parametrize("who", ["owner", "reviewer_a", "adjudicator", "librarian", "observer"])
def test_every_member_reads_outsiders_find_nothing(client, world, outsider, name, who):
    charted(world)
    client.force_login(getattr(world, who).user)
    assert client.get(address(world, name)).status_code == 200
    client.force_login(outsider)
    assert client.get(address(world, name)).status_code == 404


@pytest.mark.parametrize("name", READING)
def test_empty_pages_say_what_comes_first(client, world, name):
    client.force_login(world.reviewer_a.user)
    text = client.get(address(world, name)).content.decode()
    assert 'class="empty' in text


def test_a_study_of_another_review_is_not_found(client, world, study):
    other = Assessed(1)
    client.force_login(other.reviewer_a.user)
    assert client.get(address(other, "study_chart", study.number)).status_code == 404
    assert client.get(address(world, "study_chart", study.number)).status_code == 404


@pytest.mark.parametrize("name", ["answer_save", "study_charted", "study_verify", "study_take_back"])
def test_writing_is_for_reviewers_and_by_post(client, world, study, name):
    for who in ("owner", "librarian", "observer", "adjudicator"):
        client.force_login(getattr(world, who).user)
        assert client.post(address(world, name, study.number)).status_code == 403
    client.force_login(world.reviewer_a.user)
    assert client.get(address(world, name, study.number)).status_code == 405


@pytest.mark.parametrize("name", ["theme_new", "placement_save", "placement_undo"])
def test_themes_are_written_by_reviewers(client, world, name):
    for who in ("owner", "librarian", "observer", "adjudicator"):
        client.force_login(getattr(world, who).user)
        assert client.post(address(world, name), {"name": "x"}).status_code == 403
    assert not Theme.objects.exists()


def test_an_answer_saves_alone_with_and_without_script(client, world, study):
    client.force_login(world.reviewer_a.user)
    save = address(world, "answer_save", study.number)
    plain = client.post(save, {"field": "country", "value": "Norway", "seen": "0", "quote": "in Oslo", "page": "2"})
    assert (plain.status_code, plain["Location"].endswith("#cell-country")) == (303, True)
    part = client.post(save, {"field": "country", "value": "Sweden", "seen": "1"}, headers=HTMX)
    text = part.content.decode()
    assert part.status_code == 200
    assert 'id="meta-country"' in text
    assert 'name="seen" value="2"' in text
    assert 'id="chart-bar" hx-swap-oob="true"' in text
    assert "<html" not in text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_somebody_else_wrote_meanwhile_stands_beside_what_i_typed(client, world, study, headers):
    actions.answer(member=world.reviewer_b, study=study, field_key="country", value="Sweden")
    client.force_login(world.reviewer_a.user)
    response = client.post(
        address(world, "answer_save", study.number), {"field": "country", "value": "Norway", "seen": "0"}, headers=headers
    )
    text = response.content.decode()
    assert response.status_code == 409
    assert "Author 2 changed this at" in text
    assert "<blockquote>Sweden</blockquote>" in text
    assert "<blockquote>Norway</blockquote>" in text
    assert Answer.objects.get().value == "Sweden"
    again = client.post(address(world, "answer_save", study.number), {"field": "country", "value": "Norway", "seen": "1"}, headers=headers)
    assert again.status_code in (200, 303)
    assert Answer.objects.get(superseded_at=None).value == "Norway"


def test_an_answer_that_cannot_be_keeps_what_was_typed(client, world, study):
    client.force_login(world.reviewer_a.user)
    response = client.post(address(world, "answer_save", study.number), {"field": "year", "value": "soonish", "seen": "0"})
    text = response.content.decode()
    assert response.status_code == 422
    assert 'value="soonish"' in text
    assert "Year is a number." in text
    assert client.post(address(world, "answer_save", study.number), {"field": "nothing", "value": "x"}, headers=HTMX).status_code == 422


def test_a_form_sent_again_writes_once(client, world, study):
    client.force_login(world.reviewer_a.user)
    for _ in range(3):
        client.post(address(world, "answer_save", study.number), {"field": "country", "value": "Norway", "seen": "0"}, headers=HTMX)
    assert Answer.objects.count() == 1


def test_charted_and_verified_by_two_people(client, world, study):
    client.force_login(world.reviewer_a.user)
    early = client.post(address(world, "study_charted", study.number))
    assert early.status_code == 409
    assert "fields are left" in early.content.decode()
    fill(world.reviewer_a, study)
    assert client.post(address(world, "study_charted", study.number)).status_code == 303
    assert client.post(address(world, "study_verify", study.number)).status_code == 409
    client.force_login(world.reviewer_b.user)
    page = client.get(address(world, "study_chart", study.number)).content.decode()
    seen = re.search(r'name="seen" value="(\d+)">(?:<input[^>]+>)?<button class="btn btn-primary">', page).group(1)
    assert client.post(address(world, "study_verify", study.number), {"seen": "1"}).status_code == 409
    assert client.post(address(world, "study_verify", study.number), {"seen": seen}).status_code == 303
    assert ChartingStep.objects.filter(kind="verified").count() == 1
    assert "1 of 1 charted, 1 verified" in client.get(address(world, "charting")).content.decode()


def bare(response):
    text = response.content.decode()
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    return re.sub(r'"X-CSRFToken": "[^"]+"', "", text)


def test_who_charts_apart_gets_the_same_whatever_the_other_wrote(client, world, study):
    actions.publish_form(member=world.owner, fields=default_fields(), mode=Mode.DOUBLE)
    client.force_login(world.reviewer_b.user)
    pages = [address(world, "charting"), address(world, "study_chart", study.number), address(world, "table1"), address(world, "charts")]

    def read():
        return [bare(client.get(page)) for page in pages] + [
            bare(client.get(pages[1] + "?field=country", headers=HTMX)),
            bare(client.post(address(world, "study_charted", study.number), headers=HTMX)),
        ]

    without = read()
    actions.answer(member=world.reviewer_a, study=study, field_key="country", value="Norway")
    assert read() == without
    fill(world.reviewer_a, study)
    actions.chart(member=world.reviewer_a, study=study)
    assert read() == without


def test_table_1_groups_by_primary_theme_and_leaves_out_what_is_not_charted(client, world):
    first, second = world.include()
    fill(world.reviewer_a, first, findings="Support helps.")
    actions.chart(member=world.reviewer_a, study=first)
    theme = themes.create_theme(member=world.reviewer_a, name="Direct strategies", label="b1")
    themes.place(member=world.reviewer_a, study=first, theme=theme, primary=True)
    client.force_login(world.observer.user)
    text = client.get(address(world, "table1")).content.decode()
    assert "b1 Direct strategies" in text
    assert "Support helps." in text
    assert "1 study is not charted yet and stays out of the export" in text
    assert f'id="study-{second.number}"' not in text


def test_table_1_exports_are_logged_and_never_calculate(client, world):
    (study,) = world.include(world.all_records[0])
    fill(world.reviewer_a, study, findings="=1+1", aims="@SUM(A1)", country="+44")
    actions.chart(member=world.reviewer_a, study=study)
    client.force_login(world.reviewer_a.user)
    export = address(world, "table1_export")
    csv = b"".join(client.get(f"{export}?format=csv").streaming_content).decode()
    assert {"'=1+1", "'@SUM(A1)", "'+44"} <= set(re.split(r'[,"\r\n]', csv))
    sheet = load_workbook(BytesIO(client.get(f"{export}?format=xlsx").content)).worksheets[0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    document = Document(BytesIO(client.get(f"{export}?format=docx").content))
    assert "=1+1" in {cell.text for row in document.tables[0].rows for cell in row.cells}
    assert any("not charted" in p.text for p in document.paragraphs) is False
    assert Access.objects.filter(what="download", review=world.review).count() == 3
    assert client.get(f"{export}?format=pdf").status_code == 404
    client.force_login(world.observer.user)
    assert client.get(f"{export}?format=csv").status_code == 403


def test_charts_draw_counts_with_the_numbers_beside_and_escape_text(client, world):
    (study,) = world.include(world.all_records[0])
    fill(world.reviewer_a, study, country='<script>alert("x")</script>')
    actions.chart(member=world.reviewer_a, study=study)
    client.force_login(world.observer.user)
    text = client.get(address(world, "charts")).content.decode()
    assert '<svg class="chart-svg"' in text
    assert "<script>alert" not in text
    assert "No study has a primary theme yet." in text


def test_themes_by_plain_forms(client, world, study):
    client.force_login(world.reviewer_a.user)
    assert client.post(address(world, "theme_new"), {"name": ""}).status_code == 422
    assert client.post(address(world, "theme_new"), {"name": "Status", "label": "a"}).status_code == 303
    assert client.post(address(world, "theme_new"), {"name": "Health", "label": "a1", "parent": "1"}).status_code == 303
    place = {"study": study.number, "theme": "2", "primary": "on", "why": "main finding"}
    assert client.post(address(world, "placement_save"), place).status_code == 303
    text = client.post(address(world, "placement_save"), {"study": study.number, "theme": "1"}, headers=HTMX).content.decode()
    assert 'id="theme-board"' in text
    assert "main finding" in text
    assert client.post(address(world, "placement_undo"), {"study": study.number, "theme": "1"}).status_code == 303
    assert client.post(address(world, "placement_undo"), {"study": study.number, "theme": "1"}).status_code == 409
    assert Placement.objects.filter(undone_at=None).count() == 1
    assert client.post(address(world, "theme_edit", 1), {"name": "Status", "parent": "2"}).status_code == 409
    assert client.post(address(world, "theme_merge", 2), {"into": "1", "why": "same"}).status_code == 303
    assert client.post(address(world, "theme_edit", 99), {"name": "x"}).status_code == 404
    assert "1 primary" in client.get(address(world, "themes")).content.decode()


def test_the_form_is_edited_by_the_owner(client, world):
    client.force_login(world.reviewer_a.user)
    assert client.get(address(world, "charting_form")).status_code == 403
    client.force_login(world.owner.user)
    editor = address(world, "charting_form")
    assert client.get(editor).status_code == 200
    row = {"f0-key": "country", "f0-label": "Land", "f0-kind": "short", "f0-required": "1", "f0-order": "2"}
    new = {"f1-key": "", "f1-label": "Setting", "f1-kind": "choice", "f1-choices": "home\nward", "f1-in_table": "1", "f1-order": "1"}
    assert client.post(editor, {"rows": "2", "mode": "verify", **row, **new}).status_code == 303
    form = ChartingForm.objects.order_by("-number").first()
    assert [(f["key"], f["label"]) for f in form.fields] == [("setting", "Setting"), ("country", "Land")]
    wrong = client.post(editor, {"rows": "2", "mode": "verify", **row, **new, "f1-choices": ""})
    assert wrong.status_code == 422
    assert "is a list without entries" in wrong.content.decode()


def test_queries_do_not_grow_with_studies(client, db):
    counts = []
    for n in (1, 4):
        world = charted(Assessed(n), n)
        theme = themes.create_theme(member=world.reviewer_a, name="Status")
        for study in Study.objects.for_review(world.review):
            themes.place(member=world.reviewer_a, study=study, theme=theme, primary=True)
        client.force_login(world.reviewer_b.user)
        found = []
        for url in (*(address(world, name) for name in READING), address(world, "study_chart", 1)):
            with CaptureQueriesContext(connection) as caught:
                assert client.get(url).status_code == 200
            found.append(len(caught))
        counts.append(found)
    assert counts[0] == counts[1]
