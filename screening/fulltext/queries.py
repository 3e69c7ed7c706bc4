"""What the full-text pages show: reports whose records the reader may know to have gone on, one's own vote, others' once open."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening import visibility
from screening.models import FullText, Report, RetrievalStep, RoundMember, RoundRecord, ScreeningRound, StudyLink
from screening.outcomes import groups
from screening.queues import queries as queues
from screening.vocabulary import Outcome, Retrieval, StageKind

ALL, MINE, SETTLED = "all", "mine", "settled"
STATES = (Retrieval.SOUGHT, Retrieval.REQUESTED, Retrieval.RETRIEVED, Retrieval.NOT_RETRIEVED)


@dataclass(frozen=True, slots=True)
class Tab:
    """A way to filter the list, with its count."""

    name: str
    n: int
    value: str
    current: bool


def known(member: Member) -> QuerySet[Report]:
    """Reports of the review that this member may know of."""
    return Report.objects.for_review(member.review).filter(visibility.of_known_records(member))


def outcomes(member: Member) -> QuerySet[RoundRecord]:
    """Full-text outcomes that this member may know."""
    return visibility.outcomes(member).filter(stage__kind=StageKind.FULL_TEXT, decides=True)


def my_rounds(member: Member) -> list[ScreeningRound]:
    """The full-text rounds in which this member votes now."""
    return [round for round in queues.my_rounds(member) if round.stage.is_full_text]


def waiting(member: Member) -> Q:
    """A condition on Report: it waits for this member's vote."""
    condition = Q(pk__in=[])
    for round in my_rounds(member):
        condition |= Q(record__in=queues.waiting_for(member, round).values("record"))
    return condition


def shown(member: Member, show: str, text: str) -> QuerySet[Report]:
    """The reports that the address asks for, unordered."""
    rows = found(known(member), text)
    if show == MINE:
        return rows.filter(waiting(member))
    if show == SETTLED:
        return rows.filter(Exists(outcomes(member).filter(record=OuterRef("record"))))
    if show in {state.value for state in STATES}:
        return rows.filter(retrieval=show)
    return rows


def found(rows: QuerySet[Report], text: str) -> QuerySet[Report]:
    """Reports with every word of ``text`` in title, authors, journal, year, DOI, or as the number of report or record."""
    for word in text.split()[:8]:
        written = json.dumps(word)[1:-1]  # authors are stored as JSON, on one engine with its escapes
        condition = Q(record__title__icontains=word) | Q(record__journal__icontains=word) | Q(record__doi__icontains=word)
        condition |= Q(record__authors__icontains=word) | Q(record__authors__icontains=written)
        if word.isdecimal() and len(word) < 9:
            condition |= Q(number=int(word)) | Q(record__number=int(word)) | Q(record__year=int(word))
        rows = rows.filter(condition)
    return rows


def tabs(member: Member, show: str) -> list[Tab]:
    """Give the ways to filter, with counts of what this member may know."""
    counts = {state.value: Count("pk", filter=Q(retrieval=state)) for state in STATES}
    settled = Count("pk", filter=Exists(outcomes(member).filter(record=OuterRef("record"))))
    n = known(member).aggregate(all=Count("pk"), settled=settled, **counts)
    listed = [(ALL, _("All"))]
    if my_rounds(member):
        n[MINE] = known(member).filter(waiting(member)).count()
        listed.append((MINE, _("To vote on by you")))
    listed += [(state.value, str(state.label).capitalize()) for state in STATES]
    listed.append((SETTLED, _("Settled")))
    return [Tab(name, n[value], value, value == show) for value, name in listed]


@dataclass(slots=True)
class Line:
    """One report in the list."""

    report: Report
    chase_on: date | None = None
    files: int = 0
    mine: str = ""
    outcome: str = ""

    @property
    def is_late(self) -> bool:
        return self.chase_on is not None and self.chase_on < timezone.localdate()


def lines(member: Member, reports: list[Report]) -> list[Line]:
    """Say of each report how far it is: retrieval, one's own vote, and the outcome where one may know it."""
    ids = [report.pk for report in reports]
    records = {report.record_id: report for report in reports}
    at = {report.pk: Line(report) for report in reports}
    for step in RetrievalStep.objects.filter(report_id__in=ids).order_by("pk"):
        line = at[step.report_id]
        line.chase_on = step.chase_on if line.report.retrieval in (Retrieval.SOUGHT, Retrieval.REQUESTED) else None
    for report_id, n in (
        FullText.objects.filter(report_id__in=ids, withdrawn_at=None).values_list("report").annotate(n=Count("pk")).order_by()
    ):
        at[report_id].files = n
    for row in outcomes(member).filter(record_id__in=records):
        at[records[row.record_id].pk].outcome = row.outcome
    if member.may(Right.SCREEN):
        for round in my_rounds(member):
            for vote in visibility.my_votes(member, round).filter(Q(record__in=records) | Q(record__head__in=records)):
                report = records.get(vote.record.head_id or vote.record_id)
                if report is not None:
                    at[report.pk].mine = vote.verdict
    return list(at.values())


