"""What the page of the classification table reads: a fixed number of queries, whatever the number of reports."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from charting import people, queries, visibility
from charting.classification_table import rules, setup
from charting.classification_table.rules import Advice, Agreement, MatrixCell, Rule
from charting.models import AgreedRating, ClassificationRule, RatingScale
from charting.vocabulary import LOWEST, ScaleKey, Suggestion
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening.models import Record, Report


def sign(member: Member) -> str:
    """*A1* for Author 1, in the heads of narrow columns."""
    return f"{member.review.author_word[:1]}{member.author_number}" if member.author_number else member.user.initials


@dataclass(frozen=True)
class Spot:
    """One rater's place in a row; ``is_mine`` where the reader rates."""

    rating: Any
    is_mine: bool


@dataclass(frozen=True)
class Cells:
    """One report on one scale, as far as it is open to the reader."""

    scale: RatingScale
    spots: tuple[Spot, ...]
    own: Any
    agreed: AgreedRating | None
    is_open: bool

    @property
    def values(self) -> list[int]:
        return [rating.value for rating in self.given if rating.value is not None]

    @property
    def spread(self) -> int | None:
        return rules.spread(self.values)

    @property
    def is_wide(self) -> bool:
        return rules.is_wide(self.values)

    @property
    def given(self) -> list[Any]:
        """The ratings that the reader may read."""
        return [spot.rating for spot in self.spots if spot.rating is not None]

    @property
    def wait_for_agreement(self) -> bool:
        return self.is_open and self.agreed is None and len(self.values) > 1

    def anchors(self) -> list[dict[str, Any]]:
        """From the highest value down: what it means, and who chose it."""
        chosen: dict[int, list[str]] = {}
        for rating in self.given:
            chosen.setdefault(rating.value or LOWEST, []).append(sign(rating.member))
        return [anchor | {"who": " ".join(chosen.get(anchor["value"], []))} for anchor in reversed(self.scale.anchors)]


@dataclass(frozen=True)
class Row:
    """One report of the table."""

    report: Report
    cells: tuple[Cells, ...]
    advice: Advice
    is_own_paper: bool
    mine_left: bool

    @property
    def record(self) -> Record:
        record: Record = self.report.record
        return record

    @property
    def label(self) -> str:
        return self.record.short_name

    @property
    def place(self) -> tuple[str, int]:
        """Where the row stands in the table: by the first author."""
        return self.label.casefold(), self.report.number

    @property
    def is_wide(self) -> bool:
        return any(cells.is_wide for cells in self.cells)

    @property
    def waits(self) -> bool:
        return any(cells.wait_for_agreement for cells in self.cells)

    @property
    def agreed(self) -> dict[str, int]:
        return {c.scale.key: c.agreed.value for c in self.cells if c.agreed is not None and c.agreed.value is not None}

    @property
    def pair(self) -> tuple[int, int] | None:
        """The agreed relevance and design, once both are there."""
        found = self.agreed
        if ScaleKey.RELEVANCE in found and ScaleKey.DESIGN in found:
            return found[ScaleKey.RELEVANCE], found[ScaleKey.DESIGN]
        return None

    def on(self, scale: str) -> Cells | None:
        return next((cells for cells in self.cells if cells.scale.key == scale), None)


@dataclass(frozen=True)
class Table:
    """The whole table, as this member may read it."""

    member: Member
    scales: tuple[RatingScale, ...]
    raters: tuple[Member, ...]
    rows: tuple[Row, ...]
    version: ClassificationRule
    rule: Rule
    figures: dict[int, Agreement] = field(default_factory=dict)

    @property
    def rates(self) -> bool:
        """Whether the reader rates."""
        return self.member.may(Right.APPRAISE)

    def shown(self, show: str = "", at: tuple[int, int] | None = None) -> list[Row]:
        """The rows of a tab (wide, mine, agree, or all), or of one cell of the matrix."""
        if at is not None:
            return [row for row in self.rows if row.pair == at]
        tests = {"wide": lambda r: r.is_wide, "mine": lambda r: r.mine_left, "agree": lambda r: r.waits}
        return [row for row in self.rows if show not in tests or tests[show](row)]

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(self.shown(name)) for name in ("", "mine", "agree", "wide")} | {"all": len(self.rows)}

    @property
    def matrix(self) -> list[list[MatrixCell]]:
        corner = rules.corner(self.rule, ScaleKey.RELEVANCE, ScaleKey.DESIGN)
        return rules.matrix([row.pair for row in self.rows if row.pair is not None], corner)

    @property
    def suggested(self) -> dict[str, int]:
        """How many reports the rule suggests to include, exclude, discuss, and how many are not agreed yet."""
        return {str(s.value): sum(row.advice.suggestion == s for row in self.rows) for s in Suggestion}

    @property
    def asked(self) -> list[tuple[str, int]]:
        """What the rule asks: scale and least agreed value."""
        return [(scale.name, self.rule.minimums[scale.key]) for scale in self.scales if self.rule.minimums.get(scale.key)]

    @property
    def complete(self) -> int:
        """Reports agreed on every scale."""
        return sum(len(row.agreed) == len(self.scales) for row in self.rows)

    def row(self, number: int) -> Row | None:
        return next((row for row in self.rows if row.report.number == number), None)


