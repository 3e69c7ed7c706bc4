"""What every model inside a review shares: its review, and the UNIQUE(review, id) that SameReview refers to."""

from typing import Any, ClassVar, Self

from django.db import models

from reviewapp.db.constraints import same_review


class ReviewQuerySet(models.QuerySet[Any]):
    """A queryset that starts at a review: the only way a view begins."""

    def for_review(self, review: Any) -> Self:
        return self.filter(review=review)


class ReviewManager(models.Manager[Any]):
    """The same first step for a model's ``objects``; written out, because type checkers do not see into a made manager."""

    def get_queryset(self) -> ReviewQuerySet:
        return ReviewQuerySet(self.model, using=self._db)

    def for_review(self, review: Any) -> ReviewQuerySet:
        return self.get_queryset().for_review(review)


class ReviewOwned(models.Model):
    """Belongs to one review. References inside a review use RESTRICT; only the review cascades."""

    review = models.ForeignKey("reviews.Review", on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[Any] = ReviewManager()

    class Meta:
        abstract = True


def owned(*fields: str) -> list[models.BaseConstraint]:
    """Give the constraints of a review-owned model: UNIQUE(review, id), and SameReview for each named foreign key."""
    unique = models.UniqueConstraint(fields=["review", "id"], name="%(app_label)s_%(class)s_review_id")
    return [unique, *same_review(*fields)]


def numbered(*fields: str) -> list[models.BaseConstraint]:
    """As ``owned``, for models with a ``number`` of their own in the review."""
    unique = models.UniqueConstraint(fields=["review", "number"], name="%(app_label)s_%(class)s_number")
    return [*owned(*fields), unique]
