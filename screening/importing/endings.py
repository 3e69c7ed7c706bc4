"""How an entry that could not be read ends: mended by hand, unreadable, or no reference. One writer of EntryEnding."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.reviews.models import Member
from screening.importing import loading, rules
from screening.importing.errors import CannotChange
from screening.models import Entry, EntryEnding, SourceRecord
from screening.vocabulary import EndingKind


@transaction.atomic
def mend(member: Member, entry: Entry, fields: Mapping[str, Any]) -> SourceRecord:
    """Read an entry by hand: it becomes a record like the others and joins the open round. ``fields`` as in rules.fields_from."""
    entry = _locked(entry)
    source = loading.write_mended(entry, rules.fields_from(fields))
    _end(member, entry, EndingKind.MENDED)
    loading.admit(member.review, [source.record_id], entry.upload.search.search_round)
    loading.ask_for_duplicates(member.review, member)
    data = {"upload": entry.upload.number, "position": entry.position}
    audit.log("entry:mended", review=member.review, actor=member, record=source.record, data=data)
    return source


def mark_unreadable(member: Member, entry: Entry, why: str = "") -> EntryEnding:
    """Say that nobody can read this entry: it counts as removed before screening."""
    return _mark(member, entry, EndingKind.UNREADABLE, why)


def mark_not_a_reference(member: Member, entry: Entry, why: str = "") -> EntryEnding:
    """Say that this is no reference: it counts nowhere."""
    return _mark(member, entry, EndingKind.NOT_A_REFERENCE, why)


@transaction.atomic
def _mark(member: Member, entry: Entry, kind: EndingKind, why: str) -> EntryEnding:
    entry = _locked(entry)
    current = entry.endings.filter(superseded_at=None).first()
    if current is not None and current.kind == kind:
        return current  # a second click
    ending = _end(member, entry, kind, why)
    data = {"upload": entry.upload.number, "position": entry.position}
    audit.log(f"entry:{kind.value}", review=member.review, actor=member, data=data, text=why)
    return ending


def _locked(entry: Entry) -> Entry:
    """Hold an entry that has no fields yet, so that two people do not end it at once."""
    held = Entry.objects.select_for_update(no_key=True, of=("self",)).select_related("upload__search__search_round", "upload__review")
    fresh = held.get(pk=entry.pk)
    source = SourceRecord.objects.filter(entry=fresh).select_related("record").first()
    if source is not None:
        raise CannotChange(_("This entry is read already: it is record %(n)s.") % {"n": source.record.number})
    return fresh


def _end(member: Member, entry: Entry, kind: EndingKind, why: str = "") -> EntryEnding:
    EntryEnding.objects.filter(entry=entry, superseded_at=None).update(superseded_at=timezone.now())
    return EntryEnding.objects.create(review=member.review, entry=entry, kind=kind, by=member, why=why)