def table(member: Member) -> Table:
    """Read the classification table as this member may see it."""
    review = member.review
    scales = setup.scales(review)
    version = setup.rule_version(review)
    rule = setup.rule(version)
    reports = sorted(queries.reports_for(member), key=lambda report: (report.record.short_name.casefold(), report.number))
    ratings = list(visibility.ratings(member))
    raters = _raters(member, ratings)
    by_place = {(r.report_id, r.scale_id, r.member_id): r for r in ratings}
    agreed = {(a.report_id, a.scale_id): a for a in visibility.agreed_ratings(review)}
    is_open = visibility.open_cells(member)
    own_papers = people.own_papers(member)
    rates = member.may(Right.APPRAISE)
    rows = []
    for report in reports:
        cells = tuple(
            Cells(
                scale=scale,
                spots=tuple(Spot(by_place.get((report.pk, scale.pk, rater.pk)), rates and rater.pk == member.pk) for rater in raters),
                own=by_place.get((report.pk, scale.pk, member.pk)),
                agreed=agreed.get((report.pk, scale.pk)),
                is_open=(report.pk, scale.pk) in is_open,
            )
            for scale in scales
        )
        values = {c.scale.key: c.agreed.value if c.agreed else None for c in cells}
        own_paper = report.record_id in own_papers
        left = rates and not own_paper and any(c.own is None for c in cells)
        rows.append(Row(report, cells, rules.suggest(values, rule), own_paper, left))
    return Table(member, tuple(scales), tuple(raters), tuple(rows), version, rule, _agreement(member, scales, {r.pk for r in reports}))


def _raters(member: Member, ratings: Iterable[Any]) -> list[Member]:
    """Who rates now, and whoever left ratings that may be read."""
    now = people.raters(member.review)
    known = {rater.pk for rater in now}
    former = {r.member_id: r.member for r in ratings if r.member_id not in known}
    return [*now, *sorted(former.values(), key=lambda one: one.number)]


def _agreement(member: Member, scales: Sequence[RatingScale], report_ids: set[int]) -> dict[int, Agreement]:
    found: dict[int, dict[int, dict[int, int]]] = {}
    for scale_id, report_id, rater_id, value in visibility.independent_ratings(member).values_list(
        "scale_id", "report_id", "member_id", "value"
    ):
        if report_id in report_ids and value is not None:
            found.setdefault(scale_id, {}).setdefault(report_id, {})[rater_id] = value
    return {scale.pk: rules.agreement(found.get(scale.pk, {})) for scale in scales if scale.pk}


def rule_versions(member: Member) -> list[ClassificationRule]:
    """Every version of the rule, newest first."""
    return list(ClassificationRule.objects.for_review(member.review).select_related("by__review", "by__user").order_by("-number"))


def export_rows(found: Table) -> tuple[list[str], list[list[Any]]]:
    """Give head and rows of the table for export: what this member may read, nothing else."""
    head = ["Report", "Title", "Year", "DOI"]
    for scale in found.scales:
        head += [f"{scale.name}: {rater.label}" for rater in found.raters]
        head += [f"{scale.name}: agreed", f"{scale.name}: spread", f"{scale.name}: note"]
    rows: list[list[Any]] = []
    for row in found.rows:
        line: list[Any] = [row.label, row.record.title, row.record.year, row.record.doi]
        for cells in row.cells:
            line += [spot.rating.value if spot.rating is not None else None for spot in cells.spots]
            line += [cells.agreed.value if cells.agreed else None, cells.spread, cells.agreed.note if cells.agreed else ""]
        rows.append([*line, str(row.advice.suggestion.label), str(row.advice.ground.label)])
    return [*head, "Suggestion", "Ground"], rows
