"""What the pages of themes read: a fixed number of queries."""

from dataclasses import dataclass

from charting import queries
from charting.models import Placement, Theme
from charting.themes import rules
from charting.themes.rules import Node, Place
from reviewapp.reviews.models import Member, Review
from screening.models import Study


@dataclass(frozen=True)
class Branch:
    """A theme in the tree with its counts."""

    theme: Theme
    node: Node

    @property
    def depth(self) -> int:
        return min(self.node.depth, 3)


@dataclass(frozen=True)
class Line:
    """A study in the matrix: for each theme of the tree its placement, or None."""

    study: Study
    places: tuple[tuple[Theme, Placement | None], ...]

    @property
    def primary(self) -> Placement | None:
        return next((place for _theme, place in self.places if place is not None and place.is_primary), None)

    @property
    def placed(self) -> list[Placement]:
        return [place for _theme, place in self.places if place is not None]


@dataclass(frozen=True)
class CodeBook:
    """The themes and where the studies stand, as this member may know it."""

    branches: tuple[Branch, ...]
    lines: tuple[Line, ...]

    @property
    def with_primary(self) -> int:
        return sum(line.primary is not None for line in self.lines)

    @property
    def several(self) -> int:
        """Studies that stand under more than one theme."""
        return sum(len(line.placed) > 1 for line in self.lines)

    def line(self, number: int) -> Line | None:
        return next((line for line in self.lines if line.study.number == number), None)


def code_book(member: Member) -> CodeBook:
    """Read the tree with its counts and the matrix of studies and themes."""
    themes = {theme.pk: theme for theme in live_themes(member.review)}
    studies = sorted(queries.studies_for(member), key=lambda study: (study.label.casefold(), study.number))
    ids = {study.pk for study in studies}
    rows = Placement.objects.for_review(member.review).filter(undone_at=None).select_related("by__review", "by__user")
    placements = {(p.study_id, p.theme_id): p for p in rows if p.study_id in ids}
    places = [Place(p.study_id, p.theme_id, p.is_primary) for p in placements.values()]
    nodes = rules.tree({theme.pk: theme.parent_id for theme in themes.values()}, list(themes), places)
    order = [themes[node.theme] for node in nodes]
    lines = [Line(study, tuple((theme, placements.get((study.pk, theme.pk))) for theme in order)) for study in studies]
    return CodeBook(tuple(Branch(themes[node.theme], node) for node in nodes), tuple(lines))


def live_themes(review: Review) -> list[Theme]:
    """The themes in use, in the order among siblings."""
    return list(Theme.objects.for_review(review).filter(retired_at=None).order_by("order", "number"))


def roots(review: Review) -> dict[int, Theme]:
    """Give theme id → the theme at the top above it. Retired ones too: they may hold history."""
    themes = {theme.pk: theme for theme in Theme.objects.for_review(review)}

    def top(theme: Theme) -> Theme:
        seen: set[int] = set()
        while theme.parent_id in themes and theme.parent_id not in seen:
            seen.add(theme.pk)
            theme = themes[theme.parent_id]
        return theme

    return {pk: top(theme) for pk, theme in themes.items()}
