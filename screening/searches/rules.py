"""What PRISMA-S asks of each search, and what is not told yet. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: What people write for *there was none*: told, and nothing follows from it.
NONE = frozenset({"none", "no", "no limits", "ingen", "ingen grenser", "nej", "nei", "inga", "n/a", "–", "-"})


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a search log tells: its key, the items of PRISMA-S it belongs to, which arm owes it, how it is known to be told, and what
    it follows from."""

    key: str
    prisma_s: str
    databases: bool
    other: bool
    told: Callable[[Any], bool]
    follows: Callable[[Any], bool] = lambda search: True

    def is_owed(self, search: Any, in_databases: bool) -> bool:
        return (self.databases if in_databases else self.other) and self.follows(search)


def _filled(name: str) -> Callable[[Any], bool]:
    return lambda search: bool(str(getattr(search, name) or "").strip())


def is_none(text: str) -> bool:
    """Say whether a text says that there was none."""
    return text.strip().rstrip(".").casefold() in NONE


def _has_limits(search: Any) -> bool:
    return bool(search.limits.strip()) and not is_none(search.limits)


#: In the order in which a log is read. ``search`` has the fields of screening.models.Search.
ITEMS = (
    Item("run_on", "13", True, True, lambda search: search.run_on is not None),
    Item("run_by", "13", True, True, _filled("run_by")),
    Item("coverage", "1", True, False, _filled("coverage")),
    Item("strategy", "8", True, False, _filled("strategy")),
    Item("method", "3–7", False, True, lambda search: bool(search.method.strip() or search.strategy.strip())),
    Item("limits", "9", True, False, _filled("limits")),
    Item("limits_reason", "9", True, True, _filled("limits_reason"), _has_limits),
    Item("filters", "10", True, False, _filled("filters")),
    Item("prior_work", "11", True, False, lambda search: bool(search.prior_work.strip() or search.repeats_id)),
    Item("updates", "12", True, False, lambda search: bool(search.updates.strip() or search.repeats_id)),
    Item("peer_review", "14", True, False, _filled("peer_review")),
    Item("hits", "15", True, True, lambda search: search.hits is not None),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many of the items that a search owes are told, and the keys of those that are not."""

    owed: int
    missing: tuple[str, ...]

    @property
    def told(self) -> int:
        return self.owed - len(self.missing)


def completeness(search: Any, *, in_databases: bool) -> Completeness:
    """Say which items of PRISMA-S a search does not tell yet."""
    owed = [item for item in ITEMS if item.is_owed(search, in_databases)]
    return Completeness(len(owed), tuple(item.key for item in owed if not item.told(search)))
