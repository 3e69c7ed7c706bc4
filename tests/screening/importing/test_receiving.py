"""Files come in: kept byte for byte, refused in one sentence, read once."""

import hashlib
import io
import threading
import zipfile
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from reviewapp.jobs.models import Job
from reviewapp.web import files
from screening.importing import actions, queries
from screening.importing.errors import AlreadyHere, NotTaken
from screening.models import Entry, Record, SourceRecord, Upload
from screening.vocabulary import UploadKind, UploadState
from tests.screening.importing.conftest import MIXED, many, ris

pytestmark = pytest.mark.django_db


def test_a_file_is_kept_byte_for_byte_and_read(send, world):
    data = ris("Første", "Second").replace(b"\n", b"\r\n")

    upload = send(data, "C:\\exports\\idunn.ris")

    assert default_storage.open(upload.stored_as).read() == data
    assert upload.sha256 == hashlib.sha256(data).hexdigest()
    assert (upload.filename, upload.size, upload.state, upload.found) == ("idunn.ris", len(data), UploadState.READ, 2)
    assert list(Record.objects.for_review(world.review).values_list("number", "title")) == [(1, "Første"), (2, "Second")]


def test_found_is_read_plus_look(send):
    upload = send(MIXED)

    assert upload.found == 3
    assert SourceRecord.objects.filter(upload=upload).count() == 2
    assert list(Entry.objects.filter(upload=upload).exclude(problem="").values_list("position", flat=True)) == [2]


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"", "empty"), (b"%PDF-1.7\n1 0 obj", "PDF"), (b"<!doctype html><html><body>Sign in", "web page"), (b"\x00\x01\x02" * 500, "binary")],
)
def test_what_is_no_export_leaves_nothing(send, world, data, word):
    before = Job.objects.count()

    with pytest.raises(NotTaken, match=word) as refused:
        send(data, "file.ris")

    assert refused.value.status == 422
    assert not Upload.objects.exists()
    assert Job.objects.count() == before
    assert not default_storage.exists(f"uploads/{hashlib.sha256(data).hexdigest()[:2]}/{hashlib.sha256(data).hexdigest()}")


def test_nothing_is_left_beside_the_kept_files(send):
    send(ris("One"), read=False)
    with pytest.raises(NotTaken):
        send(b"%PDF-1.7")

    assert not any(default_storage.listdir(files.INCOMING))


def test_a_file_beyond_the_limit_is_not_read_to_its_end(send, settings):
    settings.UPLOAD_MAX_BYTES = 1000

    class Endless(io.RawIOBase):
        given = 0

        def read(self, n=-1):
            self.given += n
            assert self.given < 2_000_000
            return b"x" * n

    with pytest.raises(NotTaken, match=r"larger than .* Export it in parts"), actions.arriving(Endless()):
        pass


def test_the_same_bytes_are_not_read_twice(send):
    first = send(ris("One", "Two"), "idunn.ris")

    with pytest.raises(AlreadyHere, match=r"with 2 records\. It was not read twice") as refused:
        send(ris("One", "Two"), "idunn-copy.ris")

    assert refused.value.upload == first
    assert Upload.objects.count() == 1


def test_the_same_bytes_that_are_not_read_yet_are_said_to_be_on_their_way(send):
    send(ris("One", "Two"), "idunn.ris", read=False)

    with pytest.raises(AlreadyHere, match=r"are being read\. They are not read twice"):
        send(ris("One", "Two"), "idunn.ris", read=False)


def test_a_second_copy_that_is_asked_for_is_read(send, world):
    first = send(ris("One"))

    second = actions.copy_again(world.librarian, world.search, first)

    assert (second.copy, second.stored_as) == (2, first.stored_as)


def test_the_same_bytes_in_another_review_are_another_file(send, world):
    from tests.factories import World

    first, other = send(ris("One")), World("other")

    second = actions.receive(other.librarian, other.search, BytesIO(ris("One")), "one.ris")

    assert (second.number, second.stored_as) == (1, first.stored_as)


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_ten_times_at_once_is_one_upload(world):
    results: list[object] = []
    start = threading.Barrier(10)

    def one() -> None:
        start.wait()
        try:
            results.append(actions.receive(world.librarian, world.search, BytesIO(ris("One")), "one.ris"))
        except AlreadyHere as same:
            results.append(same)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(10)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert Upload.objects.count() == 1
    assert [type(result) for result in results].count(Upload) == 1
    assert len(results) == 10
    assert Upload.objects.get().number == 1


def packed(**files: bytes) -> BytesIO:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return target


def test_an_archive_is_several_uploads_and_a_bad_file_in_it_holds_nothing_up(world):
    archive = packed(a_ris=ris("One"), b_pdf=b"%PDF-1.4", c_ris=ris("Two"), d_ris=ris("One"))

    outcomes = actions.receive_many(world.librarian, world.search, [("all.zip", archive)])

    assert [(o.filename, bool(o.upload)) for o in outcomes] == [("a.ris", True), ("b.pdf", False), ("c.ris", True), ("d.ris", False)]
    assert "PDF" in outcomes[1].sentence
    assert outcomes[3].same_as == outcomes[0].upload


