"""Sign an import report: its numbers are kept as they are now, by whom and when. Nothing is locked; later changes show beside it."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from reviewapp.audit import actions as audit
from reviewapp.audit.canonical import digest
from reviewapp.reviews.models import Member
from screening.importing import queries, report
from screening.importing.errors import CannotChange
from screening.importing.rules import clean
from screening.models import ImportSignature, Search, Upload
from screening.searches import actions as log
from screening.searches.queries import counts_of
from screening.vocabulary import UploadState

WHY_NOT = {
    "empty": gettext_noop("There is no file to sign for yet."),
    "unread": gettext_noop("A file of this search is not read to its end. Read on, or withdraw it, then sign."),
    "gap": gettext_noop("Hits and entries differ. Write why, or correct the hits, then sign."),
}


@transaction.atomic
def sign_search(member: Member, search: Search, note: str = "") -> ImportSignature:
    """Sign the report of a search with all its files. Raises CannotChange while a file is unread or a gap has no reason."""
    found = report.report_of(_held(search))
    if found.why_not:
        raise CannotChange(_(WHY_NOT[found.why_not]))
    numbers = found.numbers
    signature = ImportSignature.objects.create(review=member.review, search=search, numbers=numbers, note=clean(note).strip(), by=member)
    data = {"search": search.number, "found": numbers["found"], "digest": digest(numbers)}
    audit.log("search:signed", review=member.review, actor=member, data=data, text=signature.note)
    return signature


@transaction.atomic
def sign_file(member: Member, upload: Upload, note: str = "") -> ImportSignature:
    """Sign the report of one file. Raises CannotChange unless it is read to its end and stands."""
    search = _held(upload.search)
    fresh = Upload.objects.get(pk=upload.pk)
    if fresh.state != UploadState.READ or fresh.is_withdrawn:
        raise CannotChange(_("Only the report of a file that was read to its end, and that stands, is signed."))
    numbers = numbers_of_file(search, fresh)
    signature = ImportSignature.objects.create(
        review=member.review, search=search, upload=fresh, numbers=numbers, note=clean(note).strip(), by=member
    )
    data = {"upload": fresh.number, "found": numbers["found"], "digest": digest(numbers)}
    audit.log("import:signed", review=member.review, actor=member, data=data, text=signature.note)
    return signature


def numbers_of_file(search: Search, upload: Upload) -> dict[str, object]:
    """Give what a signature of this file keeps."""
    one = report.FileReport(upload, counts_of([upload])[upload.pk], queries.quality_of(upload))
    return report.file_numbers(search, one, report.running_of([upload], batch=True))


def _held(search: Search) -> Search:
    wanted = Search.objects.select_for_update(no_key=True, of=("self",)).select_related("source", "search_round", "review")
    held: Search = wanted.get(pk=search.pk)
    return held


def explain_gap(member: Member, search: Search, reason: str) -> Search:
    """Write why hits and entries differ."""
    return log.change_search(member, search, gap_reason=clean(reason).strip())
