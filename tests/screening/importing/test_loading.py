"""An import can stop anywhere and be run again: the rows are those of an undisturbed one (I9, I20)."""

from itertools import count

import pytest

from reviewapp.audit.actions import broken_links
from reviewapp.audit.models import Event
from reviewapp.jobs import actions as jobs
from reviewapp.jobs.models import Job, JobState
from screening.importing import actions, loading, opening
from screening.importing.readers import Refused
from screening.models import Entry, Record, RoundRecord, SourceRecord, UploadStep
from screening.vocabulary import UploadState
from tests.screening.importing.conftest import many, ris

pytestmark = pytest.mark.django_db
WITH_A_LOOK = many(25) + b"\nTY  - JOUR\nPY  - 2019\nER  - \n"


class Killed(BaseException):
    """The worker is gone: nothing after it runs, as with SIGKILL."""


@pytest.fixture(autouse=True)
def small_slices(monkeypatch):
    monkeypatch.setattr(loading, "SLICE", 10)


def rows(upload):
    """Everything that an import leaves, but for keys and times."""
    shown = ("position", "line", "raw", "problem", "source_record__title", "source_record__doi", "source_record__record__number")
    return {
        "entries": list(Entry.objects.filter(upload=upload).order_by("position").values_list(*shown)),
        "records": list(Record.objects.filter(review=upload.review).order_by("number").values_list("number", "title", "doi", "authors")),
        "sources": SourceRecord.objects.filter(upload=upload).count(),
        "slices": list(Event.objects.filter(review=upload.review, kind="import:slice").order_by("seq").values_list("data", flat=True)),
        "upload": (upload.state, upload.found, upload.is_cut),
    }


def again(upload):
    """What the sweeper does when the lease has run out."""
    job = Job.objects.get(kind="import")
    if job.state == JobState.RUNNING:
        Job.objects.filter(pk=job.pk).update(lease_until="2000-01-01T00:00:00Z")
    jobs.run(job.pk)
    upload.refresh_from_db()
    return Job.objects.get(pk=job.pk)


@pytest.mark.parametrize("where", ["before entries", "after entries", "before the event", "before the end", "after a slice"])
@pytest.mark.parametrize("slice_number", [1, 2, 3])
def test_killed_anywhere_and_run_again_gives_the_same_rows(send, world, monkeypatch, where, slice_number):
    undisturbed = send(WITH_A_LOOK.replace(b"Demo Journal", b"Other Journal"))
    wanted = rows(undisturbed)
    target = {
        "before entries": (loading, "_entry"), "after entries": (loading.numbers, "take"), "before the event": (loading, "_say"),
        "before the end": (actions, "_finish"), "after a slice": (loading, "last_position"),
    }[where]  # fmt: skip
    upload = send(WITH_A_LOOK, read=False)
    call = {"before the end": 1, "after a slice": 1, "before entries": slice_number * 10 - 9}.get(where, slice_number)
    kill_at(monkeypatch, *target, call=call)

    with pytest.raises(Killed):
        jobs.run(Job.objects.get(kind="import", state=JobState.QUEUED).pk)
    monkeypatch.undo()
    monkeypatch.setattr(loading, "SLICE", 10)
    Job.objects.filter(kind="import", state=JobState.DONE).delete()
    job = again(upload)

    got = rows(upload)
    assert job.state == JobState.DONE
    assert [entry[:2] + entry[3:5] for entry in got["entries"]] == [entry[:2] + entry[3:5] for entry in wanted["entries"]]
    assert [number for number, *_rest in got["records"]] == list(range(1, 51))
    assert (got["sources"], got["upload"]) == (wanted["sources"], wanted["upload"])
    assert [data["entries"] for data in got["slices"]] == [10, 10, 6] * 2
    assert not broken_links(world.review)


def kill_at(monkeypatch, module, name, *, call):
    """Let the worker die at the n-th call of a function."""
    real, calls = getattr(module, name), count(1)

    def dying(*args, **kwargs):
        if next(calls) == call:
            raise Killed
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, dying)


def test_a_second_delivery_adds_nothing(send):
    upload = send(WITH_A_LOOK)
    before = rows(upload)

    again(upload)
    Job.objects.filter(kind="import").update(state=JobState.QUEUED, checkpoint={}, attempts=0)
    again(upload)

    assert rows(upload) == before