def test_an_archive_that_explodes_is_refused(world):
    outcomes = actions.receive_many(world.librarian, world.search, [("bomb.zip", packed(a_ris=b"\0" * 60_000_000))])

    assert [bool(o.upload) for o in outcomes] == [False]
    assert outcomes[0].sentence


def test_many_entries_get_dense_numbers(send, world, monkeypatch):
    monkeypatch.setattr("screening.importing.loading.SLICE", 40)

    upload = send(many(100))

    assert upload.found == 100
    assert list(Record.objects.for_review(world.review).values_list("number", flat=True)) == list(range(1, 101))
    assert list(Entry.objects.filter(upload=upload).values_list("position", flat=True)) == list(range(1, 101))


HOSTILE = [
    b"TY  - JOUR\nTI  - \x00Nul\x01 and \x1b controls\nAU  - Demo, \xff\xfe\nER  - \n",
    b"TY  - JOUR\nTI  - " + "\U0001f33f ‏שלום e".encode() + "\u0301".encode() * 400 + b"\nER  - \n",
    b"TY  - JOUR\nTI  - "
    + b"long " * 40_000
    + b"\nAU  - "
    + b"A" * 5_000
    + b"\nVL  - "
    + b"9" * 500
    + b"\nDO  - 10.5555/"
    + b"x" * 900
    + b"\nER  - \n",
    b"TY  - JOUR\nTI  - =cmd|' /C calc'!A0 <script>alert(1)</script> \\N \\.\nPY  - 99999999999999999999\nER  - \n",
    b"TY  - JOUR\nTI  - Cut in the mid",
    "TY  - JOUR\nTI  - Sixteen\nER  - \n".encode("utf-16"),
]


@pytest.mark.parametrize("data", HOSTILE)
def test_of_hostile_bytes_every_entry_is_accounted_for(send, data):
    upload = send(data)

    assert upload.state == UploadState.READ
    look = Entry.objects.filter(upload=upload, source_record=None).count()
    assert upload.found == SourceRecord.objects.filter(upload=upload).count() + look


def test_a_value_too_wide_for_its_column_is_kept_whole_beside_it(send):
    upload = send(HOSTILE[2])

    source = SourceRecord.objects.get(upload=upload)
    assert len(source.volume) == 60
    assert "9" * 500 in source.other["volume"]
    assert source.doi == ""


def test_a_typed_reference_is_a_file_of_its_own_kind(world):
    from reviewapp.jobs import actions as jobs
    from screening.importing.rules import compose_ris

    text = compose_ris(
        {"title": "A paper\nfrom  a colleague", "authors": "Demo, Åse\nDemo, Ola", "year": 2017, "journal": "Demo Journal", "volume": "4",
         "issue": "2", "pages": "10-19", "doi": "10.5555/c.1", "pmid": "12345678", "abstract": "Words.", "type": "article"}
    )  # fmt: skip
    upload = actions.type_reference(world.librarian, world.search, text)
    jobs.run_pending("import")

    source = SourceRecord.objects.get(upload=upload)
    assert upload.kind == UploadKind.TYPED
    assert (source.title, source.authors, source.year) == ("A paper from a colleague", ["Demo, Åse", "Demo, Ola"], 2017)
    assert (source.journal, source.volume, source.issue, source.pages) == ("Demo Journal", "4", "2", "10-19")
    assert (source.doi, source.pmid, source.abstract) == ("10.5555/c.1", "12345678", "Words.")


def test_pasted_identifiers_and_references_are_kept_as_they_came_and_wait_to_be_completed(world):
    from reviewapp.jobs import actions as jobs
    from screening.importing.known import proposal_for

    world.record("A title here already", doi="10.5555/A.1", authors=["Demo, Åse", "Demo, Ola"], year=2016)
    text = "https://doi.org/10.5555/a.1\r\nPMID: 12345678\r\nDemo, Å. (2019). Støtte. Demo Journal, 12(3), 4–5.\r\n"
    upload = actions.type_reference(world.librarian, world.search, text)
    jobs.run_pending("import")

    with files.opened(upload.stored_as) as file:
        assert file.read() == text.encode()
    entries = list(queries.waiting(Upload.objects.get(pk=upload.pk)))
    assert [one.raw for one in entries] == text.replace("\r\n", "\n").strip().split("\n")
    first, second, third = map(proposal_for, entries)
    assert (first.fields["title"], first.fields["authors"], first.fields["year"]) == ("A title here already", "Demo, Åse\nDemo, Ola", 2016)
    assert first.record is not None
    assert (second.fields, second.record) == ({"pmid": "12345678"}, None)
    assert (third.fields["title"], third.fields["year"], third.fields["journal"]) == ("Støtte", "2019", "Demo Journal")


def test_pasted_prose_is_refused_with_a_sentence(world):
    with pytest.raises(NotTaken, match="No reference was recognised"):
        actions.type_reference(world.librarian, world.search, "the paper Kari told me about")
