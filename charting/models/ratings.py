"""The classification table. Rating is read only by its own actions and charting.visibility (tests/charting)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from charting.vocabulary import HIGHEST, LOWEST
from reviewapp.reviews.owned import ReviewOwned, numbered, owned


class RatingScale(ReviewOwned):
    """A scale of the classification table. ``anchors`` = [{"value": 0, "text": "…"}, …], one for each value from 0 to 3."""

    key = models.SlugField(max_length=40)
    name = models.CharField(_("name"), max_length=80)
    order = models.PositiveSmallIntegerField()
    anchors = models.JSONField(default=list)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [*owned(), models.UniqueConstraint(fields=["review", "key"], name="charting_ratingscale_key")]

    def __str__(self) -> str:
        return self.name


class ClassificationRule(ReviewOwned):
    """One version of the suggestion rule. ``minimums`` = {scale key: least agreed value}; a missing scale asks for nothing."""

    append_only: tuple[str, ...] = ()

    number = models.PositiveIntegerField()
    minimums = models.JSONField(default=dict)
    discuss_near = models.BooleanField(_("one step below on one scale only: discuss instead of exclude"), default=False)
    is_gate = models.BooleanField(_("the team follows the rule"), default=False)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = numbered("by")


class Rating(ReviewOwned):
    """One author's rating of a report on a scale. A change is a new row that supersedes; undo is a row without a value."""

    append_only = ("superseded_at",)

    report = models.ForeignKey("screening.Report", on_delete=models.RESTRICT, related_name="ratings")
    scale = models.ForeignKey(RatingScale, on_delete=models.RESTRICT, related_name="+")
    member = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    value = models.PositiveSmallIntegerField(null=True)
    note = models.TextField(blank=True)
    independent = models.BooleanField()
    at = models.DateTimeField()
    supersedes = models.OneToOneField("self", on_delete=models.RESTRICT, null=True, related_name="superseded_by")
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            *owned("report", "scale", "member", "supersedes"),
            models.UniqueConstraint(
                fields=["report", "scale", "member"], condition=Q(superseded_at=None), name="charting_rating_one_current"
            ),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=LOWEST, value__lte=HIGHEST),
                name="charting_rating_value",
                violation_error_message=_("A rating is 0, 1, 2 or 3."),
            ),
        ]


class RatingOpened(ReviewOwned):
    """Others' ratings of a report on this scale were open to this person: from then on theirs are not independent. Stays."""

    append_only: tuple[str, ...] = ()

    report = models.ForeignKey("screening.Report", on_delete=models.RESTRICT, related_name="+")
    scale = models.ForeignKey(RatingScale, on_delete=models.RESTRICT, related_name="+")
    member = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            *owned("report", "scale", "member"),
            models.UniqueConstraint(fields=["report", "scale", "member"], name="charting_ratingopened_once"),
        ]


class AgreedRating(ReviewOwned):
    """The value the authors agreed on. ``version`` counts the rows of one report and scale; a row without a value takes it back."""

    append_only = ("superseded_at",)

    report = models.ForeignKey("screening.Report", on_delete=models.RESTRICT, related_name="agreed_ratings")
    scale = models.ForeignKey(RatingScale, on_delete=models.RESTRICT, related_name="+")
    version = models.PositiveIntegerField()
    value = models.PositiveSmallIntegerField(null=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            *owned("report", "scale", "by"),
            models.UniqueConstraint(fields=["report", "scale"], condition=Q(superseded_at=None), name="charting_agreedrating_one_current"),
            models.UniqueConstraint(fields=["report", "scale", "version"], name="charting_agreedrating_version"),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=LOWEST, value__lte=HIGHEST),
                name="charting_agreedrating_value",
                violation_error_message=_("A rating is 0, 1, 2 or 3."),
            ),
        ]