def test_a_worker_whose_lease_is_gone_writes_nothing_more(send, monkeypatch):
    upload = send(many(30), read=False)
    real = loading.write_slice

    def overtaken(upload, part):
        written = real(upload, part)
        Job.objects.filter(kind="import").update(lease_token="another worker's")
        return written

    monkeypatch.setattr(actions.loading, "write_slice", overtaken)
    jobs.run_pending("import")

    assert Entry.objects.filter(upload=upload).count() == 10
    monkeypatch.undo()
    assert again(upload).state == JobState.DONE
    assert Entry.objects.filter(upload=upload).count() == 30


def test_each_slice_is_one_event_with_its_count(send, world):
    upload = send(WITH_A_LOOK)

    slices = [event.data for event in Event.objects.filter(review=world.review, kind="import:slice").order_by("seq")]
    told = [(s["from"], s["to"], s["entries"], s["records"], s["first_record"]) for s in slices]
    assert told == [(1, 10, 10, 10, 1), (11, 20, 10, 10, 11), (21, 26, 6, 5, 21)]
    assert len({s["digest"] for s in slices}) == 3
    read = Event.objects.get(review=world.review, kind="import:read")
    assert read.data == {"upload": upload.number, "found": 26, "look": 1}
    assert not broken_links(world.review)


def test_new_records_join_the_open_round_of_their_search(send, world):
    round = world.open_round()

    send(many(12))

    assert RoundRecord.objects.filter(round=round, is_live=True).count() == 12


def test_stopped_and_read_on_gives_everything_once(send, world, monkeypatch):
    upload = send(many(30), read=False)
    real = loading.write_slice

    def stopping(upload, part):
        written = real(upload, part)
        if part[0].position == 11:
            actions.stop(world.librarian, upload)
        return written

    monkeypatch.setattr(actions.loading, "write_slice", stopping)
    jobs.run_pending("import")
    upload.refresh_from_db()
    assert (upload.state, Job.objects.get(kind="import").state) == (UploadState.STOPPED, JobState.CANCELLED)
    assert Entry.objects.filter(upload=upload).count() == 20

    monkeypatch.undo()
    actions.read_on(world.librarian, upload)
    jobs.run_pending("import")
    upload.refresh_from_db()
    assert (upload.state, upload.found) == (UploadState.READ, 30)
    assert Entry.objects.filter(upload=upload).count() == 30


def test_a_file_that_breaks_further_on_counts_nowhere(send, world, monkeypatch):
    upload = send(many(30), read=False)
    real = opening.open_export

    def breaking(*args, **kwargs):
        def entries():
            for n, one in enumerate(real(*args, **kwargs)):
                if n == 25:
                    raise Refused("The file could not be read beyond entry 25: export it again.")
                yield one

        return entries()

    monkeypatch.setattr(opening, "open_export", breaking)
    jobs.run_pending()
    upload.refresh_from_db()

    assert (upload.state, upload.is_withdrawn) == (UploadState.REFUSED, True)
    assert "beyond entry 25" in upload.refusal
    assert UploadStep.objects.filter(upload=upload).count() == 1
    assert not Record.objects.for_review(world.review).counted().exists()
    assert Job.objects.get(kind="import").state == JobState.DONE


def test_a_stored_file_that_is_gone_fails_in_words(send, settings, tmp_path):
    upload = send(ris("One"), read=False)
    settings.MEDIA_ROOT = tmp_path

    jobs.run_pending("import")

    job = Job.objects.get(kind="import")
    assert job.state == JobState.FAILED
    assert "gone from the server" in job.error
    assert upload.entries.count() == 0


def test_each_import_asks_for_one_look_at_duplicates_and_never_leans_on_one_under_way(send):
    looks = Job.objects.filter(kind="dedupe").order_by("pk")
    send(ris("One"))
    send(ris("Two"))
    assert looks.count() == 1

    looks.update(state=JobState.RUNNING)
    send(ris("Three"))
    send(ris("Four"))
    assert list(looks.values_list("state", flat=True)) == [JobState.RUNNING, JobState.QUEUED]

    looks.filter(state=JobState.RUNNING).update(state=JobState.DONE)
    looks.filter(state=JobState.QUEUED).update(state=JobState.RUNNING)
    send(ris("Five"))
    assert list(looks.values_list("state", flat=True)) == [JobState.DONE, JobState.RUNNING, JobState.QUEUED]
