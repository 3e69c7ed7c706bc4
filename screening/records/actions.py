"""Correct what is displayed of a record. What the files said stays as it was."""

from django.db import transaction
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.reviews.models import Member
from reviewapp.web.errors import Invalid
from screening.models import FieldEdit, Record
from screening.outcomes import display, locks


@transaction.atomic
def edit_field(member: Member, record: Record, field: str, value: str) -> FieldEdit | None:
    """Keep a person's value for a displayed field of a record's group; None when it reads so already.

    ``authors`` come one a line, ``year`` as a number or empty. Raises Invalid (422) for a field that people do not edit, or a year that
    is none. Votes stay as they are.
    """
    if field not in display.EDITABLE:
        raise Invalid(_("This field is not corrected by hand."))
    value = value.replace("\x00", "").replace("\r\n", "\n").strip()
    if field == "year" and value and not (value.isascii() and value.isdecimal() and 1000 <= int(value) <= 2200):
        raise Invalid(_("Write the year with four digits, as 2018."))
    limit = getattr(Record._meta.get_field(field), "max_length", None)
    if limit and len(value) > limit:
        raise Invalid(_("This field holds at most %(n)s characters.") % {"n": limit})
    (head,) = locks.heads([record.pk])
    if shown(head, field) == value:
        return None
    edit: FieldEdit = FieldEdit.objects.create(review=member.review, record=head, field=field, value=value, by=member)
    display.refresh([head.pk])
    audit.log("field:edited", review=member.review, actor=member, record=head, data={"field": field})
    return edit


def shown(record: Record, field: str) -> str:
    """Give a displayed field as a person would type it."""
    value = getattr(record, field)
    return "\n".join(value) if isinstance(value, list) else str("" if value is None else value)
