"""Make, rename, merge and end labels; put them on records and take them off."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviewapp.audit import actions as audit
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member, Review
from reviewapp.reviews.vocabulary import Right
from reviewapp.web.errors import DomainError, Invalid
from screening import visibility
from screening.models import Label, Labelling, Record
from screening.vocabulary import LabelColour, LabelUse

#: At most so many records get a label in one click.
AT_ONCE = 2000


class NameTaken(DomainError):
    sentence = gettext_lazy("There is a label of this name already. Choose another name, or merge the two.")


def make(member: Member, *, name: str, colour: LabelColour = LabelColour.BLUE, shared: bool = False) -> Label:
    """Make a label: one's own, or the team's. Raises Invalid (422) without a name, NameTaken (409)."""
    name = _cleaned(name)
    try:
        with transaction.atomic():
            label: Label = Label.objects.create(
                review=member.review, number=numbers.take(member.review, "label"), name=name, colour=LabelColour(colour),
                owner=None if shared else member,
            )  # fmt: skip
            audit.log("label:made", review=member.review, actor=member, data={"label": label.number, "shared": shared})
    except IntegrityError:
        raise NameTaken
    return label


def to_discuss(review: Review) -> Label:
    """Give the team's label *to discuss*; made when it is first asked for, safe for two at once. In the caller's transaction."""
    found = Label.objects.for_review(review).filter(use=LabelUse.DISCUSS).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            made: Label = Label.objects.create(
                review=review, number=numbers.take(review, "label"), name=_("To discuss"), colour=LabelColour.YELLOW, use=LabelUse.DISCUSS
            )
    except IntegrityError:
        existing = Label.objects.for_review(review).filter(use=LabelUse.DISCUSS).first()
        if existing is None:  # a label of the team has this name: it becomes the one
            Label.objects.for_review(review).filter(name__iexact=_("To discuss"), owner=None, ended_at=None).update(use=LabelUse.DISCUSS)
            existing = Label.objects.for_review(review).get(use=LabelUse.DISCUSS)
        return existing
    return made


@transaction.atomic
def change(member: Member, label: Label, *, name: str, colour: LabelColour) -> None:
    """Rename or recolour. Raises NameTaken (409), Invalid (422)."""
    label = _mine_to_change(member, label)
    name = _cleaned(name)
    try:
        with transaction.atomic():
            Label.objects.filter(pk=label.pk).update(name=name, colour=LabelColour(colour))
    except IntegrityError:
        raise NameTaken
    audit.log("label:changed", review=member.review, actor=member, data={"label": label.number})


@transaction.atomic
def merge(member: Member, label: Label, into: Label) -> int:
    """Put ``into`` wherever ``label`` is, and end ``label``; gives how many records that were. Who labelled stays who labelled."""
    label, into = _mine_to_change(member, label), _mine_to_change(member, into)
    if label.pk == into.pk or label.owner_id != into.owner_id:
        raise Invalid(_("Choose another label of the same kind: yours with yours, the team’s with the team’s."))
    if label.use == LabelUse.DISCUSS:
        raise Invalid(_("The label to discuss stays; merge the other one into it."))
    live = list(Labelling.objects.filter(label=label, undone_at=None))
    Labelling.objects.bulk_create(
        [Labelling(review_id=row.review_id, label=into, record_id=row.record_id, by_id=row.by_id) for row in live], ignore_conflicts=True
    )
    now = timezone.now()
    Labelling.objects.filter(pk__in=[row.pk for row in live]).update(undone_at=now, undone_by=member)
    Label.objects.filter(pk=label.pk).update(ended_at=now, merged_into=into)
    audit.log("label:merged", review=member.review, actor=member, data={"label": label.number, "into": into.number, "n": len(live)})
    return len({row.record_id for row in live})


@transaction.atomic
def end(member: Member, label: Label) -> int:
    """Take a label off everywhere and out of the list; gives how many records had it."""
    label = _mine_to_change(member, label)
    if label.use == LabelUse.DISCUSS:
        raise Invalid(_("The label to discuss stays: it collects the agenda."))
    now = timezone.now()
    n = Labelling.objects.filter(label=label, undone_at=None).values("record").distinct().count()
    Labelling.objects.filter(label=label, undone_at=None).update(undone_at=now, undone_by=member)
    Label.objects.filter(pk=label.pk).update(ended_at=now)
    audit.log("label:ended", review=member.review, actor=member, data={"label": label.number, "n": n})
    return n


@transaction.atomic
def put(member: Member, label: Label, records: Sequence[Record]) -> int:
    """Put a label on records (on the heads of their groups); gives on how many it was not yet by this member."""
    _may_use(member, label)
    heads = list({record.head_id or record.pk for record in records})
    if len(heads) > AT_ONCE:
        raise Invalid(_("At most %(n)s records at once. Narrow the list and go on from there.") % {"n": f"{AT_ONCE:,}"})
    held = set(Labelling.objects.filter(label=label, by=member, undone_at=None, record_id__in=heads).values_list("record_id", flat=True))
    fresh = [pk for pk in heads if pk not in held]
    if not fresh:
        return 0
    Labelling.objects.bulk_create(
        [Labelling(review=member.review, label=label, record_id=pk, by=member) for pk in fresh], ignore_conflicts=True
    )
    _log("label:put", member, label, fresh)
    return len(fresh)


@transaction.atomic
def take(member: Member, label: Label, records: Sequence[Record]) -> int:
    """Take a label off records: what this member put there.

    What others put and is open to this member is taken off by
    an owner; *to discuss* by whoever did. Gives off how many."""
    _may_use(member, label)
    groups = {record.head_id or record.pk for record in records} | {record.pk for record in records}
    members = set(Record.objects.filter(head_id__in=groups).values_list("pk", flat=True)) | groups
    live = Labelling.objects.filter(label=label, undone_at=None, record_id__in=members)
    if label.use == LabelUse.DISCUSS or member.may(Right.MANAGE):
        live = live.filter(pk__in=visibility.labellings(member).values("pk"))
    else:
        live = live.filter(by=member)
    ids = list(live.values_list("record_id", flat=True))
    if ids:
        live.update(undone_at=timezone.now(), undone_by=member)
        _log("label:taken", member, label, ids)
    return len(set(ids))


def _log(kind: str, member: Member, label: Label, record_ids: list[int]) -> None:
    one = Record.objects.filter(pk=record_ids[0]).first() if len(record_ids) == 1 else None
    audit.log(kind, review=member.review, actor=member, record=one, data={"label": label.number, "n": len(record_ids)})


def _cleaned(name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise Invalid(_("Write a name for the label."))
    if len(name) > 60:
        raise Invalid(_("A label’s name holds at most 60 characters."))
    return name


def _may_use(member: Member, label: Label) -> None:
    if label.ended_at is not None or label.owner_id not in (None, member.pk):
        raise Invalid(_("This label is not there any more. Load the page again."))


def _mine_to_change(member: Member, label: Label) -> Label:
    """Lock a label that this member may change: one's own; the team's by whoever works in the review."""
    found: Label | None = Label.objects.for_review(member.review).select_for_update(of=("self",)).filter(pk=label.pk, ended_at=None).first()
    if found is None or found.owner_id not in (None, member.pk):
        raise Invalid(_("This label is not there any more. Load the page again."))
    return found
