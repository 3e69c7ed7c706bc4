"""The classification table of a review as it stands: scales and rule. A review begins with the default ones, unsaved until first used."""

from typing import Any

from django.db import transaction

from charting.classification_table.rules import DEFAULT_MINIMUMS, DEFAULT_SCALES, Rule
from charting.models import ClassificationRule, RatingScale
from reviewapp.reviews.models import Review


def scales(review: Review) -> list[RatingScale]:
    """Give the scales in use, in order; unsaved default ones where the review has none yet."""
    found = list(RatingScale.objects.for_review(review).filter(retired_at=None))
    return found or _defaults(review)


def rule_version(review: Review) -> ClassificationRule:
    """Give the rule in force; version 0, unsaved, is the default one."""
    newest = ClassificationRule.objects.for_review(review).select_related("by__review", "by__user").order_by("-number").first()
    return newest or ClassificationRule(review=review, number=0, minimums=dict(DEFAULT_MINIMUMS))


def rule(version: ClassificationRule) -> Rule:
    """Give a version of the rule in its pure form."""
    return Rule(dict(version.minimums), version.discuss_near)


def ensure_scales(review: Review) -> list[RatingScale]:
    """Save the default scales where the review has none; safe for two at once. In the caller's transaction."""
    with transaction.atomic():
        if not RatingScale.objects.for_review(review).exists():
            RatingScale.objects.bulk_create(_defaults(review), ignore_conflicts=True)
    return list(RatingScale.objects.for_review(review).filter(retired_at=None))


def _defaults(review: Review) -> list[RatingScale]:
    return [
        RatingScale(review=review, key=key, name=name, order=order, anchors=anchors_of(texts))
        for order, (key, name, texts) in enumerate(DEFAULT_SCALES, start=1)
    ]


def anchors_of(texts: Any) -> list[dict[str, Any]]:
    """Give the stored form of the texts for 0, 1, 2 and 3."""
    return [{"value": value, "text": str(text).strip()} for value, text in enumerate(texts)]
