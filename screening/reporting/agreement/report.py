"""The agreement of a review as a report: per stage and arm, each round, each pair, and in total (METHOD.md B9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from reviewapp.reviews.models import Member, Review
from screening.models import ScreeningRound, Stage
from screening.reporting.rows import Rows
from screening.vocabulary import Arm, RoundKind, Verdict

from . import queries, rules
from .queries import Votes

CELLS = {"a": (True, True), "b": (True, False), "c": (False, True), "d": (False, False)}
COLUMNS = (
    "stage",
    "round",
    "arm",
    "first",
    "second",
    "both include",
    "only first includes",
    "only second includes",
    "both exclude",
    "n",
    "observed agreement",
    "positive agreement",
    "negative agreement",
    "kappa",
    "standard error",
    "95% low",
    "95% high",
    "PABAK",
    "prevalence index",
    "bias index",
    "remark",
)


@dataclass(frozen=True)
class PairFigures:
    """Two reviewers and their 2 × 2 table, with the address of the records behind each cell."""

    pair: queries.Pair
    figures: rules.TwoByTwo
    urls: dict[str, str]
    three: rules.Kappa | None = None  # include, maybe and exclude apart, where maybe is not counted as include
    over_time: str = ""

    @property
    def remark(self) -> str:
        return self.figures.reason or self.figures.kappa.reason or self.figures.kappa.interval_reason


@dataclass(frozen=True)
class ReasonFigures:
    """A reason of a pilot: on how many records somebody gave it, on how many all who excluded them, and how often two agree on it."""

    text: str
    records: int
    by_all: int
    agreement: float | None


@dataclass(frozen=True)
class PilotFigures:
    """More than two people on the same records: a pilot."""

    items: int
    people: int
    unanimous: float | None
    pairwise: float | None
    fleiss: rules.Coefficient
    reasons: tuple[ReasonFigures, ...] = ()


@dataclass(frozen=True)
class Line:
    """One round, or all rounds of a stage, in one arm."""

    stage: Stage
    round: ScreeningRound | None
    arm: Arm
    pairs: list[PairFigures]
    pilot: PilotFigures | None
    alpha: rules.Coefficient | None
    maybe_counts_as_include: bool = True
    fleiss: rules.Coefficient | None = None
    fleiss_votes: int = 0
    left_out: int | None = None  # records of a pilot that are left out of this line

    @property
    def name(self) -> str:
        name = self.round.name if self.round else _("All main and update rounds")
        return name if self.left_out is None else _("%(name)s, without the records of the pilot") % {"name": name}

    @property
    def arm_label(self) -> str:
        return str(self.arm.label)


@dataclass(frozen=True)
class StageReport:
    stage: Stage
    lines: list[Line]
    maybe_counts_as_include: bool
    maybes: bool
    without: list[Line] = field(default_factory=list)  # rounds again without records that were talked about in a pilot (METHOD.md B4)

    @property
    def all_lines(self) -> list[Line]:
        return [*self.lines, *self.without]


def report(review: Review, *, member: Member | None, rows: Rows | None = None) -> list[StageReport]:
    """Give the agreement of every stage; ``member`` None: everything (commands, snapshots). Only records open to the member count.

    ``rows``: what was fetched for the same member already.
    """
    rows = rows or Rows(review, member=member)
    people = {m.pk: m for m in Member.objects.for_review(review).select_related("review", "user")}
    votes = queries.independent_votes(rows)
    numbers = {row.record: row.number for row in rows.all}
    judged = [one for one in rows.rounds if one.kind != RoundKind.PRACTICE]
    stages = sorted({one.stage for one in judged}, key=lambda stage: stage.order)
    made = [_stage(stage, [one for one in judged if one.stage_id == stage.pk], votes, numbers, people) for stage in stages]
    pilots = [one for one in judged if one.kind == RoundKind.PILOT]
    given = queries.reasons_given(rows, pilots) if pilots else {}
    return [replace(one, lines=[_with_reasons(line, given) for line in one.lines]) for one in made]


def _with_reasons(line: Line, given: dict[tuple[int, Arm], dict[int, dict[int, str]]]) -> Line:
    """Give a pilot its figures per reason: over the exclusions, pair by pair of people who both excluded a record."""
    if line.pilot is None or line.round is None:
        return line
    items = [list(by.values()) for by in given.get((line.round.pk, line.arm), {}).values()]
    figures = tuple(
        ReasonFigures(
            reason["text"], sum(reason["key"] in named for named in items), sum(set(named) == {reason["key"]} for named in items),
            rules.specific_agreement(items, reason["key"]),
        )
        for reason in line.round.criteria.reasons
        if any(reason["key"] in named for named in items)
    )  # fmt: skip
    return replace(line, pilot=replace(line.pilot, reasons=figures))


def _stage(
    stage: Stage, rounds: list[ScreeningRound], votes: dict[tuple[int, Arm], Votes], numbers: dict[int, int], people: dict[int, Member]
) -> StageReport:
    maybe = rounds[-1].rules.maybe_counts_as_include
    votes = {(one.pk, arm): votes.get((one.pk, arm), {}) for one in rounds for arm in Arm}
    lines = []
    main = [one for one in rounds if one.kind != RoundKind.PILOT]
    for arm in Arm:
        for one in rounds:
            found = votes[one.pk, arm]
            if found or (arm == Arm.DATABASES and one in main):
                lines.append(_line(stage, one, arm, found, numbers, people, maybe=one.rules.maybe_counts_as_include))
        if len(main) > 1:
            merged: Votes = {}
            for one in main:
                for head, by in votes[one.pk, arm].items():
                    merged.setdefault(head, {}).update(by)
            if merged:
                lines.append(_line(stage, None, arm, merged, numbers, people, maybe=maybe))
    maybes = any(verdict == Verdict.MAYBE for found in votes.values() for by in found.values() for verdict in by.values())
    return StageReport(stage, lines, maybe, maybes, _without_pilots(stage, rounds, votes, numbers, people))


def _without_pilots(
    stage: Stage, rounds: list[ScreeningRound], votes: dict[tuple[int, Arm], Votes], numbers: dict[int, int], people: dict[int, Member]
) -> list[Line]:
    """Give each round that decides once more without the records that were discussed after a pilot, where it has any."""
    discussed = {head for one in rounds if one.kind == RoundKind.PILOT for arm in Arm for head in votes[one.pk, arm]}
    lines = []
    for arm in Arm:
        for one in rounds:
            found = votes[one.pk, arm]
            n = len(found.keys() & discussed)
            if n and one.kind != RoundKind.PILOT:
                rest = {head: by for head, by in found.items() if head not in discussed}
                lines.append(_line(stage, one, arm, rest, numbers, people, maybe=one.rules.maybe_counts_as_include, left_out=n))
    return lines


def _line(
    stage: Stage, round: ScreeningRound | None, arm: Arm, votes: Votes, numbers: dict[int, int], people: dict[int, Member], *,
    maybe: bool, left_out: int | None = None,
) -> Line:  # fmt: skip
    made = []
    for pair in queries.pairs_of(votes, people, numbers):
        figures = rules.two_by_two(*pair.cells(maybe_counts_as_include=maybe))
        urls = {cell: _address(stage, round, arm, pair, cell, without=left_out is not None) for cell in CELLS}
        apart = not maybe and any(Verdict.MAYBE in (one, two) for one, two, _number in pair.votes)
        three = rules.cohen(pair.three()) if apart else None
        over_time = _place("agreement_time", stage, round, arm, pair) if left_out is None else ""
        made.append(PairFigures(pair, figures, urls, three, over_time))
    pilot = _pilot(votes, maybe=maybe) if round is not None and round.kind == RoundKind.PILOT else None
    alpha, fleiss, size = None, None, 0
    if len(made) > 1 and pilot is None:
        reviewers = sorted({pk for by in votes.values() for pk in by})
        items = [[None if pk not in by else _forward(by[pk], maybe=maybe) for pk in reviewers] for by in votes.values()]
        alpha = rules.krippendorff(items)
        fleiss, size = rules.fleiss_where_equal(items)
    return Line(stage, round, arm, made, pilot, alpha, maybe, fleiss, size, left_out)


def _forward(verdict: str, *, maybe: bool) -> bool:
    return verdict == Verdict.INCLUDE or (maybe and verdict == Verdict.MAYBE)


def _pilot(votes: Votes, *, maybe: bool) -> PilotFigures:
    """Figures over the records that everybody of the pilot judged."""
    reviewers = sorted({pk for by in votes.values() for pk in by})
    whole = [[_forward(by[pk], maybe=maybe) for pk in reviewers] for by in votes.values() if len(by) == len(reviewers)]
    counts = [[sum(item), len(item) - sum(item)] for item in whole]
    return PilotFigures(len(whole), len(reviewers), rules.unanimous_share(whole), rules.mean_pairwise(whole), rules.fleiss(counts))


def _address(stage: Stage, round: ScreeningRound | None, arm: Arm, pair: queries.Pair, cell: str, *, without: bool = False) -> str:
    more: dict[str, str | int] = {"cell": cell}
    return _place("agreement_records", stage, round, arm, pair, **(more | {"without": 1} if without else more))


def _place(name: str, stage: Stage, round: ScreeningRound | None, arm: Arm, pair: queries.Pair, **more: str | int) -> str:
    query: dict[str, str | int] = {"stage": stage.order, "arm": arm.value, "first": pair.first.number, "second": pair.second.number, **more}
    if round is not None:
        query["round"] = round.number
    return reverse(name, args=[stage.review.slug]) + f"?{urlencode(query)}"


def find(found: Sequence[StageReport], asked: dict[str, str]) -> tuple[Line, PairFigures] | None:
    """Give the line and the pair that an address names, or None."""
    for stage in found:
        for line in stage.without if asked.get("without") else stage.lines:
            same = (str(line.stage.order), str(line.round.number) if line.round else "", line.arm.value)
            if same == (asked.get("stage", ""), asked.get("round", ""), asked.get("arm", "")):
                for one in line.pairs:
                    if (str(one.pair.first.number), str(one.pair.second.number)) == (asked.get("first"), asked.get("second")):
                        return line, one
    return None


def rows(found: Sequence[StageReport]) -> list[list[object]]:
    """Give the report as rows of a table (COLUMNS)."""
    made: list[list[object]] = []
    for stage in found:
        for line in stage.all_lines:
            for one in line.pairs:
                made.append(_row(line, one))
            made += _many(line)
    return made


def _row(line: Line, one: PairFigures) -> list[object]:
    f, k = one.figures, one.figures.kappa
    interval = (k.interval.low, k.interval.high) if k.interval else (None, None)
    numbers = [f.po, f.positive, f.negative, k.value, k.se, *interval, f.pabak, f.prevalence, f.bias]
    return [
        str(line.stage),
        line.name,
        line.arm_label,
        one.pair.first.label,
        one.pair.second.label,
        f.a,
        f.b,
        f.c,
        f.d,
        f.n,
        *(None if n is None else round(n, 6) for n in numbers),
        one.remark,
    ]


def _many(line: Line) -> list[list[object]]:
    blank: list[object] = [None] * 4
    head: list[object] = [str(line.stage), line.name, line.arm_label]
    if line.pilot is not None:
        p = line.pilot
        names = ("unanimous share", "mean pairwise agreement", "Fleiss kappa")
        values = (p.unanimous, p.pairwise, p.fleiss.value)
        return [
            [
                *head,
                f"{p.people} people",
                name,
                *blank,
                p.items,
                *([None] * 3),
                None if v is None else round(v, 6),
                *([None] * 6),
                p.fleiss.reason,
            ]
            for name, v in zip(names, values, strict=True)
        ]
    if line.alpha is not None:
        both = [("Krippendorff alpha", line.alpha), (f"Fleiss kappa, records with {line.fleiss_votes} votes", line.fleiss)]
        told = [(name, one, None if one.value is None else round(one.value, 6)) for name, one in both if one is not None]
        return [[*head, "all", name, *blank, one.n, *([None] * 3), value, *([None] * 6), one.reason] for name, one, value in told]
    return []


def over_time(rows: Rows, line: Line, one: PairFigures, *, every: int | None) -> list[rules.Period]:
    """Cut the records that a pair shares into weeks, or into stretches of ``every`` records, by when the second of their votes came."""
    round_ids = [line.round.pk] if line.round is not None else _deciding(rows, line.stage)
    heads = {row.number: row.record for row in rows.all}
    came: dict[tuple[int, int], dt.datetime] = {}
    for (_round, head, reviewer), at in queries.times(rows, round_ids, [one.pair.first.pk, one.pair.second.pk]).items():
        came[head, reviewer] = max(at, came.get((head, reviewer), at))
    judged: list[rules.Judged] = []
    for first, second, number in one.pair.votes:
        head = heads[number]
        at = max(came[head, one.pair.first.pk], came[head, one.pair.second.pk])
        forward = [_forward(verdict, maybe=line.maybe_counts_as_include) for verdict in (first, second)]
        judged.append((timezone.localtime(at), forward[0], forward[1]))
    return rules.by_week(judged) if every is None else rules.by_count(judged, every)


def _deciding(rows: Rows, stage: Stage) -> list[int]:
    return [one.pk for one in rows.rounds if one.stage_id == stage.pk and one.kind not in (RoundKind.PILOT, RoundKind.PRACTICE)]
