"""Decisions of others that came along in a search's file reach nobody by way of its pages, lists, downloads and exports (I13)."""

import pytest
from django.urls import reverse

from reviewapp.reviews.vocabulary import Role
from screening.importing import kept_back, splitting
from screening.models import SourceRecord, name_of_file
from tests.factories import World, member
from tests.screening.importing.conftest import ris

pytestmark = pytest.mark.django_db

RIS = (
    "TY  - JOUR\nTI  - Support after discharge from a demo ward\nAU  - Demo, Kari\nPY  - 2019\nDO  - 10.5555/kept.1\n"
    'N1  - Own note of the database\nN1  - RAYYAN-INCLUSION: {"Kari"=>"agaveplanten"}\nC3  - RAYYAN-LABELS: agaveplanten\nER  - \n\n'
    'TY  - JOUR\nPY  - 2019\nN1  - RAYYAN-INCLUSION: {"Kari"=>"agaveplanten"}\nER  - \n\n'
    "TY  - JOUR\nTI  - Another demo title of no weight\nPY  - 2018\nN1  - ASReview_relevant agaveplanten\nER  - \n"
)
TABLE = (
    "title,authors,year,decision,reason,reviewer,section\n"
    'A title of a demo table,"Demo, Kari",2019,agaveplanten,agaveplanten,agaveplanten,A\n'
    'A second title of the table,"Demo, Ola",2018,include,agaveplanten,agaveplanten,B\n'
    ',,,agaveplanten,agaveplanten,agaveplanten,\n'
    '"A row that nobody closed,agaveplanten\n'
)
SECRET = b"agaveplanten"
LISTS = ("look", "all", "no-title", "no-abstract", "twice", "ended")


@pytest.fixture(params=["export.ris", "table.csv"])
def upload(request, send):
    return send((RIS if request.param.endswith("ris") else TABLE).encode(), request.param)


def pages(world, upload):
    def at(name, *args):
        return reverse(name, args=[world.review.slug, *args])

    n = upload.number
    yield from (at("upload", n), at("upload_progress", n), at("search", 1), at("search_report", 1), at("searches"), at("history"))
    yield from (at("entry", n, one.position) for one in upload.entries.all())
    yield from (at(name, n) + f"?show={which}" for which in LISTS for name in ("upload_entries", "upload_entries_csv", "upload_entries_raw"))
    yield from (at(name, n) for name in ("upload_read_again", "upload_columns", "upload_split", "upload_withdraw", "upload_move"))
    yield from (at("record", one) for one in SourceRecord.objects.filter(upload=upload).values_list("record__number", flat=True))
    yield from (at("export", which, form) for which in ("identified", "unique") for form in ("ris", "bib", "csv"))
    yield at("records")


@pytest.mark.parametrize("roles", [[Role.REVIEWER], [Role.OWNER, Role.REVIEWER], [Role.LIBRARIAN]])
def test_no_page_tells_a_decision(world: World, upload, client, roles):
    client.force_login(member(world.review, *roles).user)
    seen = 0
    for path in pages(world, upload):
        answer = client.get(path)
        body = b"".join(answer) if answer.streaming else answer.content
        assert SECRET not in body, path
        seen += answer.status_code == 200
    assert seen > 10
    found = client.get(reverse("records", args=[world.review.slug]) + "?q=agaveplanten", headers={"HX-Request": "true"})
    assert b"Demo" not in found.content


def test_what_is_no_decision_is_shown_and_exported(world: World, send, client):
    upload = send(RIS.encode())
    client.force_login(world.reviewer_a.user)
    page = client.get(reverse("entry", args=[world.review.slug, upload.number, 1])).content.decode()
    assert {part for part in ("Own note of the database", "10.5555/kept.1", "They are left out on every page") if part not in page} == set()
    told = client.get(reverse("export", args=[world.review.slug, "identified", "ris"]))
    text = b"".join(told).decode()
    assert "N1  - Own note of the database" in text
    assert not {mark for mark in ("RAYYAN", "ASReview") if mark in text}


def test_the_bytes_go_to_who_sent_them_and_to_who_never_votes(world: World, upload, client):
    path = reverse("upload_file", args=[world.review.slug, upload.number])
    both = member(world.review, Role.OWNER, Role.REVIEWER)
    for who, status in ((world.librarian, 200), (world.owner, 200), (both, 403), (world.reviewer_a, 403)):
        client.force_login(who.user)
        assert client.get(path).status_code == status, who
    assert "carries decisions of others" in (client.force_login(both.user) or client.get(path).content.decode())
    type(upload).objects.filter(pk=upload.pk).update(uploaded_by=both)
    assert client.get(path).status_code == 200


def test_a_file_without_decisions_is_open_to_an_owner_who_votes(world: World, send, client):
    upload = send(b"TY  - JOUR\nTI  - A demo title (see above) (2019)\nAB  - Exclusion reasons are told.\nN1  - Own note\nER  - \n")
    both = member(world.review, Role.OWNER, Role.REVIEWER)
    client.force_login(both.user)
    assert not kept_back.carries(upload)
    assert client.get(reverse("upload_file", args=[world.review.slug, upload.number])).status_code == 200
    assert upload.sha256 not in client.get(reverse("upload", args=[world.review.slug, upload.number])).content.decode()


def test_a_file_is_not_split_by_decisions(world: World, send):
    keys = {choice.key for choice in splitting.choices(send(TABLE.encode(), "table.csv"))}
    assert "other:section" in keys
    assert not keys & {"other:decision", "other:reason", "other:reviewer"}


def test_an_unknown_table_shows_its_columns_without_decisions(world: World, send, client):
    upload = send(b"what;who knows;decision;place\nA demo title;Demo, Kari;agaveplanten;Oslo\nAnother;Demo, Ola;include;Bergen\n", "odd.csv")
    client.force_login(world.librarian.user)
    page = client.get(reverse("upload_columns", args=[world.review.slug, upload.number])).content
    assert b"Oslo" in page
    assert SECRET not in page


@pytest.mark.parametrize(
    ("filename", "shown"),
    [
        ("review_1_irrelevant_csv_20210101.csv", "review_1_·····_csv_20210101.csv"),
        ("review_77_full_text_review_ris_20210101120000.ris", "review_77_·····_ris_20210101120000.ris"),
        ("review_1_select.ris", "review_1_·····.ris"),
        ("cinahl-review_2018.ris", "cinahl-review_2018.ris"),
        ("my review of 1_paper.ris", "my review of 1_paper.ris"),
    ],
)
def test_the_list_in_a_name_of_covidence_is_not_told(filename, shown):
    assert name_of_file(filename) == shown


def test_where_a_record_was_found_is_told_without_its_list(world: World, send, client):
    round = world.open_round()
    upload = send(ris("A demo title"), "review_1_irrelevant_ris_20210101.ris")
    client.force_login(world.reviewer_a.user)
    record = upload.source_records.get().record.number
    slug, number = world.review.slug, upload.number
    for path in (
        reverse("screen", args=[slug, round.number]), reverse("record", args=[slug, record]), reverse("upload", args=[slug, number]),
        reverse("search", args=[slug, 1]), reverse("search_report", args=[slug, 1]), reverse("entry", args=[slug, number, 1]),
    ):  # fmt: skip
        page = client.get(path).content.decode()
        assert "irrelevant" not in page, path
        assert "review_1_·····_ris_20210101.ris" in page, path


def test_the_command_line_writes_everything(world: World, send):
    from screening.reporting.exports import Sets, write

    send(RIS.encode())
    assert SECRET in write(Sets(world.review, None), "identified", "ris").read()
