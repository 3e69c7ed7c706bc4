"""The pages of files and entries: who may, what they say, and that each works without htmx."""

from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviewapp.audit.models import Access
from reviewapp.jobs import actions as jobs
from reviewapp.jobs.models import Job, JobState
from screening.importing import actions
from screening.models import Entry, Record, Upload
from screening.vocabulary import SourceKind, UploadState, Verdict
from tests.blinding.normal import normalised
from tests.factories import World
from tests.fixtures import cast_vote
from tests.screening.importing.conftest import MIXED, many, ris

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def as_(client):
    def sign_in(member):
        client.force_login(member.user)
        return client

    return sign_in


@pytest.fixture
def at(world, as_):
    as_(world.librarian)

    def url(name, *args):
        return reverse(name, args=[world.review.slug, *args])

    return url


def file(data, name="cinahl.ris"):
    return SimpleUploadedFile(name, data)


READS = [
    ("searches", ()), ("search", (1,)), ("upload", (1,)), ("upload_progress", (1,)), ("upload_entries", (1,)), ("entry", (1, 2)),
]  # fmt: skip
FORMS = [
    ("search_new", ()), ("search_edit", (1,)), ("source_new", ()), ("source_edit", (1,)), ("search_round_new", ()),
    ("reference_new", (1,)), ("upload_withdraw", (1,)), ("upload_restore", (1,)), ("upload_file", (1,)),
]  # fmt: skip
POSTS = [
    ("uploads", (1,)), ("entry_mend", (1, 2)), ("entry_unreadable", (1, 2)), ("entry_not_reference", (1, 2)),
    ("upload_cancel", (1,)), ("upload_read_on", (1,)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args"), READS + FORMS)
def test_who_may_look(send, world, client, outsider, name, args):
    send(MIXED)
    url = reverse(name, args=[world.review.slug, *args])
    may = {"librarian": 200, "owner": 200} | dict.fromkeys(("reviewer_a", "adjudicator", "observer"), 200 if (name, args) in READS else 403)
    for who, status in may.items():
        client.force_login(getattr(world, who).user)
        assert client.get(url).status_code == status, who
    client.force_login(outsider)
    assert client.get(url).status_code == 404
    client.force_login(World("elsewhere").librarian.user)
    assert client.get(url).status_code == 404
    client.logout()
    assert client.get(url).status_code == 302


@pytest.mark.parametrize(("name", "args"), POSTS)
def test_who_may_change(send, world, client, outsider, name, args):
    send(MIXED)
    url = reverse(name, args=[world.review.slug, *args])
    for who in ("reviewer_a", "adjudicator", "observer"):
        client.force_login(getattr(world, who).user)
        assert client.post(url).status_code == 403, who
    client.force_login(outsider)
    assert client.post(url).status_code == 404
    client.force_login(world.librarian.user)
    assert client.post(url).status_code in (303, 409, 422)
    assert client.get(url).status_code == 405


@pytest.mark.parametrize(("name", "args"), READS + FORMS)
def test_numbers_of_another_review_lead_nowhere(send, world, client, name, args):
    other = World("other")
    client.force_login(other.librarian.user)
    upload = send(MIXED)
    if args and name not in ("search", "search_edit", "source_edit", "reference_new"):
        assert client.get(reverse(name, args=[other.review.slug, upload.number, *args[1:]])).status_code == 404
    if args:
        assert client.get(reverse(name, args=[other.review.slug, 10**25, *args[1:]])).status_code == 404


def test_a_file_is_sent_read_and_reported(at, client, world):
    answer = client.post(at("uploads", 1), {"files": file(MIXED)})
    assert (answer.status_code, answer.url) == (303, at("upload", 1))
    waiting = client.get(answer.url)
    assert 'hx-trigger="every 300ms"' in waiting.text
    assert "Stop reading" in waiting.text

    jobs.run_pending("import")
    done = client.get(at("upload_progress", 1), headers=HTMX).text
    assert "hx-trigger" not in done
    assert "Entry 2, as it stands in the file" in done
    assert "<html" not in done
    assert "cinahl.ris: 3 entries found." in done


def test_several_files_make_several_reports(at, client, world):
    answer = client.post(at("uploads", 1), {"files": [file(ris("One")), file(ris("Two"), "b.ris")]})

    assert (answer.status_code, answer.url) == (303, at("search", 1))
    assert Upload.objects.count() == 2


def test_a_refused_file_is_named_with_its_reason_and_the_others_are_taken(at, client):
    answer = client.post(at("uploads", 1), {"files": [file(b"%PDF-1.7", "swemed.pdf"), file(ris("One"))]})

    assert answer.status_code == 422
    assert "swemed.pdf was not taken." in answer.text
    assert "The file is a PDF, not an export of references" in answer.text
    assert "cinahl.ris was taken." in answer.text
    assert Upload.objects.count() == 1


def test_the_same_file_is_said_to_be_here_and_can_be_read_again(at, client, send):
    send(ris("One"), "idunn.ris")

    answer = client.post(at("uploads", 1), {"files": file(ris("One"), "idunn.ris")})
    assert answer.status_code == 422
    assert "idunn.ris is here already." in answer.text
    assert "with 1 record. It was not read twice." in answer.text

    again = client.post(at("uploads", 1), {"again": "1"})
    assert (again.status_code, again.url) == (303, at("upload", 2))


@pytest.mark.parametrize("sent", [{}, {"again": "77"}, {"again": "x"}, {"again": "9" * 30}])
def test_nothing_sent_is_said(at, client, sent):
    assert client.post(at("uploads", 1), sent).status_code in (404, 422)


def test_too_large_a_file_is_413(at, client, settings):
    settings.UPLOAD_MAX_BYTES = 1000

    answer = client.post(at("uploads", 1), {"files": file(many(100))})

    assert answer.status_code == 413
    assert "larger than" in answer.text
    assert not Upload.objects.exists()


def test_hits_that_differ_are_pointed_out(at, client, send, world):
    world.search.hits_exported = 11
    world.search.save()
    send(ris("One", "Two"))

    for name in ("search", "upload"):
        text = client.get(at(name, 1)).text
        assert "≠" in text
        assert "2 entries found, the log says 11 hits." in text
    assert "9 missing" in client.get(at("searches")).text

    world.search.gap_reason = "Nine were withdrawn by the publisher"
    world.search.save()
    assert "differs, explained" in client.get(at("searches")).text


def test_mending_leads_to_the_next_and_then_back(at, client, send, world):
    send(MIXED + b"\nTY  - JOUR\nPY  - 2018\nER  - \n")

    first = client.post(at("entry_mend", 1, 2), {"title": "By hand", "authors": "Demo, A.", "year": "2019"})
    assert (first.status_code, first.url) == (303, at("entry", 1, 4))
    second = client.post(at("entry_not_reference", 1, 4))
    assert (second.status_code, second.url) == (303, at("upload", 1))
    assert Record.objects.for_review(world.review).filter(title="By hand").exists()
    assert "mended by a person" in client.get(at("upload", 1)).text
    assert client.post(at("entry_mend", 1, 2), {"title": "Twice"}).status_code == 409


@pytest.mark.parametrize(
    "sent",
    [{}, {"title": ""}, {"title": "x" * 6000}, {"title": "ok", "year": "-4"}, {"title": "ok", "year": "9" * 40}, {"title": "a\x00b"},
     {"title": "ok", "pmid": "abc"}, {"title": "ok", "url": "javascript:alert(1)"}, {"title": "ok", "type": "nonsense"}],
)  # fmt: skip
def test_what_cannot_be_right_is_said_beside_the_field(at, client, send, sent):
    send(MIXED)

    answer = client.post(at("entry_mend", 1, 2), sent)

    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert Entry.objects.get(position=2).endings.count() == 0


def test_hostile_text_stays_text(at, client, send):
    read = b'TY  - JOUR\nTI  - <script>alert(1)</script>\nAU  - "><img src=x>\nER  - \n\n'
    send(read + b"TY  - JOUR\nM1  - <script>alert(2)</script>\nER  - \n")

    for name, args in (*READS, ("entry", (1, 1))):
        text = client.get(at(name, *args), {"show": "all"}).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_the_original_comes_back_byte_for_byte_as_an_attachment(at, client, send, world):
    data = ris("Første") + b"\x00\xff"
    send(data, "søk «1».ris")

    answer = client.get(at("upload_file", 1))

    assert b"".join(answer.streaming_content) == data
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert Access.objects.filter(what="download", review=world.review).count() == 1


def test_withdrawing_says_the_numbers_and_asks_for_a_why_once_in_a_round(at, client, send, world):
    send(many(3))
    assert "3 records leave the review." in client.get(at("upload_withdraw", 1)).text
    assert "None of them is in a round." in client.get(at("upload_withdraw", 1)).text
    round = world.open_round()
    in_a_round = client.get(at("upload_withdraw", 1))
    cast_vote(world.reviewer_a, Record.objects.for_review(world.review).first(), round, Verdict.EXCLUDE)

    assert "None of them is in a round." not in in_a_round.text
    # I14: whether somebody voted shows on no page of a file
    assert normalised(client.get(at("upload_withdraw", 1))) == normalised(in_a_round)
    assert client.post(at("upload_withdraw", 1)).status_code == 422
    answer = client.post(at("upload_withdraw", 1), {"why": "the wrong file"})
    assert (answer.status_code, answer.url) == (303, at("upload", 1))
    shown = client.get(at("upload", 1)).text
    assert "Withdrawn by" in shown
    assert "the wrong file" in shown
    before = client.get(at("upload_restore", 1)).text
    assert "3 records come back into the review." in before
    assert "has its votes again" in before
    assert client.post(at("upload_restore", 1)).status_code == 303
    assert "It stands already" in client.get(at("upload_restore", 1)).text
    assert "Withdrawn by" not in client.get(at("upload", 1)).text


def test_a_reading_can_be_stopped_and_gone_on_with(at, client, send):
    send(many(3), read=False)

    assert client.post(at("upload_cancel", 1)).status_code == 303
    assert "Reading stopped after 0 entries." in client.get(at("upload", 1)).text
    assert client.post(at("upload_read_on", 1)).status_code == 303
    jobs.run_pending("import")
    assert Upload.objects.get().state == UploadState.READ
    assert client.post(at("upload_read_on", 1)).status_code == 409


def test_a_reading_whose_job_failed_is_shown_as_stopped_and_can_go_on(at, client, send):
    upload = send(many(3), read=False)
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.READING)
    Job.objects.filter(kind="import").update(state=JobState.FAILED, error="The work stopped three times at the same place.")

    assert "reading stopped" in client.get(at("searches")).text
    assert "reading stopped" in client.get(at("search", 1)).text
    report = client.get(at("upload", 1)).text
    assert "The work stopped three times at the same place." in report
    assert "hx-trigger" not in report
    assert client.post(at("upload_read_on", 1)).status_code == 303
    jobs.run_pending("import")
    assert Upload.objects.get().found == 3


def test_a_paper_is_typed_or_pasted(at, client, world):
    world.source.kind = SourceKind.CONTACTS
    world.source.save()
    assert "Add a paper by hand" in client.get(at("search", 1)).text

    typed = client.post(at("reference_new", 1), {"title": "From a colleague", "authors": "Demo, Åse", "year": "2017"})
    assert typed.status_code == 303
    pasted = client.post(at("reference_new", 1), {"paste": "10.5555/a.1\n10.5555/a.2"})
    assert pasted.status_code == 303
    jobs.run_pending("import")
    assert list(Record.objects.for_review(world.review).values_list("title", flat=True)) == ["From a colleague"]
    page = client.get(at("entry", 2, 1)).text
    assert "It waits to be completed" in page
    assert 'value="10.5555/a.1"' in page
    assert client.post(at("entry_mend", 2, 1), {"title": "Found by its DOI", "doi": "10.5555/a.1"}).status_code == 303
    assert Record.objects.filter(doi="10.5555/a.1").count() == 1

    assert client.post(at("reference_new", 1), {}).status_code == 422
    assert "It was not read twice." in client.post(at("reference_new", 1), {"paste": "10.5555/a.1\n10.5555/a.2"}).text
    assert client.post(at("reference_new", 1), {"paste": "the one Kari mentioned"}).status_code == 422


@pytest.mark.parametrize("show", ["look", "no-title", "no-abstract", "no-year", "twice", "ended", "all"])
def test_lists_cost_the_same_for_few_and_many(at, client, send, show):
    send(MIXED)
    send(many(120) + many(30))
    costs = []
    for number in (1, 1, 2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(at("upload_entries", number), {"show": show}).status_code == 200
        costs.append(len(queries))
    assert costs[1] in (costs[2], costs[2] - 1)  # an empty list is known to be empty without asking
    assert costs[2] <= 50
    assert client.get(at("upload_entries", 1), {"show": "other"}).status_code == 404


def test_lists_hold_what_they_say(at, client, send):
    send(ris("Same", "Other") + b"\n" + ris("Same") + b"\nTY  - JOUR\nTI  - No year\nER  - \n")

    twice = client.get(at("upload_entries", 1), {"show": "twice"}).text
    assert twice.count(">Same<") == 2
    assert ">Other<" not in twice
    no_year = client.get(at("upload_entries", 1), {"show": "no-year"}).text
    assert ">No year<" in no_year
    assert ">Same<" not in no_year


@pytest.mark.parametrize(("name", "args"), [("searches", ()), ("search", (1,)), ("upload", (1,))])
def test_the_log_and_the_report_cost_the_same_for_few_and_many(at, client, send, world, name, args):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(at(name, *args)).status_code == 200
        return len(queries)

    send(MIXED)
    cost()
    few = cost()
    for n in range(6):
        search = world.search if n % 2 else world.search_in(world.source)
        actions.receive(world.librarian, search, BytesIO(ris(f"Title {uuid4()}", start=n)), "x.ris")
    jobs.run_pending("import")

    cost()  # the rail is read again once after something was done
    assert cost() == few
    assert few <= 50


def test_every_field_that_was_read_stands_beside_the_raw_entry(at, client, send):
    fields = "PY  - 2019/05/12\nC7  - e77\nC2  - PMC8100001\nSN  - 978-82-00-00000-7\nUR  - https://example.org/one\nSP  - 101\nEP  - 109"
    upload = send(f"TY  - BOOK\nTI  - One\nT2  - Demo Books\n{fields}\nER  - \n".encode())

    page = client.get(at("entry", upload.number, 1)).text.partition("As it was read")[2]
    for text in ("2019/05/12", "e77", "PMC8100001", "9788200000007", "https://example.org/one", "Demo Books, 101-109"):
        assert text in page


def test_one_entry_is_called_one(at, client, send):
    send(ris("One"))
    second = send(ris("Two", start=2))

    assert "(1 entry)" in client.get(at("upload_withdraw", second.number)).text
