"""The import report: signed, compared, overruled; running numbers; files that are read again or moved."""

import zipfile
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviewapp.audit.models import Event
from reviewapp.jobs import actions as jobs
from reviewapp.reviews import numbers
from screening.importing import endings, overruling, queries, report, running, seen, signing, withdrawing
from screening.importing.errors import CannotChange, NotTaken, WhyNeeded
from screening.models import ColumnChoice, Entry, ImportSignature, Record, RoundRecord, SearchRound, SourceRecord, Upload
from screening.vocabulary import RoundKind, SourceKind, UploadState, Verdict
from tests.fixtures import cast_vote
from tests.screening.importing.conftest import MIXED, many, ris

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of(client):
    def client_of(member):
        client.force_login(member.user)
        return client

    return client_of


def report_of(world):
    return report.report_of(world.search)


def ovid(*numbered: int, start: int = 0) -> bytes:
    return "".join(
        f"{n}. \nTY  - JOUR\nID  - {n}\nT1  - Support in town {n + start}\nA1  - Demo, A\nY1  - 2019//\n"
        f"UR  - https://ovidsp.ovid.com/ovidweb.cgi?T=JS&D=psyc16&AN={n + start}\nER  - \n\n"
        for n in numbered
    ).encode()


# --- signing


def test_a_signature_keeps_the_numbers_and_later_changes_show_beside_it(send, world):
    upload = send(MIXED)
    signature = signing.sign_file(world.librarian, upload, note="Checked")
    assert (signature.numbers["found"], signature.numbers["read"], signature.numbers["look"]) == (3, 2, 1)

    endings.mend(world.librarian, Entry.objects.get(upload=upload, position=2), {"title": "Second"})

    now = report.file_numbers(world.search, report_of(world).files[0], running.Running())
    (signed,) = report.signatures(world.search, upload, now)
    changed = {(one.word, one.then, one.now) for one in signed.since if not one.file}
    assert ("mended by a person", 0, 1) in changed
    assert ("need a look", 1, 0) in changed
    assert ImportSignature.objects.get().numbers == signature.numbers
    assert Event.objects.filter(kind="import:signed").count() == 1


def test_a_search_is_signed_only_when_a_gap_has_its_reason(send, world):
    send(ris("One", "Two"))
    world.search.hits_exported = 5
    world.search.save()

    with pytest.raises(CannotChange, match="Hits and entries differ"):
        signing.sign_search(world.librarian, world.search)
    signing.explain_gap(world.librarian, world.search, "Three were lost by the platform")
    signature = signing.sign_search(world.librarian, world.search)

    assert (signature.numbers["hits"], signature.numbers["found"], signature.numbers["files"]) == (5, 2, 1)


def test_a_file_that_comes_after_the_signature_shows(send, world):
    send(ris("One"))
    signing.sign_search(world.librarian, world.search)
    send(ris("Two", start=2), "second.ris")

    (signed,) = report.signatures(world.search, None, report_of(world).numbers)

    assert ("second.ris", None, 1) in {(one.file, one.then, one.now) for one in signed.since}


def test_what_is_not_read_to_its_end_is_not_signed(send, world):
    upload = send(ris("One"), read=False)

    with pytest.raises(CannotChange, match="not read to its end"):
        signing.sign_search(world.librarian, world.search)
    with pytest.raises(CannotChange, match="read to its end"):
        signing.sign_file(world.librarian, upload)


# --- running numbers


def test_running_numbers_of_batches_say_what_is_missing_and_what_came_twice(send, world):
    send(ovid(1, 2, 3), "1-3.ris")
    send(ovid(3, 5, 6), "3-6.ris")
    world.search.hits_exported = 8
    world.search.save()

    found = report_of(world).running

    assert found.missing == [(4, 4), (7, 8)]
    assert [(n, [(one.file, one.position) for one in entries]) for n, entries in found.twice.items()] == [(3, [(1, 3), (2, 1)])]


def test_numbers_without_a_gap_are_complete(send, world):
    send(ovid(1, 2), "a.ris")
    send(ovid(3, 4), "b.ris")

    assert (report_of(world).running.complete, report_of(world).running.last) == (True, 4)


def test_files_that_count_anew_are_looked_at_one_by_one(send, world):
    send(ovid(1, 2, 3), "a.ris")
    send(ovid(1, 3, start=50), "b.ris")

    found = report_of(world).running

    assert (found.restarts, found.missing, found.twice) == (True, [(2, 2)], {})


