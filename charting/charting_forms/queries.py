"""What the charting pages read: a fixed number of queries, whatever the number of studies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from charting import people, queries, visibility
from charting.charting_forms import rules, setup
from charting.charting_forms.fields import Field, left, soft_checks
from charting.models import Answer, ChartingForm, ChartingStep
from charting.vocabulary import AnswerKind, Mode, StepKind, StudyState
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening.models import Record, Study


@dataclass(frozen=True)
class Line:
    """A study in the list."""

    study: Study
    record: Record | None
    state: StudyState
    answered: int
    needed: int

    @property
    def title(self) -> str:
        return self.record.title if self.record else ""


@dataclass(frozen=True)
class Studies:
    """The list of studies to chart, as this member may know it."""

    lines: tuple[Line, ...]
    form: ChartingForm

    def count(self, *states: StudyState) -> int:
        return sum(line.state in states for line in self.lines)

    @property
    def charted(self) -> int:
        return self.count(StudyState.CHARTED, StudyState.VERIFIED)

    @property
    def verified(self) -> int:
        return self.count(StudyState.VERIFIED)

    def after(self, study: Study) -> Line | None:
        """The next study of the list, round to the first one; None where it is the only one."""
        ids = [line.study.pk for line in self.lines]
        if study.pk not in ids or len(ids) < 2:
            return None
        return self.lines[(ids.index(study.pk) + 1) % len(ids)]

    @property
    def next_open(self) -> Line | None:
        """The first study that is not charted."""
        return next((line for line in self.lines if line.state in (StudyState.NOT_BEGUN, StudyState.BEGUN)), None)


def studies(member: Member) -> Studies:
    """Read the list of studies with their states."""
    review = member.review
    found = queries.studies_for(member)
    form = setup.form(review)
    needed = [f.key for f in setup.fields(form) if f.required]
    rows = sorted(found, key=lambda study: (study.label.casefold(), study.number))
    records = queries.main_records(found)
    steps = _steps(member, form)
    totals = _totals(review)
    keys = _answered(member, form)
    lines = [
        Line(
            study,
            records.get(study.pk),
            rules.state_of(
                steps.get(study.pk, []), answers=totals.get(study.pk, 0), own_answers=len(keys.get(study.pk, ())), mode=form.mode
            ),
            len(keys.get(study.pk, set()) & set(needed)),
            len(needed),
        )
        for study in rows
    ]
    return Studies(tuple(lines), form)


def _totals(review: Any) -> dict[int, int]:
    rows = Answer.objects.for_review(review).filter(kind=AnswerKind.AGREED).values("study").annotate(n=Count("pk")).order_by()
    return {row["study"]: row["n"] for row in rows}


def _steps(member: Member, form: ChartingForm) -> dict[int, list[rules.Step]]:
    """Live steps per study. Where two chart apart, others' steps of a study are known once one's own is done (or to who does not chart)."""
    found: dict[int, list[rules.Step]] = {}
    rows = list(ChartingStep.objects.for_review(member.review).filter(undone_at=None).values_list("study_id", "kind", "by_id", "covers"))
    mine = {study for study, kind, by, _covers in rows if by == member.pk and kind == StepKind.CHARTED}
    apart = form.mode == Mode.DOUBLE and member.may(Right.APPRAISE)
    for study, kind, by, covers in rows:
        if not apart or by == member.pk or study in mine:
            found.setdefault(study, []).append(rules.Step(kind, by, covers))
    return found


def _answered(member: Member, form: ChartingForm) -> dict[int, set[str]]:
    """Study → keys with an answer: the agreed ones, or where two chart apart one's own."""
    rows: QuerySet[Answer] = visibility.own_answers(member) if form.mode == Mode.DOUBLE else visibility.agreed_answers(member.review)
    found: dict[int, set[str]] = {}
    for study, key in rows.exclude(value="").values_list("study_id", "field_key"):
        found.setdefault(study, set()).add(key)
    return found


