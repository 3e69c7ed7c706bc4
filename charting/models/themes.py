"""The code book, and which study stands where in it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reviewapp.reviews.owned import ReviewOwned, numbered, owned


class Theme(ReviewOwned):
    """A theme or sub-theme. ``label`` is the short sign of publications (a1); a retired one keeps its history."""

    number = models.PositiveIntegerField()
    parent = models.ForeignKey("self", on_delete=models.RESTRICT, null=True, blank=True, related_name="children")
    label = models.CharField(_("sign"), max_length=8, blank=True)
    name = models.CharField(_("name"), max_length=200)
    memo = models.TextField(_("memo"), blank=True)
    order = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.RESTRICT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["order", "number"]
        constraints = [
            *numbered("parent", "merged_into"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="charting_theme_not_under_itself",
                violation_error_message=_("A theme cannot stand under itself."),
            ),
            models.CheckConstraint(condition=Q(merged_into=None) | ~Q(retired_at=None), name="charting_theme_merged_is_retired"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.label} {self.name}".strip()


class Placement(ReviewOwned):
    """A study stands under a theme. One of its live placements may be the primary one, which counts."""

    append_only = ("undone_at", "undone_by")

    study = models.ForeignKey("screening.Study", on_delete=models.RESTRICT, related_name="placements")
    theme = models.ForeignKey(Theme, on_delete=models.RESTRICT, related_name="placements")
    is_primary = models.BooleanField(default=False)
    why = models.TextField(_("why"), blank=True)
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            *owned("study", "theme", "by", "undone_by"),
            models.UniqueConstraint(fields=["study"], condition=Q(undone_at=None, is_primary=True), name="charting_placement_one_primary"),
            models.UniqueConstraint(fields=["study", "theme"], condition=Q(undone_at=None), name="charting_placement_one_live"),
        ]