def test_an_export_without_numbers_says_nothing_of_them(send, world):
    send(ris("One"))

    assert report_of(world).running.count == 0


# --- read again


def test_letters_read_wrongly_are_read_again_as_a_person_says(send, world):
    data = ris("Støtte på norsk").decode().encode("cp1252")
    wrong = send(data, "wrong.ris")

    new = overruling.read_again(world.librarian, wrong, {"encoding": "cp850", "database": "Norart", "platform": "Demo"})
    jobs.run_pending("import")

    wrong.refresh_from_db()
    new.refresh_from_db()
    assert (wrong.is_withdrawn, new.replaces, new.state, new.encoding) == (True, wrong, UploadState.READ, "DOS 850")
    source = SourceRecord.objects.get(upload=new)
    assert source.title == data.decode("cp850").split("TI  - ")[1].split("\n")[0]
    assert (source.database, new.platform, new.stored_as) == ("Norart", "Demo", wrong.stored_as)
    assert wrong.steps.get().replaced_by == new
    assert queries.records_in(new) == 1


def test_what_was_voted_on_is_not_read_again_in_its_place(send, world):
    round_ = world.open_round()
    upload = send(ris("One"))
    cast_vote(world.reviewer_a, Record.objects.get(), round_, Verdict.INCLUDE)

    with pytest.raises(CannotChange, match="may have votes"):
        overruling.read_again(world.librarian, upload, {"encoding": "cp850"})
    with pytest.raises(WhyNeeded):
        withdrawing.withdraw(world.librarian, upload)


def test_another_kind_is_taken_only_if_the_bytes_are_that(send, world):
    upload = send(ris("One"))

    new = overruling.read_again(world.librarian, upload, {"dialect": "ris"})
    jobs.run_pending("import")

    new.refresh_from_db()
    assert new.found == 1


# --- columns


TABLE = "Heading,Who,When\nInvented of many words,Demo A; Demo B,2019\nAnother made-up heading,Demo C,2020\n"
COLUMNS = {"Heading": "title", "Who": "authors", "When": "year"}


def test_a_table_of_unknown_columns_waits_for_them_and_the_choice_is_remembered(send, world):
    upload = send(TABLE.encode(), "export.csv")
    assert (upload.state, upload.found) == (UploadState.COLUMNS, 0)

    overruling.choose_columns(world.librarian, upload, queries.preview_of(upload), COLUMNS)
    jobs.run_pending("import")
    upload.refresh_from_db()
    assert (upload.state, upload.found) == (UploadState.READ, 2)
    assert list(Record.objects.order_by("number").values_list("title", "year")) == [
        ("Invented of many words", 2019), ("Another made-up heading", 2020)
    ]  # fmt: skip

    second = send(TABLE.replace("Demo C", "Demo D").encode(), "later.csv")
    assert (second.state, second.found, second.read_as["columns"]) == (UploadState.READ, 2, COLUMNS)
    assert ColumnChoice.objects.count() == 1


def test_a_table_without_anything_to_tell_rows_apart_is_not_read(send, world):
    upload = send(TABLE.encode(), "export.csv")

    with pytest.raises(NotTaken, match="No column holds the title"):
        overruling.choose_columns(world.librarian, upload, queries.preview_of(upload), {"When": "year"})


def test_the_page_of_the_columns_works_as_a_plain_form(client_of, send, world):
    page = client_of(world.librarian)
    address = reverse("uploads", args=[world.review.slug, world.search.number])
    sent = page.post(address, {"files": _file(TABLE.encode(), "export.csv")})
    shown = page.get(sent["Location"])
    assert shown.status_code == 200
    assert b"Invented of many words" in shown.content
    done = page.post(sent["Location"], {"column0": "title", "column1": "authors", "column2": "year"})
    assert done.status_code == 303
    jobs.run_pending("import")
    assert Record.objects.count() == 2
    assert page.get(done["Location"]).status_code == 200


def _file(data: bytes, name: str):
    file = BytesIO(data)
    file.name = name
    return file


# --- move


