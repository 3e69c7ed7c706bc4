"""Jobs: claimed once, fenced, run again after a loss, ended in words (I20, I21)."""

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, OperationalError, transaction
from kombu import Connection

from reviewapp.db.clock import now
from reviewapp.jobs import actions as jobs
from reviewapp.jobs import registry
from reviewapp.jobs.models import Job, JobState
from reviewapp.reviews.models import Counter
from tests.factories import review

pytestmark = pytest.mark.django_db


@pytest.fixture
def of(db):
    return review()


@pytest.fixture
def work(monkeypatch):
    """Let a function be the work of the kind ``test``."""

    def set_work(function):
        monkeypatch.setitem(registry._work, "test", function)
        return function

    return set_work


@pytest.fixture
def rung(monkeypatch):
    bells = []
    monkeypatch.setattr(jobs, "ring", bells.append)
    return bells


def ask(of, key="k", **more):
    return jobs.enqueue("test", review=of, key=key, **more)


def lose_worker(job):
    """As after a kill: the lease runs out."""
    Job.objects.filter(pk=job.pk).update(lease_until=now() - timedelta(seconds=1))


def count(of):
    """Leave a trace that a rollback takes away."""
    counter, _made = Counter.objects.get_or_create(review=of, name="trace")
    Counter.objects.filter(pk=counter.pk).update(last=counter.last + 1)


def traces(of):
    return Counter.objects.filter(review=of, name="trace").values_list("last", flat=True).first() or 0


def test_done_with_its_arguments_and_its_bell_after_the_commit(of, work, rung, django_capture_on_commit_callbacks):
    seen = []
    work(lambda lease: seen.append(lease.arguments))
    with django_capture_on_commit_callbacks(execute=True):
        job = ask(of, upload=7)
        assert rung == []
    assert rung == [job.pk]
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (seen, job.state, job.error) == ([{"upload": 7}], JobState.DONE, "")
    assert job.started_at <= job.ended_at


def test_a_delivery_that_comes_twice_finds_nothing_to_do(of, work):
    work(lambda lease: count(of))
    job = ask(of)
    jobs.run(job.pk)
    jobs.run(job.pk)
    assert traces(of) == 1


def test_a_job_is_claimed_once(of):
    job = ask(of)
    assert jobs.claim(job.pk) is not None
    assert jobs.claim(job.pk) is None
    assert jobs.claim(10**9) is None


def test_one_waits_while_one_runs_and_then_is_rung(of, work, rung):
    first = ask(of)
    lease = jobs.claim(first.pk)
    second = ask(of)
    assert second.pk != first.pk
    assert ask(of).pk == second.pk  # asked again: it waits already
    assert jobs.claim(second.pk) is None
    assert ask(of, key="other").pk not in (first.pk, second.pk)
    work(lambda lease: None)
    jobs._end(lease.job, lease.token, JobState.DONE)
    jobs._ring_next(lease.job)
    assert rung[-1] == second.pk
    jobs.run(second.pk)
    assert Job.objects.get(pk=second.pk).state == JobState.DONE


def test_the_database_itself_keeps_two_of_a_kind_from_running(of):
    Job.objects.create(review=of, kind="test", key="k", state=JobState.RUNNING)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(review=of, kind="test", key="k", state=JobState.RUNNING)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(review=of, kind="test", key="k", state=JobState.FAILED, error="")


def test_a_lease_lost_in_the_middle_keeps_nothing_of_the_slice(of, work):
    job = ask(of)
    lease = jobs.claim(job.pk)
    lose_worker(job)
    other = jobs.claim(job.pk)
    assert other.token != lease.token
    with pytest.raises(jobs.LeaseLost), lease.slice():
        count(of)
    with pytest.raises(jobs.LeaseLost):
        lease.progress(done=5)
    lease.beat()  # says nothing in the name of somebody else
    with other.slice():
        count(of)
        other.checkpoint["position"] = 1
    job.refresh_from_db()
    assert (traces(of), job.checkpoint, job.done) == (1, {"position": 1}, 0)


def test_a_slice_that_fails_takes_its_checkpoint_along(of):
    lease = jobs.claim(ask(of).pk)
    with pytest.raises(ZeroDivisionError), lease.slice():
        count(of)
        lease.checkpoint["position"] = 1
        raise ZeroDivisionError
    assert (traces(of), Job.objects.get().checkpoint) == (0, {})


@pytest.mark.parametrize("killed_after", [0, 1, 2])
def test_killed_after_any_slice_and_run_again_it_has_the_effect_of_one_run(of, work, killed_after):
    class Killed(BaseException):
        """As SIGKILL: nothing of ours runs afterwards."""

    def three_slices(lease):
        for position in range(lease.checkpoint.get("position", 0), 3):
            if position == killed_after and Job.objects.get(pk=lease.job.pk).attempts == 1 and not resumed:
                raise Killed
            with lease.slice():
                count(of)
                lease.checkpoint["position"] = position + 1

    resumed = []
    work(three_slices)
    job = ask(of)
    with pytest.raises(Killed):
        jobs.run(job.pk)
    assert Job.objects.get().state == JobState.RUNNING
    resumed.append(True)
    lose_worker(job)
    jobs.run(job.pk)
    assert (traces(of), Job.objects.get().state) == (3, JobState.DONE)


def test_the_heartbeat_keeps_a_slow_job(of):
    job = ask(of)
    lease = jobs.claim(job.pk)
    lose_worker(job)
    lease.beat()
    assert jobs.claim(job.pk) is None
    assert Job.objects.get().lease_until > now()


