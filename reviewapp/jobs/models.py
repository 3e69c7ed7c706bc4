"""A Job: one piece of background work, its progress, its lease."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    QUEUED = "queued", _("waits for a worker")
    RUNNING = "running", _("under way")
    DONE = "done", _("done")
    FAILED = "failed", _("stopped")
    CANCELLED = "cancelled", _("cancelled")


LIVE = (JobState.QUEUED, JobState.RUNNING)


class Job(models.Model):
    """Made in the transaction of its cause; a worker claims it by a conditional update and fences each slice with its token."""

    review = models.ForeignKey("reviews.Review", on_delete=models.CASCADE, related_name="jobs", null=True)
    number = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    asked_by = models.ForeignKey("reviews.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)
    checkpoint = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    step = models.CharField(max_length=120, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="jobs_job_review_number"),
            # One waits while one runs: work that comes up meanwhile is not lost, and two of a kind take turns.
            models.UniqueConstraint(fields=["review", "kind", "key"], condition=Q(state="queued"), name="jobs_job_one_queued"),
            models.UniqueConstraint(fields=["review", "kind", "key"], condition=Q(state="running"), name="jobs_job_one_running"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="jobs_job_state"),
            models.CheckConstraint(condition=~Q(state="failed") | ~Q(error=""), name="jobs_job_failed_says_why"),
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="jobs_job_live")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE
