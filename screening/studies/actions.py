"""Companion reports of one investigation: link, unlink, rename. Links are facts; linking is not deduplication."""
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviewapp.audit import actions as audit
from reviewapp.reviews.models import Member
from reviewapp.web.errors import DomainError
from screening.models import Report, Study, StudyLink
from screening.outcomes import locks
from screening.outcomes.settle import settle


class CannotLink(DomainError):
    """The report cannot be linked so."""


@transaction.atomic
def link(member: Member, report: Report, study: Study) -> StudyLink:
    """Make a report one of the reports of a study; its former study keeps its other reports, and counts nowhere without any."""
    head = locks.heads([report.record_id])[0]
    old = StudyLink.objects.filter(report=report, undone_at=None).first()
    if old is None:
        raise CannotLink(_("Only a report that is included at full text belongs to a study."))
    if old.study_id == study.pk:
        return old
    StudyLink.objects.filter(pk=old.pk).update(undone_at=timezone.now(), undone_by=member)
    fresh = StudyLink.objects.create(review=member.review, study=study, report=report, by=member)
    audit.log("study:linked", review=member.review, actor=member, record=head, data={"report": report.number, "study": study.number})
    return fresh


@transaction.atomic
def unlink(member: Member, report: Report) -> Study:
    """Give a companion report back its own study: the one it had before, or a new one."""
    head = locks.heads([report.record_id])[0]
    live = StudyLink.objects.filter(report=report, undone_at=None).select_related("study").first()
    if live is None or live.is_primary:
        raise CannotLink(_("This report is the first of its study; link or unlink the others."))
    StudyLink.objects.filter(pk=live.pk).update(undone_at=timezone.now(), undone_by=member)
    own = StudyLink.objects.filter(report=report, is_primary=True).select_related("study").order_by("pk").first()
    if own is not None and not StudyLink.objects.filter(study=own.study, undone_at=None).exists():
        StudyLink.objects.create(review=member.review, study=own.study, report=report, is_primary=True, by=member)
    else:
        settle(head)
    study = StudyLink.objects.select_related("study").get(report=report, undone_at=None).study
    audit.log("study:unlinked", review=member.review, actor=member, record=head, data={"report": report.number, "study": study.number})
    return study


@transaction.atomic
def rename(member: Member, study: Study, label: str) -> None:
    """Give a study another label; labels are unique among the studies that count."""
    label = " ".join(label.split())[:120]
    if not label:
        raise CannotLink(_("A study needs a label, for example Surname Year."))
    if Study.objects.for_review(member.review).filter(label=label).exclude(pk=study.pk).exists():
        raise CannotLink(_("Another study has this label. Add a letter: %(label)sb.") % {"label": label})
    Study.objects.filter(pk=study.pk).update(label=label)
    audit.log("study:renamed", review=member.review, actor=member, data={"study": study.number})
