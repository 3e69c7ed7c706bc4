"""Get the full texts: sought, requested, retrieved, not retrieved; attach PDFs. What was done is a row of its own each time."""

from datetime import date

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member
from reviewapp.web import files
from reviewapp.web.errors import DomainError
from screening import visibility
from screening.fulltext.rules import is_pdf
from screening.models import FullText, Record, Report, RetrievalStep, ScreeningRound
from screening.outcomes import groups, locks
from screening.outcomes.settle import settle
from screening.vocabulary import Retrieval, StageKind


class CannotRetrieve(DomainError):
    """The step does not fit the report."""


@transaction.atomic
def record_step(
    member: Member, report: Report, kind: Retrieval, *, note: str = "", link: str = "", chase_on: date | None = None
) -> RetrievalStep:
    """Say what was done to get a full text; *not retrieved* needs a note, *retrieved* without a file needs a link or a note."""
    head = locks.heads([report.record_id])[0]
    if kind == Retrieval.NOT_RETRIEVED and not note.strip():
        raise CannotRetrieve(_("Say what was tried; it is printed with the reports not retrieved."))
    if kind == Retrieval.RETRIEVED and not (note.strip() or link or report.full_texts.filter(withdrawn_at=None).exists()):
        raise CannotRetrieve(_("Attach the PDF, give a link, or say where the full text is kept."))
    if kind != Retrieval.RETRIEVED and report.retrieval == Retrieval.RETRIEVED and _voted_myself(member, report):
        # said before the next one, so that it is the same whatever others did
        raise CannotRetrieve(_("You voted on this full text. Take your vote back first, then change how it was retrieved."))
    if kind != Retrieval.RETRIEVED and report.retrieval == Retrieval.RETRIEVED and _settled_for(member, head):
        raise CannotRetrieve(_("This report is settled at full text. Have its votes taken back first, then change how it was retrieved."))
    step = RetrievalStep.objects.create(review=member.review, report=report, kind=kind, note=note, link=link, chase_on=chase_on, by=member)
    Report.objects.filter(pk=report.pk).update(retrieval=kind)
    settle(head)
    audit.log(f"retrieval:{kind}", review=member.review, actor=member, record=head, data={"report": report.number}, text=note)
    return step


def _settled_for(member: Member, head: Record) -> bool:
    """Say whether this member may know that the report is settled; for who may not, the answer says nothing of votes."""
    return visibility.outcomes(member).filter(record=head, stage__kind=StageKind.FULL_TEXT).exists()


def _voted_myself(member: Member, report: Report) -> bool:
    rounds = ScreeningRound.objects.for_review(member.review).filter(stage__kind="full_text", team__member=member)
    ids = groups.member_ids(report.record)
    return any(visibility.my_votes(member, round).filter(record_id__in=ids).exists() for round in rounds)


def attach(member: Member, report: Report, file: UploadedFile) -> FullText:
    """Keep a PDF of a report and mark it as retrieved. Raises CannotRetrieve for what is no PDF or too large."""
    beginning = file.read(1024)
    file.seek(0)
    if not is_pdf(beginning):
        raise CannotRetrieve(_("%(name)s is not a PDF. Save the article as PDF and attach that.") % {"name": file.name})
    with files.arriving(file, limit=settings.PDF_MAX_BYTES) as arrived:
        stored_as = files.keep(arrived, folder="full-texts", suffix=".pdf")
    with transaction.atomic():
        head = locks.heads([report.record_id])[0]
        full_text = FullText.objects.create(
            review=member.review, number=numbers.take(member.review, "fulltext"), report=report,
            filename=(file.name or "full-text.pdf")[:255], stored_as=stored_as, sha256=arrived.sha256, size=arrived.size, by=member,
        )  # fmt: skip
        if Report.objects.get(pk=report.pk).retrieval != Retrieval.RETRIEVED:
            RetrievalStep.objects.create(review=member.review, report=report, kind=Retrieval.RETRIEVED, by=member)
            Report.objects.filter(pk=report.pk).update(retrieval=Retrieval.RETRIEVED)
        settle(head)
        audit.log(
            "fulltext:attached", review=member.review, actor=member, record=head,
            data={"report": report.number, "fulltext": full_text.number, "sha256": arrived.sha256},
        )  # fmt: skip
    return full_text


@transaction.atomic
def withdraw_file(member: Member, full_text: FullText) -> None:
    """Take a PDF away from a report (a wrong one was attached); it is kept, and not shown any more."""
    head = locks.heads([full_text.report.record_id])[0]
    FullText.objects.filter(pk=full_text.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())
    audit.log(
        "fulltext:withdrawn",
        review=member.review,
        actor=member,
        record=head,
        data={"report": full_text.report.number, "fulltext": full_text.number},
    )
