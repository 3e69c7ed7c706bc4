"""The one Celery task: a delivery names a Job, nothing more."""

from celery import shared_task

from reviewapp.jobs import actions


@shared_task(name="reviewapp.jobs.run")
def run_job(job_id: int) -> None:
    actions.run(job_id)
