"""Freeze numbers; declare numbers from elsewhere, and take them back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviewapp.audit import actions as audit
from reviewapp.db.moment import one_moment
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member
from reviewapp.web.errors import DomainError
from screening import visibility
from screening.models import DeclaredCount, Snapshot
from screening.reporting import snapshots


class Withdrawn(DomainError):
    """The number was taken back already."""

    sentence = _("This number was taken back already. Nothing was changed.")


def freeze(member: Member, *, name: str) -> Snapshot:
    """Keep PRISMA, agreement and the records behind each number as they are at this moment."""
    with one_moment():
        seq = visibility.everything("frozen numbers").events(member.review).aggregate(top=Max("seq"))["top"] or 0
        data = snapshots.data_of(member.review)
    with transaction.atomic():
        number = numbers.take(member.review, "snapshot")
        snapshot = Snapshot.objects.create(review=member.review, number=number, name=name, data=data, event_seq=seq, by=member)
        audit.log("snapshot:frozen", review=member.review, actor=member, data={"snapshot": snapshot.number})
    return snapshot


@transaction.atomic
def declare(member: Member, *, box: str, n: int, tool: str, on: dt.date) -> DeclaredCount:
    """Add a number from elsewhere to a box of the figure."""
    declared = DeclaredCount.objects.create(
        review=member.review, number=numbers.take(member.review, "declared"), box=box, n=n, tool=tool, on=on, by=member
    )
    audit.log("declared:added", review=member.review, actor=member, data={"declared": declared.number, "box": box, "n": n})
    return declared


@transaction.atomic
def take_back(member: Member, declared: DeclaredCount) -> None:
    """Take a declared number out of the figure; its row stays. Raises Withdrawn."""
    changed = DeclaredCount.objects.filter(pk=declared.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())
    if not changed:
        raise Withdrawn
    audit.log("declared:withdrawn", review=member.review, actor=member, data={"declared": declared.number})
