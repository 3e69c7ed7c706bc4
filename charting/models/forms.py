"""Charting forms, answers and the steps by which a study is charted and verified."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from charting.vocabulary import AnswerKind, Mode, StepKind
from reviewapp.reviews.owned import ReviewOwned, numbered, owned


class ChartingForm(ReviewOwned):
    """One version of the charting form. Never changed: a change is the next version.

    ``fields`` = [{"key", "label", "kind", "help", "choices": [{"value", "within"}], "required", "in_table", "minimum", "maximum",
    "parent", "part_of"}], in order (charting_forms.fields reads and checks them). A field keeps its key through all versions, and with
    it its answers.
    """

    append_only: tuple[str, ...] = ()

    number = models.PositiveIntegerField()
    mode = models.CharField(_("how studies are charted"), max_length=10, choices=Mode.choices, default=Mode.VERIFY)
    fields = models.JSONField(default=list)
    why = models.TextField(blank=True)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            *numbered("by"),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="charting_chartingform_mode"),
        ]


class Answer(ReviewOwned):
    """What a study says to one field: one person's own answer, or the agreed one. A change is a new row with the next ``version``."""

    append_only = ("superseded_at",)

    study = models.ForeignKey("screening.Study", on_delete=models.RESTRICT, related_name="answers")
    field_key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=6, choices=AnswerKind.choices)
    version = models.PositiveIntegerField()
    value = models.TextField(blank=True)
    quote = models.TextField(blank=True)
    page = models.CharField(max_length=40, blank=True)
    member = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    form = models.ForeignKey(ChartingForm, on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            *owned("study", "member", "form"),
            models.UniqueConstraint(
                fields=["study", "field_key"], condition=Q(superseded_at=None, kind="agreed"), name="charting_answer_one_agreed"
            ),
            models.UniqueConstraint(
                fields=["study", "field_key", "member"], condition=Q(superseded_at=None, kind="own"), name="charting_answer_one_own"
            ),
            models.UniqueConstraint(
                fields=["study", "field_key", "version"], condition=Q(kind="agreed"), name="charting_answer_agreed_version"
            ),
            models.CheckConstraint(condition=Q(kind__in=AnswerKind.values), name="charting_answer_kind"),
        ]
        indexes = [models.Index(fields=["review", "study"], condition=Q(superseded_at=None), name="charting_answer_current")]


class ChartingStep(ReviewOwned):
    """Somebody said that a study is charted, or verified. ``covers`` = how many answer rows there were: a later answer opens it again."""

    append_only = ("undone_at", "undone_by")

    study = models.ForeignKey("screening.Study", on_delete=models.RESTRICT, related_name="charting_steps")
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    covers = models.PositiveIntegerField()
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            *owned("study", "by", "undone_by"),
            models.UniqueConstraint(fields=["study", "kind", "by"], condition=Q(undone_at=None), name="charting_chartingstep_one_live"),
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="charting_chartingstep_kind"),
        ]
