"""What a member may read of others' ratings and answers (DESIGN.md section 4): data that is not open is not fetched.

A rater reads others' ratings of a report on a scale once she has rated that report on all scales herself, or once there is an agreed
value; who does not rate reads them once there is an agreed value. Own answers of two who chart apart open when both have finished
the study, or when there is an agreed answer.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from charting.models import AgreedRating, Answer, ChartingStep, Rating, RatingOpened
from charting.vocabulary import AnswerKind, StepKind
from reviewapp.reviews.models import Member, Review


def agreed_ratings(review: Review) -> QuerySet[AgreedRating]:
    """The agreed values that stand; they are open to every member."""
    return AgreedRating.objects.for_review(review).filter(superseded_at=None, value__isnull=False).select_related("by__review", "by__user")


def _agreed_on_it() -> Exists:
    rows = AgreedRating.objects.filter(report=OuterRef("report"), scale=OuterRef("scale"), superseded_at=None, value__isnull=False)
    return Exists(rows)


def _opened_to(member: Member) -> Exists:
    return Exists(RatingOpened.objects.filter(report=OuterRef("report"), scale=OuterRef("scale"), member=member))


def ratings(member: Member) -> QuerySet[Rating]:
    """The ratings that stand and that this member may read: their own always."""
    found = Rating.objects.for_review(member.review).filter(superseded_at=None, value__isnull=False)
    return found.filter(Q(member=member) | _opened_to(member) | _agreed_on_it()).select_related("member__review", "member__user")


def own_ratings(member: Member) -> QuerySet[Rating]:
    """All ratings that this member ever gave."""
    return Rating.objects.for_review(member.review).filter(member=member)


def independent_ratings(member: Member) -> QuerySet[Rating]:
    """Of each rater the last rating given while independent, where this member may read that rater's ratings. For agreement figures."""
    later = Rating.objects.filter(
        report=OuterRef("report"), scale=OuterRef("scale"), member=OuterRef("member"), independent=True, pk__gt=OuterRef("pk")
    )
    found = Rating.objects.for_review(member.review).filter(~Exists(later), independent=True, value__isnull=False)
    return found.filter(Q(member=member) | _opened_to(member) | _agreed_on_it())


def open_cells(member: Member) -> set[tuple[int, int]]:
    """Give (report id, scale id) of which others' ratings are open to this member."""
    opened = RatingOpened.objects.filter(review=member.review, member=member).values_list("report_id", "scale_id")
    return set(opened) | set(agreed_ratings(member.review).values_list("report_id", "scale_id"))


def answers(member: Member, study_ids: Iterable[int] | None = None) -> QuerySet[Answer]:
    """The answers that stand and that this member may read: agreed ones, their own, and others' own ones where they are open."""
    charted = ChartingStep.objects.filter(study=OuterRef("study"), kind=StepKind.CHARTED)
    both_done = Exists(charted.filter(by=member)) & Exists(charted.filter(by=OuterRef("member")))
    agreed = Answer.objects.filter(study=OuterRef("study"), field_key=OuterRef("field_key"), kind=AnswerKind.AGREED)
    found = Answer.objects.for_review(member.review).filter(superseded_at=None)
    if study_ids is not None:
        found = found.filter(study_id__in=list(study_ids))
    may = Q(kind=AnswerKind.AGREED) | Q(member=member) | both_done | Exists(agreed)
    return found.filter(may).select_related("member__review", "member__user")


def own_answers(member: Member) -> QuerySet[Answer]:
    """One's own standing answers, where studies are charted by two apart."""
    return Answer.objects.for_review(member.review).filter(superseded_at=None, kind=AnswerKind.OWN, member=member)


def agreed_answers(review: Review) -> QuerySet[Answer]:
    """The agreed answers that stand; they are open to every member."""
    return (
        Answer.objects.for_review(review)
        .filter(superseded_at=None, kind=AnswerKind.AGREED)
        .select_related("member__review", "member__user")
    )