def test_inside_a_round_a_file_moves_with_its_records_and_votes(send, world):
    round_ = world.open_round()
    upload = send(ris("One", "Two"))
    record = Record.objects.order_by("number").first()
    cast_vote(world.reviewer_a, record, round_, Verdict.INCLUDE)
    other = world.search_in(world.source)

    moved = overruling.move(world.librarian, upload, other)

    assert (moved.pk, moved.search, moved.is_withdrawn) == (upload.pk, other, False)
    assert report.report_of(other).line.counts.found == 2
    assert report_of(world).line.counts.found == 0
    assert RoundRecord.objects.filter(round=round_, is_live=True).count() == 2
    assert Event.objects.get(kind="upload:moved").data == {"upload": upload.number, "from": world.search.number, "to": other.number}


def test_into_another_round_a_file_is_read_again_there(send, world):
    first = world.open_round()
    upload = send(ris("One", "Two"))
    later = SearchRound.objects.create(
        review=world.review, number=numbers.take(world.review, "search_round"), name="Update", is_update=True
    )
    update = world.open_round(kind=RoundKind.UPDATE, search_round=later)
    other = world.search_in(world.source, later)

    moved = overruling.move(world.librarian, upload, other)
    jobs.run_pending("import")

    upload.refresh_from_db()
    assert (upload.is_withdrawn, moved.search) == (True, other)
    assert not RoundRecord.objects.filter(round=first, is_live=True).exists()
    assert RoundRecord.objects.filter(round=update).count() == 2


# --- later searches


@pytest.fixture
def update(world):
    """A later search round with an open round of its own."""
    later = SearchRound.objects.create(
        review=world.review, number=numbers.take(world.review, "search_round"), name="Update", is_update=True
    )
    return world.search_in(world.source, later)


def test_an_update_tells_new_from_seen_and_only_the_new_are_screened(send, world, update):
    round_ = world.open_round()
    send(many(3))
    records = list(Record.objects.order_by("number"))
    for who in (world.reviewer_a, world.reviewer_b):
        cast_vote(who, records[0], round_, Verdict.EXCLUDE)
    later_round = world.open_round(kind=RoundKind.UPDATE, search_round=update.search_round)

    upload = send(many(5).replace(b"AB  - About Support number 2", b"AB  - Longer text about Support number 2"), "later.ris", search=update)
    jobs.run_pending()

    found = seen.seen_of(world.review, [upload], update.search_round)
    assert (found.records, found.new, len(found.seen), found.compared) == (5, 2, 3, True)
    stands = {key: n for key, _words, n in seen.standing_counts(world.librarian, found)}
    assert stands == {"excluded": 1, "open": 2}
    assert RoundRecord.objects.filter(round=later_round, is_live=True).count() == 2


def test_where_the_seen_ones_stand_is_told_only_where_it_is_open(send, world, update):
    round_ = world.open_round()
    send(many(1))
    cast_vote(world.reviewer_a, Record.objects.get(), round_, Verdict.EXCLUDE)
    upload = send(many(1) + b"\n", "later.ris", search=update)
    jobs.run_pending()
    found = seen.seen_of(world.review, [upload], update.search_round)

    for who in (world.reviewer_b, world.librarian, world.owner):
        assert [key for key, *_rest in seen.standing_counts(who, found)] == ["open"]


def test_changed_data_is_named_field_by_field(send, world, update):
    plain = ris("Support in the town").replace(b"DO  - 10.5555/demo.1\n", b"").replace(b"AB  - About Support in the town.\n", b"")
    first = send(plain)
    upload = send(ris("Support in the town").replace(b"PY  - 2019", b"PY  - 2020"), "later.ris", search=update)
    old, new = SourceRecord.objects.get(upload=first), SourceRecord.objects.get(upload=upload)
    old.has_abstract, new.has_abstract = "", "yes"

    changes = seen.changes_of(new, [old])

    assert [(one.name, one.before, one.now) for one in changes] == [
        ("year", "2019", "2020"), ("DOI", "", "10.5555/demo.1"), ("abstract", "", "is there now")
    ]  # fmt: skip


# --- pages


@pytest.mark.parametrize("name", ["search_report", "upload", "upload_read_again", "upload_move", "upload_withdraw"])
def test_each_page_shows(client_of, send, world, name):
    upload = send(MIXED)
    send(ovid(1, 3), "ovid.ris")
    other = world.search_in(world.source)
    number = world.search.number if name == "search_report" else upload.number
    address = reverse(name, args=[world.review.slug, number])

    page = client_of(world.librarian)
    assert page.get(address).status_code == 200
    assert page.get(f"{address}?search={other.number}&by=2").status_code == 200


