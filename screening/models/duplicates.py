"""Merges: edges of a forest over Records. Nothing is deleted; an edge can be taken back."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from reviewapp.db.constraints import SameReview
from reviewapp.reviews.owned import ReviewOwned, numbered
from screening.vocabulary import BulkAnswer, PairState, Strictness


class Merge(ReviewOwned):
    """``child`` was found to be the same paper as ``parent``, the lower number. Downhill edges cannot close a circle."""

    append_only = ("undone_at", "undone_by", "undone_why")

    number = models.PositiveIntegerField()
    child = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="merges_up")
    parent = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="merges_down")
    child_number = models.PositiveIntegerField()
    parent_number = models.PositiveIntegerField()
    rule = models.CharField(max_length=40)
    score = models.PositiveSmallIntegerField(null=True)
    evidence = models.JSONField(default=list)
    engine_version = models.CharField(max_length=20, blank=True)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")
    undone_why = models.TextField(null=True)  # noqa: DJ001 - NULL until it is taken back: the trigger lets it go once to a value

    class Meta:
        ordering = ["number"]
        constraints = [
            *numbered("by", "undone_by"),
            SameReview(field="child", also=[("child_number", "number")], name="screening_merge_child_same_review"),
            SameReview(field="parent", also=[("parent_number", "number")], name="screening_merge_parent_same_review"),
            models.CheckConstraint(condition=Q(parent_number__lt=F("child_number")), name="screening_merge_downhill"),
            models.UniqueConstraint(fields=["child"], condition=Q(undone_at=None), name="screening_merge_one_live_parent"),
        ]
        indexes = [models.Index(fields=["parent"], condition=Q(undone_at=None), name="screening_merge_live_parent")]

    @property
    def by_engine(self) -> bool:
        return self.by_id is None


class DuplicatePair(ReviewOwned):
    """Two records that may be one, what speaks for and against, and what was decided. *Not a duplicate* is kept for ever."""

    number = models.PositiveIntegerField()
    a = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="pairs_a")
    b = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="pairs_b")
    a_number = models.PositiveIntegerField()
    b_number = models.PositiveIntegerField()
    score = models.PositiveSmallIntegerField(default=0)
    why = models.CharField(max_length=40, blank=True)
    evidence = models.JSONField(default=list)
    found_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=PairState.choices, default=PairState.OPEN)
    decided_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    proposed_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            *numbered("decided_by", "proposed_by"),
            SameReview(field="a", also=[("a_number", "number")], name="screening_duplicatepair_a_same_review"),
            SameReview(field="b", also=[("b_number", "number")], name="screening_duplicatepair_b_same_review"),
            models.CheckConstraint(condition=Q(a_number__lt=F("b_number")), name="screening_duplicatepair_order"),
            models.UniqueConstraint(fields=["a", "b"], name="screening_duplicatepair_once"),
            models.CheckConstraint(
                # What became one through other merges is answered by nobody; *not a duplicate* only a person says.
                condition=Q(state="open", decided_by=None, decided_at=None)
                | Q(state="same", decided_at__isnull=False)
                | Q(state="different", decided_by__isnull=False, decided_at__isnull=False),
                name="screening_duplicatepair_who_decided",
            ),
        ]


class DedupeRule(ReviewOwned):
    """How strict the search for duplicates is from a moment on; the newest holds, none means balanced."""

    append_only: tuple[str, ...] = ()

    number = models.PositiveIntegerField()
    strictness = models.CharField(max_length=10, choices=Strictness.choices)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            *numbered("by"),
            models.CheckConstraint(condition=Q(strictness__in=Strictness.values), name="screening_deduperule_strictness"),
        ]


class PairBulk(ReviewOwned):
    """One answer to many pairs at once; ``numbers`` are those of the pairs, or of merges taken back. It is undone as one."""

    append_only = ("undone_at", "undone_by")

    number = models.PositiveIntegerField()
    answer = models.CharField(max_length=10, choices=BulkAnswer.choices)
    about = models.CharField(max_length=200, blank=True)
    numbers = models.JSONField(default=list)
    why = models.TextField(blank=True)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(default=timezone.now)  # the pairs carry it as the time of their answer
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            *numbered("by", "undone_by"),
            models.CheckConstraint(condition=Q(answer__in=BulkAnswer.values), name="screening_pairbulk_answer"),
        ]