@dataclass(frozen=True, slots=True)
class Choice:
    """A reason to exclude with its key on the keyboard."""

    number: int
    key: str
    text: str


@dataclass(slots=True)
class Page:
    """Everything the page of one report shows."""

    report: Report
    files: list[FullText]
    file: FullText | None
    steps: list[RetrievalStep]
    links: list[str]
    row: RoundRecord | None
    round: ScreeningRound | None
    reasons: list[Choice] = field(default_factory=list)
    mine: Any = None
    others: list[Any] = field(default_factory=list)
    in_team: bool = False
    is_open: bool = False
    outcome: str = ""
    reason: str = ""
    study: Any = None
    note: str = ""
    key: str = field(default_factory=lambda: uuid4().hex)
    voted: int = 0
    left: int = 0
    next: Report | None = None
    previous: Report | None = None
    recused: bool = False

    @property
    def is_here(self) -> bool:
        return self.report.retrieval == Retrieval.RETRIEVED

    @property
    def takes_votes(self) -> bool:
        """Whether the decision bar is live for this member."""
        open_now = self.row is not None and self.round is not None and (self.round.is_open or self.row.reopened)
        return self.in_team and open_now and self.is_here and not self.recused

    @property
    def total(self) -> int:
        return self.voted + self.left

    @property
    def newest(self) -> RetrievalStep | None:
        return self.steps[-1] if self.steps else None


def report_page(member: Member, report: Report) -> Page:
    """Collect the page of a report that the member may know of."""
    files = list(report.full_texts.filter(withdrawn_at=None).select_related("by__user", "by__review").order_by("-number"))
    steps = list(report.steps.select_related("by__user", "by__review"))
    row, in_team = _row(member, report)
    links = [step.link for step in reversed(steps) if is_web(step.link)]
    page = Page(
        report, files, files[0] if files else None, steps, list(dict.fromkeys(links)), row, row.round if row else None, in_team=in_team
    )
    if row is not None:
        _votes(member, page, row)
        if in_team:
            _queue(member, page, row)
    return page


def is_web(address: str) -> bool:
    """Say whether an address is one that a page may link to."""
    return address.lower().startswith(("https://", "http://"))


def _row(member: Member, report: Report) -> tuple[RoundRecord | None, bool]:
    """Give the place of the record in full text, the member's own round before others, and whether the member votes there."""
    rows = list(
        RoundRecord.objects.filter(record=report.record, stage__kind=StageKind.FULL_TEXT, is_live=True)
        .select_related("record", "stage", "reason", "round__stage", "round__rules", "round__criteria", "round__review")
        .order_by("-decides", "-round__number")
    )
    teams = set(RoundMember.objects.filter(round__in=[row.round_id for row in rows], member=member).values_list("round_id", flat=True))
    own = [row for row in rows if row.round_id in teams]
    active = next((row for row in own if row.round.is_open or row.reopened), None)
    chosen = active or (rows[0] if rows else None)
    return chosen, chosen is not None and chosen.round_id in teams and member.may(Right.SCREEN)


def _votes(member: Member, page: Page, row: RoundRecord) -> None:
    round = row.round
    page.reasons = [Choice(n, reason["key"], reason["text"]) for n, reason in enumerate(round.criteria.reasons, start=1)]
    ids = groups.member_ids(row.record)
    page.mine = visibility.my_votes(member, round).filter(record_id__in=ids).prefetch_related("further_reasons").first()
    own_note = visibility.my_notes(member, round.stage, ids).first()
    page.note = page.mine.note if page.mine and page.mine.note else own_note.text if own_note else ""
    page.is_open = visibility.is_open(member, row)
    if page.is_open:
        votes = visibility.current(visibility.decisions(member, record_ids=ids, round=round)).exclude(reviewer=member)
        page.others = list({vote.reviewer_id: vote for vote in votes}.values())
    if (settled := outcomes(member).filter(pk=row.pk).first()) is not None:
        page.outcome = settled.outcome
        if page.is_open and row.reason is not None:
            page.reason = row.reason.text
        if settled.outcome == Outcome.GOES_ON:
            link = StudyLink.objects.filter(report=page.report, undone_at=None).select_related("study").first()
            page.study = link.study if link else None
    page.recused = page.in_team and visibility.recused(member, round).filter(record_id__in=ids).exists()


def _queue(member: Member, page: Page, row: RoundRecord) -> None:
    """One's own queue in this round, and the reports before and after this one in one's own order."""
    progress = queues.progress(member, row.round)
    page.voted, page.left = progress.voted, progress.left
    place = RoundMember.objects.get(round=row.round, member=member)
    rows = queues.waiting_for(member, row.round).exclude(pk=row.pk).select_related("record__report")
    up, down = (
        rows.filter(shuffle__gte=row.shuffle).order_by("shuffle", "pk"),
        rows.filter(shuffle__lte=row.shuffle).order_by("-shuffle", "-pk"),
    )
    ahead, behind = (down, up) if place.backwards else (up, down)
    first = ahead.first() or rows.order_by("-shuffle" if place.backwards else "shuffle").first()
    page.next = first.record.report if first else None
    last = behind.first()
    page.previous = last.record.report if last else None
