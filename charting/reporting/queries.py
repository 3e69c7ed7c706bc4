"""Table 1 and the counts of the charts, from the studies that are charted. A fixed number of queries."""

from dataclasses import dataclass

from charting import visibility
from charting.charting_forms import queries as charting
from charting.charting_forms import setup
from charting.charting_forms.fields import NOT_REPORTED, Field
from charting.charting_forms.queries import Studies
from charting.models import Answer, Placement, Theme
from charting.reporting import rules
from charting.reporting.rules import Count, Cross
from charting.themes import queries as themes
from charting.vocabulary import StudyState
from reviewapp.reviews.models import Member
from screening.models import Study

CHARTED = (StudyState.CHARTED, StudyState.VERIFIED)
LAST = ("multi", NOT_REPORTED)


@dataclass(frozen=True)
class Row:
    """One charted study of Table 1; ``answers`` by field key."""

    study: Study
    answers: dict[str, Answer]
    is_verified: bool
    year: str
    cells: tuple[Answer | None, ...] = ()

    def value(self, key: str) -> str:
        return self.answers[key].value if key in self.answers else ""


@dataclass(frozen=True)
class Group:
    """The rows of one theme, by primary placement."""

    theme: Theme | None
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Table1:
    """Table 1 as it stands: its columns, groups, and how many included studies are not charted yet."""

    columns: tuple[Field, ...]
    groups: tuple[Group, ...]
    studies: Studies
    fields: tuple[Field, ...]
    places: dict[int, list[Theme]]

    @property
    def rows(self) -> list[Row]:
        return [row for group in self.groups for row in group.rows]

    @property
    def left_out(self) -> int:
        return len(self.studies.lines) - len(self.rows)

    @property
    def unverified(self) -> int:
        return sum(not row.is_verified for row in self.rows)


def table1(member: Member) -> Table1:
    """Read Table 1 as this member may know it, grouped by primary theme in the order of the code book."""
    studies = charting.studies(member)
    fields = setup.fields(studies.form)
    columns = tuple(f for f in fields if f.in_table)
    answers: dict[int, dict[str, Answer]] = {}
    for answer in visibility.agreed_answers(member.review).exclude(value=""):
        answers.setdefault(answer.study_id, {})[answer.field_key] = answer
    order = [branch.theme for branch in themes.code_book(member).branches]
    primary, places = _places(member)
    rows: dict[int | None, list[Row]] = {}
    for line in studies.lines:
        if line.state not in CHARTED:
            continue
        found = answers.get(line.study.pk, {})
        year = found["year"].value if "year" in found else str(line.record.year or "") if line.record else ""
        row = Row(line.study, found, line.state == StudyState.VERIFIED, year, tuple(found.get(f.key) for f in columns))
        rows.setdefault(primary.get(line.study.pk), []).append(row)
    groups = [Group(theme, tuple(rows[theme.pk])) for theme in order if theme.pk in rows]
    stray = [row for pk, some in rows.items() if pk not in {theme.pk for theme in order} for row in some]
    if stray:
        groups.append(Group(None, tuple(stray)))
    return Table1(columns, tuple(groups), studies, fields, places)


def _places(member: Member) -> tuple[dict[int, int], dict[int, list[Theme]]]:
    primary: dict[int, int] = {}
    places: dict[int, list[Theme]] = {}
    for place in (
        Placement.objects.for_review(member.review).filter(undone_at=None).select_related("theme").order_by("-is_primary", "theme__order")
    ):
        places.setdefault(place.study_id, []).append(place.theme)
        if place.is_primary:
            primary[place.study_id] = place.theme_id
    return primary, places


def export(found: Table1) -> tuple[list[str], list[list[object]], list[list[object]]]:
    """Give head and rows of Table 1 with every field, and the short rows of the printed columns."""
    head = ["Study", "Theme", "Further themes", *(f.label for f in found.fields)]
    long: list[list[object]] = []
    short: list[list[object]] = []
    for group in found.groups:
        for row in group.rows:
            further = [str(t) for t in found.places.get(row.study.pk, []) if group.theme is None or t.pk != group.theme.pk]
            long.append([row.study.label, str(group.theme or ""), "; ".join(further), *(row.value(f.key) for f in found.fields)])
            country = row.value("country")
            short.append([f"{row.study.label}\n{country}".strip(), *(row.value(f.key) for f in found.columns)])
    return head, long, short


@dataclass(frozen=True)
class Charts:
    """The counts of the summaries, over the charted studies."""

    n: int
    left_out: int
    years: list[Count]
    countries: list[Count]
    designs: list[Count]
    populations: list[Count]
    by_theme: Cross
    without_theme: int


def charts(member: Member) -> Charts:
    """Count years, countries, designs and populations, and cross designs with the themes at the top by primary placement."""
    found = table1(member)
    rows = found.rows
    tops = themes.roots(member.review)
    theme_of = {row.study.pk: tops.get(group.theme.pk) for group in found.groups if group.theme is not None for row in group.rows}
    order = [str(branch.theme) for branch in themes.code_book(member).branches if branch.node.depth == 0]
    pairs = [(row.value("design") or NOT_REPORTED, str(theme_of[row.study.pk])) for row in rows if theme_of.get(row.study.pk) is not None]

    def given(key: str) -> list[str]:
        return [row.value(key) or NOT_REPORTED for row in rows]

    return Charts(
        n=len(rows),
        left_out=found.left_out,
        years=rules.years([row.year or NOT_REPORTED for row in rows]),
        countries=rules.values(given("country"), LAST),
        designs=rules.values(given("design"), LAST),
        populations=rules.values(given("population"), LAST),
        by_theme=rules.cross(pairs, order),
        without_theme=len(rows) - len(pairs),
    )
