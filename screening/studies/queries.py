"""Included studies with their reports: only reports whose inclusion the reader may know."""

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet

from reviewapp.reviews.models import Member
from screening import visibility
from screening.models import Report, Study, StudyLink
from screening.vocabulary import Outcome, StageKind


@dataclass(slots=True)
class Row:
    """A study and its live links, the primary report first."""

    study: Study
    links: list[StudyLink] = field(default_factory=list)


def links(member: Member) -> QuerySet[StudyLink]:
    """Live links of reports that are included, as far as the member may know it."""
    included = visibility.outcomes(member).filter(stage__kind=StageKind.FULL_TEXT, decides=True, outcome=Outcome.GOES_ON)
    return (
        StudyLink.objects.for_review(member.review)
        .filter(Exists(included.filter(record=OuterRef("report__record"))), undone_at=None, report__record__head=None)
        .select_related("study", "report__record", "by__user", "by__review")
        .order_by("study__label", "study__number", "-is_primary", "report__number")
    )


def rows(member: Member) -> list[Row]:
    """The studies that count, by label."""
    found: dict[int, Row] = {}
    for link in links(member):
        found.setdefault(link.study_id, Row(link.study)).links.append(link)
    return list(found.values())


def row(member: Member, number: int) -> Row | None:
    """One study with its reports; None when it has none that the member may know."""
    own = list(links(member).filter(study__number=number))
    return Row(own[0].study, own) if own else None


def others(member: Member, study: Study) -> list[StudyLink]:
    """Reports of other studies: what can be linked to this one."""
    return list(links(member).exclude(study=study))


def report(member: Member, number: int) -> Report | None:
    """An included report by its number."""
    link = links(member).filter(report__number=number).first()
    return link.report if link else None