def test_signing_by_form(client_of, send, world):
    upload = send(MIXED)
    page = client_of(world.librarian)

    assert page.post(reverse("upload_sign", args=[world.review.slug, upload.number]), {"note": "Read"}).status_code == 303
    assert page.post(reverse("search_sign", args=[world.review.slug, world.search.number])).status_code == 303

    shown = page.get(reverse("search_report", args=[world.review.slug, world.search.number])).content.decode()
    assert "All numbers are as they were" in shown


def test_a_gap_without_a_reason_says_so_beside_the_button(client_of, send, world):
    send(ris("One"))
    world.search.hits_shown = 3
    world.search.save()

    answer = client_of(world.librarian).post(reverse("search_sign", args=[world.review.slug, world.search.number]))

    assert answer.status_code == 422
    assert "Hits and entries differ. Write why" in answer.content.decode()


def test_what_needs_a_look_can_be_taken_along(client_of, send, world):
    upload = send(MIXED.replace(b"PY  - 2019\nER", b"N1  - =cmd\nER"))
    page = client_of(world.librarian)

    table = b"".join(page.get(reverse("upload_entries_csv", args=[world.review.slug, upload.number])).streaming_content).decode()
    text = b"".join(page.get(reverse("upload_entries_raw", args=[world.review.slug, upload.number])).streaming_content).decode()

    assert table.count("\r\n") >= 2
    assert "The entry has no" in table
    assert text.startswith("TY  - JOUR")


def test_a_withdrawn_file_names_the_one_in_its_place(send, world):
    first = send(many(2))
    second = send(many(3), "again.ris")
    jobs.run_pending()

    effect = queries.effect_of(first, second)
    withdrawing.withdraw(world.librarian, first, replaced_by=second)

    assert (effect.records, effect.leave, effect.stay, effect.stay_by) == (2, 0, 2, 2)
    assert first.steps.get().replaced_by == second


def test_papers_that_go_straight_to_retrieval_move_by_being_read_again(send, world):
    upload = send(ris("One"))
    contacts = world.source.__class__.objects.create(
        review=world.review,
        number=numbers.take(world.review, "source"),
        name="Contacts",
        kind=SourceKind.CONTACTS,
        straight_to_retrieval=True,
    )

    moved = overruling.move(world.librarian, upload, world.search_in(contacts))

    assert moved.pk != upload.pk


# --- several at once


def test_of_several_files_each_has_its_own_end(client_of, send, world):
    send(ris("One"), "here.ris")
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("folder/two.ris", ris("Two", start=2))
        packed.writestr("page.html", "<!doctype html><html><body>Sign in</body></html>")
        packed.writestr("table.csv", TABLE)
        packed.writestr("__MACOSX/._two.ris", b"\0")
    sent = [
        _file(ris("One"), "again.ris"),
        _file(archive.getvalue(), "all.zip"),
        _file(b"%PDF-1.7", "paper.pdf"),
        _file(ovid(1), "ovid.ris"),
    ]

    answer = client_of(world.librarian).post(reverse("uploads", args=[world.review.slug, world.search.number]), {"files": sent})
    jobs.run_pending("import")

    shown = answer.content.decode()
    assert answer.status_code == 422
    for sentence in (
        "again.ris is here already.", "two.ris was taken.", "page.html was not taken.", "table.csv was taken.", "Choose the columns",
        "paper.pdf was not taken.", "ovid.ris was taken.",
    ):  # fmt: skip
        assert sentence in shown
    states = dict(Upload.objects.exclude(filename="here.ris").values_list("filename", "state"))
    assert states == {"two.ris": UploadState.READ, "table.csv": UploadState.COLUMNS, "ovid.ris": UploadState.READ}


def test_a_batch_begins_where_it_begins_and_is_looked_at_inside_only(send, world):
    upload = send(ovid(6, 7, 9, 10))

    found = report.running_of([upload], batch=True)

    assert (found.first, found.last, found.missing) == (6, 10, [(8, 8)])


def test_the_page_of_a_search_asks_no_more_for_more_files(client_of, send, world):
    page, address = client_of(world.librarian), reverse("search_report", args=[world.review.slug, world.search.number])

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert page.get(address).status_code == 200
        return len(found)

    send(MIXED)
    one = asked()
    send(ris("Two", start=2), "two.ris")
    send(ovid(1, 3), "three.ris")

    assert asked() <= one + 1  # which running numbers are missing
