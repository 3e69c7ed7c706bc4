"""Which reports are assessed and which studies are charted. Paused ones (no longer going on, merged away) are in neither."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from charting.visibility import own_ratings
from reviewapp.reviews.models import Member, Review
from screening import visibility
from screening.models import Record, Report, RoundRecord, Study, StudyLink
from screening.vocabulary import Outcome, Retrieval, RoundKind, StageKind, StudyStatus

DECIDING_KINDS = (RoundKind.MAIN, RoundKind.UPDATE, RoundKind.RELOOK)


def _full_text_rows(rows: QuerySet[RoundRecord] | None = None) -> QuerySet[RoundRecord]:
    rows = RoundRecord.objects.all() if rows is None else rows
    return rows.filter(stage__kind=StageKind.FULL_TEXT, round__kind__in=DECIDING_KINDS, is_live=True)


def reports_under_assessment(review: Review) -> QuerySet[Report]:
    """Reports that are retrieved and whose record lives in the full-text stage."""
    rows = _full_text_rows().filter(record=OuterRef("record"))
    return (
        Report.objects.for_review(review)
        .filter(Exists(rows), retrieval=Retrieval.RETRIEVED, same_document_as=None, record__head=None)
        .select_related("record")
    )


def reports_for(member: Member) -> QuerySet[Report]:
    """As ``reports_under_assessment``, of those whose going on to full text this member may know."""
    known = Record.objects.for_review(member.review).filter(visibility.knows_outcomes(member), pk=OuterRef("record"))
    return reports_under_assessment(member.review).filter(Exists(known))


def known(member: Member) -> QuerySet[Report]:
    """Reports of which this member may know that they are there: sought ones, and those that they rated when they went on."""
    rated = own_ratings(member).filter(report=OuterRef("pk"))
    sought = Report.objects.for_review(member.review).filter(visibility.of_known_records(member), pk=OuterRef("pk"))
    assessed = reports_for(member).filter(pk=OuterRef("pk"))
    return Report.objects.for_review(member.review).filter(Exists(sought) | Exists(rated) | Exists(assessed))


def _studies(review: Review, rows: QuerySet[RoundRecord]) -> QuerySet[Study]:
    links = StudyLink.objects.filter(
        Exists(rows.filter(record=OuterRef("report__record"), outcome=Outcome.GOES_ON, decides=True)),
        study=OuterRef("pk"),
        undone_at=None,
    )
    return Study.objects.for_review(review).filter(Exists(links), status=StudyStatus.INCLUDED)


def studies_charted(review: Review) -> QuerySet[Study]:
    """Studies to chart: included, with a live link to a report that goes on at full text."""
    return _studies(review, _full_text_rows())


def studies_for(member: Member) -> QuerySet[Study]:
    """As ``studies_charted``, of those whose inclusion this member may know."""
    return _studies(member.review, _full_text_rows(visibility.outcomes(member)))


def main_records(studies: QuerySet[Study]) -> dict[int, Record]:
    """Give study id → the record of its primary report (else of its first), for titles and years. One query."""
    links = StudyLink.objects.filter(study__in=studies, undone_at=None).select_related("report__record").order_by("-is_primary", "pk")
    found: dict[int, Record] = {}
    for link in links:
        found.setdefault(link.study_id, link.report.record)
    return found


def main_report(study: Study) -> Report | None:
    """Give the primary report of a study, else its first."""
    link: Any = StudyLink.objects.filter(study=study, undone_at=None).select_related("report__record").order_by("-is_primary", "pk").first()
    return link.report if link else None
