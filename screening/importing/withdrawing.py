"""A whole file counts nowhere, or counts again. One writer of UploadStep, but for the refusal of a file while it is read."""

from django.db import transaction
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.jobs import actions as jobs
from reviewapp.reviews.models import Member
from screening.importing import queries
from screening.importing.errors import CannotChange, WhyNeeded
from screening.models import Upload, UploadStep
from screening.outcomes import display, locks
from screening.outcomes.settle import settle_many
from screening.vocabulary import UploadState, UploadStepKind

#: A file with more records than this is withdrawn by a job.
AT_ONCE = 500


@transaction.atomic
def withdraw(member: Member, upload: Upload, why: str = "", *, replaced_by: Upload | None = None) -> None:
    """Let a file count nowhere; nothing is deleted. Raises WhyNeeded once something in it is in a round."""
    fresh = held(upload)
    if fresh.is_withdrawn:
        return
    ids = queries.record_ids(fresh)
    if not why.strip() and queries.in_a_round(ids):
        raise WhyNeeded
    if replaced_by is not None and (replaced_by.pk == fresh.pk or replaced_by.is_withdrawn):
        raise CannotChange(_("This file cannot stand in for it. Choose another one that stands."))
    stop_reading(fresh)
    step(member, fresh, UploadStepKind.WITHDRAWN, why, ids, replaced_by=replaced_by)


def stop_reading(upload: Upload) -> None:
    """Ask the job that reads a file to stop, if there is one."""
    job = queries.job_of(upload)
    if job is not None and job.is_live:
        jobs.cancel(job)


@transaction.atomic
def restore(member: Member, upload: Upload, why: str = "") -> None:
    """Let a withdrawn file count again."""
    fresh = held(upload)
    if fresh.state == UploadState.REFUSED:
        raise CannotChange(_("This file could not be read to its end. Export it again and upload the new file."))
    if fresh.is_withdrawn:
        step(member, fresh, UploadStepKind.RESTORED, why, queries.record_ids(fresh))


def held(upload: Upload) -> Upload:
    """Give a file as it is now, held until the end of the transaction."""
    return Upload.objects.select_for_update(no_key=True, of=("self",)).select_related("review", "search").get(pk=upload.pk)


def step(member: Member, upload: Upload, kind: UploadStepKind, why: str, ids: list[int], *, replaced_by: Upload | None = None) -> None:
    """Withdraw or restore a file that the caller holds; ``ids`` are its records."""
    withdrawn = kind == UploadStepKind.WITHDRAWN
    UploadStep.objects.create(review=upload.review, upload=upload, kind=kind, by=member, why=why, replaced_by=replaced_by)
    Upload.objects.filter(pk=upload.pk).update(is_withdrawn=withdrawn)
    if withdrawn:
        Upload.objects.filter(pk=upload.pk, state__in=(UploadState.WAITING, UploadState.READING)).update(state=UploadState.STOPPED)
    if len(ids) <= AT_ONCE:
        _settle(ids)
    else:
        ask_to_settle(upload, member)
    data = {"upload": upload.number, "records": len(ids)} | ({"replaced_by": replaced_by.number} if replaced_by else {})
    audit.log(f"upload:{kind.value}", review=upload.review, actor=member, data=data, text=why)


def ask_to_settle(upload: Upload, member: Member) -> None:
    """Ask for the outcomes after a step; a key of its own for every step, so that a later one is never taken for an earlier one."""
    step = UploadStep.objects.filter(upload=upload).count()
    jobs.enqueue("withdraw", review=upload.review, key=f"upload:{upload.pk}:{step}", asked_by=member, upload=upload.pk)


def _settle(ids: list[int]) -> None:
    if ids:
        locks.heads(ids)
        settle_many(ids)
        display.refresh(ids)


def settle_upload(lease: jobs.Lease) -> None:
    """Recompute what follows from the withdrawal or return of a large file, in slices."""
    upload = Upload.objects.select_related("review").get(pk=lease.arguments["upload"])
    ids = queries.record_ids(upload)
    for start in range(lease.checkpoint.get("done", 0), len(ids), AT_ONCE):
        with lease.slice():
            _settle(ids[start : start + AT_ONCE])
            lease.checkpoint["done"] = start + AT_ONCE
            lease.job.done, lease.job.total = min(start + AT_ONCE, len(ids)), len(ids)
