"""All facts of a review, for commands, snapshots and checks only."""


from django.db.models import QuerySet

from reviewapp.audit.models import Event
from reviewapp.reviews.models import Review
from screening.models import Decision, Note, Resolution


class Everything:
    """All facts of a review, for commands, snapshots, reports of closed rounds and checks. Never for a page of a person."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def decisions(self, review: Review) -> QuerySet[Decision]:
        return Decision.objects.for_review(review)

    def resolutions(self, review: Review) -> QuerySet[Resolution]:
        return Resolution.objects.for_review(review)

    def events(self, review: Review) -> QuerySet[Event]:
        return Event.objects.filter(review=review)

    def notes(self, review: Review) -> QuerySet[Note]:
        return Note.objects.for_review(review)


def everything(reason: str) -> Everything:
    """Give access to all facts; ``reason`` says why, for the reader of the code."""
    return Everything(reason)
