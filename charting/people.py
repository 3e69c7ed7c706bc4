"""Who rates and charts, and who stays away from a paper of their own."""

from django.db.models import Q

from reviewapp.reviews.models import Member, Review
from reviewapp.reviews.vocabulary import Right
from screening.models import Record, Recusal
from screening.vocabulary import RecusalKind


def raters(review: Review) -> list[Member]:
    """Members who rate and chart now, by number. One query."""
    members = Member.objects.for_review(review).filter(ended_at=None).select_related("review", "user").order_by("number")
    return [member for member in members if member.may(Right.APPRAISE)]


def own_papers(member: Member) -> set[int]:
    """Ids of records (and of the heads of their groups) that this member said are their own. One query."""
    rows = Recusal.objects.for_review(member.review).filter(member=member, kind=RecusalKind.OWN, undone_at=None)
    return {pk for pair in rows.values_list("record_id", "record__head_id") for pk in pair if pk}


def is_own_paper(member: Member, record: Record) -> bool:
    """Say whether this member has a part in the paper behind this record."""
    rows = Recusal.objects.for_review(member.review).filter(member=member, kind=RecusalKind.OWN, undone_at=None)
    return rows.filter(Q(record=record) | Q(record__head=record)).exists()
