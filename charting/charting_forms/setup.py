"""The charting form of a review as it stands. A review begins with the default form, unsaved until first used."""

from charting.charting_forms.fields import Field, as_json, default_fields, read
from charting.models import ChartingForm
from charting.vocabulary import Mode
from reviewapp.reviews.models import Review


def form(review: Review) -> ChartingForm:
    """Give the version in force; version 0, unsaved, is the default one."""
    newest = ChartingForm.objects.for_review(review).select_related("by__review", "by__user").order_by("-number").first()
    return newest or ChartingForm(review=review, number=0, mode=Mode.VERIFY, fields=as_json(default_fields()))


def fields(version: ChartingForm) -> tuple[Field, ...]:
    """Read the fields of a version."""
    return read(version.fields)


def ensure_form(review: Review) -> ChartingForm:
    """Save the default form as version 1 where the review has none; safe for two at once. In the caller's transaction."""
    found = form(review)
    if found.pk is None:
        found.number = 1
        ChartingForm.objects.bulk_create([found], ignore_conflicts=True)
        found = ChartingForm.objects.for_review(review).get(number=1)
    return found
