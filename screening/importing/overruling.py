"""Say what a file is, over what was recognised: choose a table's columns, read a file again, move it to another search.

Entries and what was read of them are facts and stay. A file that is read again is a second Upload of the same bytes, and the first one
is withdrawn in the same step, so that it can be had back.
"""

from collections.abc import Mapping
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.reviews.models import Member
from reviewapp.web import files
from screening.importing import actions, queries, splitting, withdrawing
from screening.importing.errors import CannotChange, NotTaken
from screening.importing.readers import Preview
from screening.models import ColumnChoice, Search, Upload
from screening.vocabulary import UploadKind, UploadState, UploadStepKind

GONE = "The stored file is gone from the server's disk. Bring it back from a backup."


@transaction.atomic
def choose_columns(member: Member, upload: Upload, preview: Preview, columns: Mapping[str, str]) -> Upload:
    """Read a table by what a person says its columns hold, and remember it for the next one with the same header row.

    ``columns``: label → field. Gives the file that is being read: this one when it waited for it, else a second one of the same bytes.
    """
    columns = {label: field for label, field in columns.items() if field}
    if not set(columns.values()) & {"title", "doi", "pmid"}:
        raise NotTaken(_("No column holds the title, a DOI or a PMID. Choose one of them, so that the entries can be told apart."))
    if preview.key:
        ColumnChoice.objects.create(review=member.review, header=preview.key, names=preview.names, columns=columns, by=member)
    said = {**upload.read_as, "columns": columns}
    said.pop("remembered", None)
    fresh = withdrawing.held(upload)
    if fresh.state != UploadState.COLUMNS:
        return read_again(member, fresh, said)
    told = _told(member, fresh, said)
    Upload.objects.filter(pk=fresh.pk).update(state=UploadState.WAITING, read_as=told.read_as, **told.values)
    fresh.refresh_from_db()
    actions.ask_to_read(fresh, member)
    audit.log("upload:columns", review=member.review, actor=member, data={"upload": fresh.number, "columns": columns})
    return fresh


def read_again(member: Member, upload: Upload, said: Mapping[str, Any], search: Search | None = None) -> Upload:
    """Read the same bytes once more, as ``said`` (see opening), into the same search or another; the first reading is withdrawn.

    Raises CannotChange once something of it is in a round (unless it goes to another search), NotTaken when the bytes are something else.
    """
    read_as = {name: value for name, value in said.items() if value}
    told = _told(member, upload, read_as)
    if told.asks:
        raise NotTaken(_("The columns of this table are not known. Choose what each column holds."))
    with transaction.atomic():
        fresh = withdrawing.held(upload)
        if fresh.is_withdrawn:
            raise CannotChange(_("This file is withdrawn already."))
        ids = queries.record_ids(fresh)
        if search is None and queries.in_a_round(ids):
            raise CannotChange(
                _("Records of this file are in a round and may have votes: it is not read again in place. Withdraw it, and send it anew.")
            )
        withdrawing.stop_reading(fresh)
        kept = actions.Kept(fresh.filename, fresh.stored_as, fresh.sha256, fresh.size, UploadKind(fresh.kind))
        new = actions.enter(member, search or fresh.search, kept, told, again=True, replaces=fresh)
        withdrawing.step(member, fresh, UploadStepKind.WITHDRAWN, _("Read again as file %(n)s.") % {"n": new.number}, ids, replaced_by=new)
    return new


def _told(member: Member, upload: Upload, said: dict[str, Any]) -> actions.Told:
    try:
        with files.opened(upload.stored_as) as file:
            return actions.recognised(member, _stream(file), upload.filename, said)
    except FileNotFoundError as gone:
        raise CannotChange(_(GONE)) from gone


def _stream(file: Any) -> BinaryIO:
    stream: BinaryIO = file
    return stream


def move(member: Member, upload: Upload, search: Search) -> Upload:
    """Let a file belong to another search. Inside one search round its records stay where they are, with their votes.

    Into another round, or between sources of which one goes straight to retrieval, it is read again there, and withdrawn here: its records
    then join that round, and the duplicate search finds their votes.
    """
    if search.pk == upload.search_id:
        raise CannotChange(_("The file belongs to this search already."))
    if not queries.stays_in_place(upload, search):
        return read_again(member, upload, upload.read_as, search)
    with transaction.atomic():
        fresh = withdrawing.held(upload)
        if fresh.search_id == search.pk:
            return fresh
        if fresh.is_withdrawn:
            raise CannotChange(_("This file is withdrawn. Restore it first."))
        if splitting.live(fresh) is not None:
            raise CannotChange(_("This file is split among several searches. Take the split back first."))
        before = fresh.search.number
        Upload.objects.filter(pk=fresh.pk).update(search=search)
        data = {"upload": fresh.number, "from": before, "to": search.number}
        audit.log("upload:moved", review=member.review, actor=member, data=data)
    fresh.refresh_from_db()
    return fresh
