"""The code book as a tree, and its counts. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """A theme in the tree: its depth, and how many studies stand under it and its sub-themes: primary, and at all (each study once)."""

    theme: int
    depth: int
    primary: int
    any: int
    own_primary: int
    own_any: int


@dataclass(frozen=True)
class Place:
    """A live placement."""

    study: int
    theme: int
    is_primary: bool


def tree(parents: Mapping[int, int | None], order: Sequence[int], places: Iterable[Place] = ()) -> list[Node]:
    """Give the themes from the top down, each with its counts. ``order`` is the order among siblings."""
    places = list(places)
    children: dict[int | None, list[int]] = {}
    for theme in order:
        parent = parents[theme]
        children.setdefault(parent if parent in parents else None, []).append(theme)
    found: list[Node] = []

    def walk(theme: int, depth: int) -> None:
        below = within(theme, children)
        mine = [place for place in places if place.theme in below]
        own = [place for place in places if place.theme == theme]
        found.append(
            Node(
                theme, depth,
                primary=len({p.study for p in mine if p.is_primary}), any=len({p.study for p in mine}),
                own_primary=sum(p.is_primary for p in own), own_any=len(own),
            )
        )  # fmt: skip
        for child in children.get(theme, []):
            walk(child, depth + 1)

    for top in children.get(None, []):
        walk(top, 0)
    return found


def within(theme: int, children: Mapping[int | None, Sequence[int]]) -> set[int]:
    """Give a theme and everything under it."""
    found = {theme}
    for child in children.get(theme, []):
        found |= within(child, children)
    return found


def would_circle(theme: int, parent: int | None, parents: Mapping[int, int | None]) -> bool:
    """Say whether putting ``theme`` under ``parent`` would make it stand under itself."""
    seen: set[int] = set()
    while parent is not None and parent not in seen:
        if parent == theme:
            return True
        seen.add(parent)
        parent = parents.get(parent)
    return False
