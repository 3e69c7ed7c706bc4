"""Ask for work, claim it, hold it, end it (I20)."""

import logging
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import Error, IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet

from reviewapp.db.clock import now
from reviewapp.jobs.models import Job, JobState
from reviewapp.jobs.registry import work_for

log = logging.getLogger(__name__)

HEARTBEAT = 5.0
BEAT_AGAIN = 1.0
LEASE = timedelta(seconds=30)
RING_AGAIN = timedelta(seconds=10)
MAX_ATTEMPTS = 3
_silent: ContextVar[bool] = ContextVar("jobs_silent", default=False)


@contextmanager
def silent() -> Iterator[None]:
    """Ring for nothing inside this block: its caller does the work itself (``run_pending``), else the sweeper will."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


class LeaseLost(Exception):
    """Another worker has this job now, or it was cancelled: stop, nothing of the current slice is kept."""


class JobFailed(Exception):
    """End the job as failed with this sentence; trying again would not help."""


def enqueue(kind: str, *, review: Any, key: str, asked_by: Any = None, number: int | None = None, **arguments: Any) -> Job:
    """Make the row, in the transaction of its cause, and ring after the commit; one of its kind and key that still waits is given instead.

    ``arguments`` must be JSON.
    """
    job, _made = Job.objects.get_or_create(
        review=review, kind=kind, key=key, state=JobState.QUEUED, defaults={"asked_by": asked_by, "number": number, "arguments": arguments}
    )
    transaction.on_commit(lambda: ring(job.pk))
    return job


def ring(job_id: int) -> None:
    """Tell the broker; when it does not answer, the sweeper will."""
    from reviewapp.jobs.tasks import run_job

    if getattr(settings, "JOBS_SILENT", False) or _silent.get():
        return
    try:
        run_job.apply_async([job_id], retry=False)
        Job.objects.filter(pk=job_id).update(rung_at=now())
    except Exception as error:
        log.warning("The broker did not take job %s: %s", job_id, error)


class Lease:
    """A claimed job in the hands of one worker."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.token = job.lease_token
        self.arguments: dict[str, Any] = job.arguments
        self.checkpoint: dict[str, Any] = job.checkpoint

    def _mine(self) -> QuerySet[Job]:
        """The job while it is still ours. Own columns only: a join would make it a sub-select, which is not asked again under a lock."""
        return Job.objects.filter(pk=self.job.pk, lease_token=self.token, state=JobState.RUNNING, cancel_requested=False)

    def is_gone(self) -> bool:
        """Say whether the review was deleted since (I21)."""
        return Job.objects.filter(pk=self.job.pk, review__deleted_at__isnull=False).exists()

    @contextmanager
    def slice(self) -> Iterator["Lease"]:
        """Run one slice in one transaction that first makes sure that the job is still ours; then set ``checkpoint`` in it."""
        with transaction.atomic():
            if not self._mine().update(lease_until=now() + LEASE, attempts=1) or self.is_gone():
                raise LeaseLost
            yield self
            Job.objects.filter(pk=self.job.pk).update(
                checkpoint=self.checkpoint, done=self.job.done, total=self.job.total, step=self.job.step
            )

    def progress(self, *, done: int | None = None, total: int | None = None, step: str | None = None) -> None:
        """Say how far the work is, between slices; raises LeaseLost when it is no longer ours."""
        if done is not None:
            self.job.done = done
        if total is not None:
            self.job.total = total
        if step is not None:
            self.job.step = step
        if not self._mine().update(lease_until=now() + LEASE, done=self.job.done, total=self.job.total, step=self.job.step):
            raise LeaseLost

    def beat(self) -> None:
        Job.objects.filter(pk=self.job.pk, lease_token=self.token, state=JobState.RUNNING).update(lease_until=now() + LEASE)


def claim(job_id: int) -> Lease | None:
    """Take a queued job, or one whose worker is gone; None when somebody else has it or it is over."""
    moment = now()
    token = secrets.token_hex(16)
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=moment)
    try:
        with transaction.atomic():
            taken = Job.objects.filter(free, pk=job_id, attempts__lt=MAX_ATTEMPTS).update(
                state=JobState.RUNNING, lease_token=token, lease_until=moment + LEASE, attempts=F("attempts") + 1, started_at=moment
            )
    except IntegrityError:  # one of the same kind and key runs: ours waits for its end
        return None
    if not taken:
        return None
    job = Job.objects.select_related("review").get(pk=job_id)
    if job.cancel_requested:
        _end(job, token, JobState.CANCELLED)
        return None
    if job.review is not None and job.review.deleted_at is not None:
        _end(job, token, JobState.CANCELLED)
        return None
    return Lease(job)