class Busy:
    """A lease whose database answers only after ``misses`` times; the clock goes by each pause."""

    job = "import of file 1"

    def __init__(self, misses):
        self.misses, self.clock, self.pauses = misses, 0.0, []

    def beat(self):
        self.misses -= 1
        if self.misses >= 0:
            raise OperationalError("database is locked")

    def wait(self, seconds):
        self.pauses.append(seconds)
        self.clock += seconds
        return self.misses < 0

    def run(self):
        thread = threading.Thread(target=jobs._keep_alive, args=(self, self))
        thread.start()
        thread.join()


@pytest.mark.parametrize(("misses", "warned"), [(3, 0), (14, 3)])
def test_a_busy_database_is_asked_again_soon_and_told_of_only_when_the_lease_is_in_danger(monkeypatch, caplog, misses, warned):
    lease = Busy(misses)
    monkeypatch.setattr(jobs, "time", SimpleNamespace(monotonic=lambda: lease.clock))
    caplog.set_level("DEBUG", logger="reviewapp.jobs.actions")
    lease.run()
    missed = [record for record in caplog.records if "was missed: database is locked" in record.message]
    assert len(missed) == misses
    assert sum(record.levelname == "WARNING" for record in missed) == warned  # 30 s of lease: from half of them on
    assert lease.pauses == [jobs.HEARTBEAT, *[jobs.BEAT_AGAIN] * misses, jobs.HEARTBEAT]


def test_a_bell_without_a_server_has_a_host_so_that_nothing_is_wondered_aloud(caplog):
    from django.conf import settings

    Connection(settings.CELERY_BROKER_URL).info()
    assert not caplog.records


def test_three_attempts_then_failed_in_words(of, work):
    def stumble(lease):
        raise ValueError("an inside thing")

    work(stumble)
    job = ask(of)
    for attempt in (1, 2, 3):
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.attempts == attempt
        assert job.state == (JobState.RUNNING if attempt < 3 else JobState.FAILED)
        lose_worker(job)
    assert "three times" in job.error
    assert "inside" not in job.error
    jobs.run(job.pk)
    assert Job.objects.get().attempts == 3


def test_progress_gives_the_attempts_back(of, work):
    """Three attempts without progress: each kept slice counts anew."""
    job = ask(of)
    for position in range(5):
        lease = jobs.claim(job.pk)
        with lease.slice():
            lease.checkpoint["position"] = position
        lose_worker(job)
    assert Job.objects.get().attempts == 1


def test_a_failure_in_words_is_not_tried_again(of, work):
    def refuse(lease):
        raise jobs.JobFailed("The file is a PDF. Export the references as RIS.")

    work(refuse)
    job = ask(of)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.attempts) == (JobState.FAILED, "The file is a PDF. Export the references as RIS.", 1)


def test_cancel_waits_for_the_end_of_a_slice_or_is_at_once(of, work):
    waiting = ask(of, key="waiting")
    jobs.cancel(waiting)
    assert Job.objects.get(pk=waiting.pk).state == JobState.CANCELLED

    def cancelled_between(lease):
        with lease.slice():
            count(of)
        jobs.cancel(lease.job)
        with lease.slice():
            count(of)

    work(cancelled_between)
    running = ask(of)
    jobs.run(running.pk)
    assert (traces(of), Job.objects.get(pk=running.pk).state) == (1, JobState.CANCELLED)


def test_a_job_cancelled_while_its_worker_was_gone_is_over_at_the_next_claim(of):
    job = ask(of)
    jobs.claim(job.pk)
    jobs.cancel(job)
    lose_worker(job)
    assert jobs.claim(job.pk) is None
    assert Job.objects.get().state == JobState.CANCELLED


def test_a_deleted_review_stops_its_jobs(of, work):
    def deleted_between(lease):
        with lease.slice():
            count(of)
        type(of).objects.filter(pk=of.pk).update(deleted_at=now())
        with lease.slice():
            count(of)

    work(deleted_between)
    waiting = ask(of, key="waiting")
    job = ask(of)
    jobs.run(job.pk)
    jobs.run(waiting.pk)
    assert (traces(of), set(Job.objects.values_list("state", flat=True))) == (1, {JobState.CANCELLED})


def test_the_sweep_rings_again_for_what_nobody_took_or_holds(of, rung):
    never = ask(of, key="never rung")
    lately = ask(of, key="lately rung")
    long_ago = ask(of, key="long ago")
    Job.objects.filter(pk=lately.pk).update(rung_at=now())
    Job.objects.filter(pk=long_ago.pk).update(rung_at=now() - timedelta(minutes=1))
    held, lost = ask(of, key="held"), ask(of, key="lost")
    for job in (held, lost):
        jobs.claim(job.pk)
    lose_worker(lost)
    rung.clear()
    assert jobs.sweep() == 3
    assert rung == [never.pk, long_ago.pk, lost.pk]


def test_the_sweep_fails_what_was_begun_three_times(of, rung):
    job = ask(of)
    jobs.claim(job.pk)
    Job.objects.filter(pk=job.pk).update(attempts=jobs.MAX_ATTEMPTS)
    lose_worker(job)
    jobs.sweep()
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.error
    assert rung == []


def test_a_broker_that_does_not_answer_loses_nothing(of, settings, monkeypatch):
    from reviewapp.jobs.tasks import run_job

    def down(*args, **kwargs):
        raise ConnectionError

    settings.JOBS_SILENT = False
    monkeypatch.setattr(run_job, "apply_async", down)
    job = ask(of)
    jobs.ring(job.pk)
    assert Job.objects.get().state == JobState.QUEUED
    assert Job.objects.get().rung_at is None
