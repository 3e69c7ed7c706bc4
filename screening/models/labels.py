"""Labels: names that people put on records, for themselves or for the team."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from reviewapp.reviews.owned import ReviewOwned, numbered, owned
from screening.vocabulary import LabelColour, LabelUse


class Label(ReviewOwned):
    """A name with a colour. ``owner`` is the person whose own it is; none: it is the team's."""

    number = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=60)
    colour = models.CharField(_("colour"), max_length=10, choices=LabelColour.choices, default=LabelColour.BLUE)
    owner = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, blank=True, related_name="own_labels")
    use = models.CharField(max_length=10, choices=LabelUse.choices, default=LabelUse.PLAIN)
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", on_delete=models.RESTRICT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["name", "number"]
        constraints = [
            *numbered("owner", "merged_into"),
            models.UniqueConstraint(
                Lower("name"), "review", condition=Q(owner=None, ended_at=None), name="screening_label_one_name_in_team",
                violation_error_message=_("The team has a label of this name."),
            ),
            models.UniqueConstraint(
                Lower("name"), "review", "owner", condition=Q(owner__isnull=False, ended_at=None), name="screening_label_one_name_of_mine",
                violation_error_message=_("You have a label of this name."),
            ),
            models.UniqueConstraint(fields=["review"], condition=Q(use="discuss"), name="screening_label_one_to_discuss"),
            models.CheckConstraint(condition=Q(colour__in=LabelColour.values), name="screening_label_colour"),
            models.CheckConstraint(condition=Q(use="plain") | Q(owner=None), name="screening_label_to_discuss_is_of_the_team"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.owner_id is None


class Labelling(ReviewOwned):
    """Somebody put a label on a record. Taking it off is the end of the row, once."""

    append_only = ("undone_at", "undone_by")

    label = models.ForeignKey(Label, on_delete=models.RESTRICT, related_name="labellings")
    record = models.ForeignKey("screening.Record", on_delete=models.RESTRICT, related_name="labellings")
    by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("reviews.Member", on_delete=models.RESTRICT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            *owned("label", "record", "by", "undone_by"),
            models.UniqueConstraint(fields=["label", "record", "by"], condition=Q(undone_at=None), name="screening_labelling_one_current"),
        ]
        indexes = [models.Index(fields=["record", "label"], condition=Q(undone_at=None), name="screening_labelling_record")]