def run(job_id: int) -> None:
    """Claim a job and do it; a delivery that comes twice finds nothing to do."""
    lease = claim(job_id)
    if lease is None:
        return
    stop = threading.Event()
    beats = threading.Thread(target=_keep_alive, args=(lease, stop), daemon=True)
    if not connection.in_atomic_block:  # in a test's transaction a second connection would see nothing
        beats.start()
    try:
        work_for(lease.job.kind)(lease)
    except LeaseLost:
        _end(lease.job, lease.token, JobState.CANCELLED, only_if_cancelled=not lease.is_gone())
        return
    except JobFailed as failure:
        _end(lease.job, lease.token, JobState.FAILED, str(failure))
        return
    except Exception:
        log.exception("Job %s stumbled", lease.job)
        _release(lease)
        return
    finally:
        stop.set()
    _end(lease.job, lease.token, JobState.DONE)
    _ring_next(lease.job)


def _ring_next(job: Job) -> None:
    """Ring for the job that waited for this one to end."""
    for job_id in Job.objects.filter(review=job.review, kind=job.kind, key=job.key, state=JobState.QUEUED).values_list("pk", flat=True):
        ring(job_id)


def _keep_alive(lease: Lease, stop: threading.Event) -> None:
    """Beat until the work ends. A busy database (SQLite has one writer) is asked again soon; it is told of when the lease may run out."""
    good, pause = time.monotonic(), HEARTBEAT
    while not stop.wait(pause):
        try:
            lease.beat()
            good, pause = time.monotonic(), HEARTBEAT
        except Error as error:
            in_danger = time.monotonic() - good > LEASE.total_seconds() / 2
            log.log(logging.WARNING if in_danger else logging.DEBUG, "A heartbeat of job %s was missed: %s", lease.job, error)
            connection.close()  # this thread's own: a broken one is made anew
            pause = BEAT_AGAIN
    connection.close()


def _release(lease: Lease) -> None:
    """Give the job back for another attempt, or end it in words."""
    job = Job.objects.get(pk=lease.job.pk)
    if job.attempts >= MAX_ATTEMPTS:
        _end(job, lease.token, JobState.FAILED, "The work stopped three times at the same place. The server's log says more.")
        return
    Job.objects.filter(pk=job.pk, lease_token=lease.token, state=JobState.RUNNING).update(lease_until=now())


def _end(job: Job, token: str, state: JobState, error: str = "", *, only_if_cancelled: bool = False) -> None:
    mine = Job.objects.filter(pk=job.pk, lease_token=token, state=JobState.RUNNING)
    if only_if_cancelled:
        mine = mine.filter(cancel_requested=True)
    mine.update(state=state, ended_at=now(), error=error, lease_until=None)


def cancel(job: Job) -> None:
    """Ask a job to stop: at once when it waits, at its next slice when it runs."""
    if not Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(state=JobState.CANCELLED, ended_at=now(), cancel_requested=True):
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_requested=True)


def sweep() -> int:
    """Ring again for what was never taken or lost its worker; fail what was tried enough. Gives how many were rung."""
    moment = now()
    lost = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=moment)
    lost.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=JobState.FAILED,
        ended_at=moment,
        error="The work was begun three times and no worker got further with it. The server's log says more.",
    )
    forgotten = Q(state=JobState.QUEUED) & (Q(rung_at=None) | Q(rung_at__lt=moment - RING_AGAIN))
    dropped = Q(state=JobState.RUNNING, lease_until__lt=moment)
    ids = list(Job.objects.filter(forgotten | dropped).order_by("pk").values_list("pk", flat=True)[:200])
    for job_id in ids:
        ring(job_id)
    return len(ids)


def wait(seconds: float) -> None:
    """Give another worker time (a command that waits for work it did not take itself)."""
    threading.Event().wait(seconds)


def run_pending(kind: str = "") -> int:
    """Do everything that waits, here and now: for commands and tests. Gives how many jobs ran."""
    ran = 0
    tried: set[int] = set()
    while True:
        waiting = Job.objects.filter(state=JobState.QUEUED, **({"kind": kind} if kind else {})).exclude(pk__in=tried)
        job_id = waiting.order_by("pk").values_list("pk", flat=True).first()
        if job_id is None:
            return ran
        tried.add(job_id)
        run(job_id)
        ran += 1


__all__ = ["HEARTBEAT", "LEASE", "JobFailed", "Lease", "LeaseLost", "cancel", "claim", "enqueue", "ring", "run", "run_pending", "sweep"]
