"""A worker that is killed for real (SIGKILL) at any moment of an import: the rows are those of an undisturbed one, by itself (I9, I20).

REVIEWAPP_KILLS=30 tries thirty moments; the suite tries four. Each worker is a process of its own, and a clock of its own kills it.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator
from io import BytesIO

import pytest
from django.db import connections

from reviewapp.audit.actions import broken_links
from reviewapp.jobs import actions as jobs
from reviewapp.jobs.models import Job, JobState
from reviewapp.reviews.models import Counter
from screening.importing import actions
from screening.models import Record, RoundRecord, Upload
from screening.vocabulary import UploadState
from tests.factories import World
from tests.screening.importing.conftest import many, ris
from tests.screening.importing.test_loading import rows

MOMENTS = int(os.environ.get("REVIEWAPP_KILLS", "4"))
ENTRIES = 2600
INHERITED: list[object] = []
pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def export() -> bytes:
    return many(ENTRIES - 1) + b"\nTY  - JOUR\nPY  - 2019\nER  - \n" + ris("The last one", start=ENTRIES + 1)


@pytest.fixture
def worlds(transactional_db: None) -> Iterator[list[World]]:
    return [World(f"killed{n}") for n in range(2)]


def worker(job_id: int, killed_after: float | None = None) -> int:
    """Run a job in a process of its own; gives its exit status, -9 when its clock killed it.

    Beside Playwright's event loop this thread may hold a second connection, opened before the loop was there. close_all() does not see
    it, the child does: what it did not commit would outlive it, as the socket is open here too. So the child opens its own.
    """
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            for connection in connections.all():
                INHERITED.append(connection.connection)  # kept: throwing it away would end the parent's
                connection.connection = None
            if killed_after is not None:
                threading.Timer(killed_after, os.kill, (os.getpid(), signal.SIGKILL)).start()
            jobs.run(job_id)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def lease_runs_out(job: Job) -> None:
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(lease_until="2000-01-01T00:00:00Z")


def comes_to_its_end(job: Job, bells: list[int]) -> None:
    """Let others finish what a killed worker left, as the sweeper does every five seconds; the job is done then, without a fault."""
    lease_runs_out(job)
    for _time in range(3):
        bells.clear()
        jobs.sweep()
        if job.pk not in bells:
            break
        worker(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.DONE, "")


def received(world: World, export: bytes) -> tuple[Upload, Job]:
    world.open_round()
    upload = actions.receive(world.librarian, world.search, BytesIO(export), "export.ris")
    return upload, Job.objects.get(kind="import", review=world.review)


def left_by(world: World, upload: Upload) -> dict[str, object]:
    """What an import leaves, and what follows from it."""
    upload.refresh_from_db()
    counters = dict(Counter.objects.filter(review=world.review).values_list("name", "last"))
    places = (
        RoundRecord.objects.filter(review=world.review, is_live=True).order_by("record__number").values_list("record__number", flat=True)
    )
    slices = [{name: value for name, value in data.items() if name != "search"} for data in rows(upload)["slices"]]
    return rows(upload) | {"slices": slices, "records_given": counters["record"], "places": list(places)}


def test_killed_at_any_moment_it_leaves_what_an_undisturbed_one_leaves(worlds, export, monkeypatch):
    bells: list[int] = []
    monkeypatch.setattr(jobs, "ring", bells.append)
    undisturbed, _other = worlds
    upload, job = received(undisturbed, export)
    began = time.monotonic()
    assert worker(job.pk) == 0
    took = time.monotonic() - began
    wanted = left_by(undisturbed, upload)
    assert (wanted["upload"], len(wanted["places"])) == ((UploadState.READ, ENTRIES + 1, False), ENTRIES)
    for n in range(MOMENTS):
        moment, status = took * (n + 0.5) / MOMENTS, 0
        while status != -signal.SIGKILL:  # this one was quicker than the undisturbed one: again, a little earlier
            world = World(f"moment{n}")
            upload, job = received(world, export)
            status = worker(job.pk, killed_after=moment)
            moment *= 0.8
        comes_to_its_end(job, bells)
        assert left_by(world, upload) == wanted, f"moment {n}"
        assert broken_links(world.review) == []
        assert Record.objects.for_review(world.review).count() == ENTRIES