@dataclass(frozen=True)
class Cell:
    """One field of one study on the page. ``kind`` is what a save writes; ``may_write`` whether this member may."""

    field: Field
    answer: Answer | None
    kind: AnswerKind
    may_write: bool
    warning: str = ""
    others: tuple[Answer, ...] = ()
    typed: Mapping[str, Any] | None = None
    clash: Answer | None = None
    problem: str = ""

    @property
    def value(self) -> str:
        return str(self.typed["value"]) if self.typed is not None else (self.answer.value if self.answer else "")

    @property
    def values(self) -> list[str]:
        return self.value.split("\n")

    @property
    def quote(self) -> str:
        return str(self.typed["quote"]) if self.typed is not None else (self.answer.quote if self.answer else "")

    @property
    def page(self) -> str:
        return str(self.typed["page"]) if self.typed is not None else (self.answer.page if self.answer else "")

    @property
    def version(self) -> int:
        return self.answer.version if self.answer else 0

    @property
    def groups(self) -> list[tuple[str, list[str]]]:
        """The choices by what they belong to."""
        found: dict[str, list[str]] = {}
        for choice in self.field.choices:
            found.setdefault(choice.within, []).append(choice.value)
        return list(found.items())

    @property
    def stray(self) -> str:
        """A value that an earlier version of the form offered and this one does not."""
        return self.value if self.field.has_list and self.value and self.value not in {c.value for c in self.field.choices} else ""


@dataclass(frozen=True)
class Sheet:
    """The charting form of one study, as this member may read and fill it."""

    study: Study
    record: Record | None
    form: ChartingForm
    cells: tuple[Cell, ...]
    state: StudyState
    covers: int
    steps: tuple[ChartingStep, ...]
    may_chart: bool
    may_verify: bool
    mine: tuple[ChartingStep, ...]
    waits_for_second: bool
    may_take_back: bool
    left: tuple[Field, ...] = field(default=())

    def cell(self, key: str) -> Cell | None:
        return next((cell for cell in self.cells if cell.field.key == key), None)

    @property
    def reconciles(self) -> bool:
        return self.form.mode == Mode.DOUBLE and any(cell.kind == AnswerKind.AGREED for cell in self.cells)


def sheet(member: Member, study: Study) -> Sheet:
    """Read one study's form. In the double mode one's own answers first; both beside the agreed one when two are done."""
    form = setup.form(member.review)
    fields = setup.fields(form)
    steps = list(ChartingStep.objects.filter(study=study, undone_at=None).select_related("by__review", "by__user"))
    totals = Answer.objects.filter(study=study, kind=AnswerKind.AGREED).count()
    mine = [s for s in steps if s.by_id == member.pk]
    writes = member.may(Right.APPRAISE)
    report = queries.main_report(study)
    record = report.record if report else None
    if writes and record is not None and people.is_own_paper(member, record):
        writes = False
    charted = [s for s in steps if s.kind == StepKind.CHARTED]
    done = any(s.kind == StepKind.CHARTED for s in mine)
    both = len(charted) >= rules.NEEDED_APART
    double = form.mode == Mode.DOUBLE
    kind = AnswerKind.OWN if double and writes and not (done and both) else AnswerKind.AGREED
    answers = list(visibility.answers(member, [study.pk]))
    values, cells = _cells(member, fields, answers, kind, may_write=writes and (not double or not done or both), record=record)
    known = steps if not double or done or not writes else mine
    pure = [rules.Step(s.kind, s.by_id, s.covers) for s in known]
    state = rules.state_of(pure, answers=totals, own_answers=sum(a.member_id == member.pk for a in answers), mode=form.mode)
    missing = tuple(left(fields, values))
    may_chart = writes and not (done if double else bool(charted))
    can_verify = writes and state == StudyState.CHARTED and rules.may_verify(pure, member.pk, mode=form.mode)
    return Sheet(
        study, record, form, tuple(cells), state, totals, tuple(known), may_chart, can_verify and not (double and bool(missing)),
        tuple(mine), double and done and not both,
        any(s.kind == StepKind.VERIFIED for s in mine) if double and both else bool(mine), missing,
    )  # fmt: skip


def _cells(
    member: Member, fields: Iterable[Field], answers: list[Answer], kind: AnswerKind, *, may_write: bool, record: Record | None
) -> tuple[dict[str, str], list[Cell]]:
    fields = tuple(fields)
    shown = {a.field_key: a for a in answers if a.kind == kind and (kind == AnswerKind.AGREED or a.member_id == member.pk)}
    values = {key: a.value for key, a in shown.items()}
    odd = soft_checks(fields, values, record_year=record.year if record else None)
    cells = []
    for f in fields:
        others = (
            tuple(a for a in answers if a.field_key == f.key and a.kind == AnswerKind.OWN and a.value) if kind == AnswerKind.AGREED else ()
        )
        if len({a.value for a in others}) < 2 and f.key in shown:
            others = ()  # they wrote the same: it is taken over
        cells.append(Cell(f, shown.get(f.key), kind, may_write, odd.get(f.key, ""), others))
    return values, cells


def versions(member: Member) -> list[ChartingForm]:
    """Every version of the form, newest first."""
    return list(ChartingForm.objects.for_review(member.review).select_related("by__review", "by__user").order_by("-number"))
