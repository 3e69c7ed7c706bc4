"""Numbers that were fixed, and numbers that came from elsewhere."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from reviewapp.reviews.owned import ReviewOwned, numbered
from screening.vocabulary import CountBox


class Snapshot(ReviewOwned):
    """PRISMA, agreement and the record numbers behind each figure at one moment, named."""

    append_only: tuple[str, ...] = ()

    number = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=120)
    data = models.JSONField()
    event_seq = models.PositiveBigIntegerField()
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = numbered("by")


class DeclaredCount(ReviewOwned):
    """A number of the flow that happened outside this software; marked † in the figure."""

    append_only = ("withdrawn_at",)

    number = models.PositiveIntegerField()
    box = models.CharField(_("box"), max_length=12, choices=CountBox.choices)
    n = models.PositiveIntegerField(_("number"))
    tool = models.CharField(_("tool"), max_length=120)
    on = models.DateField(_("date"))
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = numbered("by")
