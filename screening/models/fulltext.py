"""Reports (documents whose full text is sought) and studies (investigations)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviewapp.reviews.owned import ReviewOwned, numbered, owned
from screening.vocabulary import Retrieval, StudyStatus


class Report(ReviewOwned):
    """The document behind a record that went on to full text. Made by outcomes.settle; ``retrieval`` follows the newest RetrievalStep."""

    number = models.PositiveIntegerField()
    record = models.OneToOneField("screening.Record", on_delete=models.RESTRICT, related_name="report")
    retrieval = models.CharField(max_length=14, choices=Retrieval.choices, default=Retrieval.SOUGHT)
    same_document_as = models.ForeignKey("self", on_delete=models.RESTRICT, null=True, related_name="same_documents")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            *numbered("record", "same_document_as"),
            models.CheckConstraint(condition=Q(retrieval__in=Retrieval.values), name="screening_report_retrieval"),
        ]


class RetrievalStep(ReviewOwned):
    """What was done to get a full text, and how it ended."""

    append_only: tuple[str, ...] = ()

    report = models.ForeignKey(Report, on_delete=models.RESTRICT, related_name="steps")
    kind = models.CharField(max_length=14, choices=Retrieval.choices)
    note = models.TextField(blank=True)
    link = models.URLField(max_length=1000, blank=True)
    chase_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = owned("report", "by")


class FullText(ReviewOwned):
    """A PDF of a report, kept under the name of its digest."""

    append_only = ("withdrawn_at",)

    number = models.PositiveIntegerField()
    report = models.ForeignKey(Report, on_delete=models.RESTRICT, related_name="full_texts")
    filename = models.CharField(max_length=255)
    stored_as = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = numbered("report", "by")


class Study(ReviewOwned):
    """The investigation behind one or more reports. Label *Surname Year*, with a/b where two would be alike."""

    number = models.PositiveIntegerField()
    label = models.CharField(_("label"), max_length=120)
    status = models.CharField(max_length=10, choices=StudyStatus.choices, default=StudyStatus.INCLUDED)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        verbose_name_plural = "studies"
        constraints = numbered()

    def __str__(self) -> str:
        return self.label


class StudyLink(ReviewOwned):
    """A report belongs to a study; at most one live link a report."""

    append_only = ("undone_at", "undone_by")

    study = models.ForeignKey(Study, on_delete=models.RESTRICT, related_name="links")
    report = models.ForeignKey(Report, on_delete=models.RESTRICT, related_name="links")
    is_primary = models.BooleanField(default=False)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            *owned("study", "report", "by", "undone_by"),
            models.UniqueConstraint(fields=["report"], condition=Q(undone_at=None), name="screening_studylink_one_live"),
        ]
