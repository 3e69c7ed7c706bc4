"""The engine: fold, find candidate pairs, decide each, join what agrees."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from . import candidates
from .card import Card, card
from .evidence import tell
from .facts import facts
from .groups import Groups, may_join
from .rules import decide
from .rulings import DIFFERENT, LOOK, MERGE, Ruling
from .types import Comparison, Decision, Edge, Evidence, Id, Item, PairToLook, Result, Strictness

Progress = Callable[[int, int], None]
_DECISION: dict[int, Decision] = {MERGE: "same", LOOK: "look", DIFFERENT: "different"}


def id_order(value: Id) -> tuple[int, int, str]:
    """Numbers before texts, each in its own order."""
    return (0, value, "") if isinstance(value, int) else (1, 0, value)


def dedupe(
    items: Iterable[Item],
    *,
    new: Collection[Id] | None = None,
    together: Iterable[tuple[Id, Id]] = (),
    apart: Iterable[tuple[Id, Id]] = (),
    strictness: Strictness = "balanced",
    workers: int = 1,
    progress: Progress | None = None,
) -> Result:
    """Group the items that describe one paper.

    `new`: only pairs that touch one of these ids are compared. `together`: merges that exist and stay; they are not repeated in
    `edges`. `apart`: pairs that the engine never brings into one group. Unknown ids in `together` and `apart` are passed over.
    Raises ValueError when two items have one id.
    """
    with _no_collector():
        return _dedupe(items, new, together, apart, strictness == "careful", workers, progress)


@contextmanager
def _no_collector() -> Iterator[None]:
    """The engine makes many objects and no cycles: looking for cycles would cost a quarter of its time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _dedupe(
    items: Iterable[Item],
    new: Collection[Id] | None,
    together: Iterable[tuple[Id, Id]],
    apart: Iterable[tuple[Id, Id]],
    careful: bool,
    workers: int,
    progress: Progress | None,
) -> Result:
    cards = [card(item, number) for number, item in enumerate(sorted(items, key=lambda item: id_order(item.id)))]
    at = {one.item.id: one.number for one in cards}
    if len(at) != len(cards):
        raise ValueError("Two items have the same id.")
    fresh = None
    if new is not None:
        fresh = np.zeros(len(cards), dtype=np.bool_)
        fresh[[at[i] for i in new if i in at]] = True
    groups = Groups(len(cards), [(at[a], at[b]) for a, b in apart if a in at and b in at])
    for a, b in together:
        if a in at and b in at:
            groups.join(groups.find(at[a]), groups.find(at[b]))
    rulings = _rule_all(cards, candidates.pairs(cards, fresh), careful, workers, progress)
    edges, look = _join(cards, groups, rulings, careful)
    everything: dict[int, list[Id]] = {}
    for one in cards:
        everything.setdefault(groups.find(one.number), []).append(one.item.id)
    return Result(tuple(edges), tuple(look), tuple(tuple(ids) for ids in everything.values()))


Ruled = tuple[int, int, Ruling]


SLICE = 20_000
_mine: tuple[Sequence[Card], bool] = ((), False)  # set in a forked worker only


def _rule_all(cards: Sequence[Card], pairs: np.ndarray, careful: bool, workers: int, progress: Progress | None) -> list[Ruled]:
    """The rulings that are not 'different'. More workers than one are used where processes can be forked and the work is worth it."""
    total = len(pairs)
    slices = [pairs[start : start + SLICE] for start in range(0, total, SLICE)]
    out: list[Ruled] = []
    if (
        workers > 1
        and len(slices) > 1
        and "fork" in multiprocessing.get_all_start_methods()
        and not multiprocessing.current_process().daemon
    ):
        with multiprocessing.get_context("fork").Pool(min(workers, len(slices)), _take, (cards, careful)) as pool:
            for number, part in enumerate(pool.imap(_rule_mine, slices)):
                out += part
                _report(progress, number, total)
    else:
        for number, one in enumerate(slices):
            out += _rule_slice(cards, careful, one)
            _report(progress, number, total)
    return out


def _take(cards: Sequence[Card], careful: bool) -> None:
    global _mine
    _mine = cards, careful


def _rule_mine(pairs: np.ndarray) -> list[Ruled]:
    return _rule_slice(*_mine, pairs)


def _rule_slice(cards: Sequence[Card], careful: bool, pairs: np.ndarray) -> list[Ruled]:
    out: list[Ruled] = []
    for a, b in pairs.tolist():
        ruling = decide(cards[a], cards[b], careful)
        if ruling.decision != DIFFERENT:
            out.append((a, b, ruling))
    return out


def _report(progress: Progress | None, number: int, total: int) -> None:
    if progress:
        progress(min((number + 1) * SLICE, total), total)


def _join(cards: Sequence[Card], groups: Groups, rulings: list[Ruled], careful: bool) -> tuple[list[Edge], list[PairToLook]]:
    """Edges from the surest to the weakest; what may not join or is only alike becomes a pair to look at, one per two groups."""
    memory: dict[tuple[int, int, bool], bool] = {}
    number: dict[int, int] = {}
    copies: dict[Item, int] = {}

    def against(x: int, y: int) -> bool:
        one, two = likeness(x), likeness(y)
        one_file = cards[x].file != "" and cards[x].file == cards[y].file
        key = (min(one, two), max(one, two), one_file)
        if key not in memory:
            memory[key] = decide(cards[x], cards[y], careful).against
        return memory[key]

    def likeness(x: int) -> int:
        """A number that exact copies share, so that a thousand copies cost what two cost."""
        if x not in number:
            number[x] = copies.setdefault(replace(cards[x].item, id=0, abstract="", file=""), x)
        return number[x]

    rulings.sort(key=lambda r: (-r[2].score, r[0], r[1]))
    rivals: dict[int, set[int]] = {}
    for a, b, ruling in rulings:
        if ruling.sole:
            rivals.setdefault(a, set()).add(b)
            rivals.setdefault(b, set()).add(a)
    edges: list[Edge] = []
    blocked: list[Ruled] = []
    for a, b, ruling in rulings:
        if ruling.decision != MERGE:
            blocked.append((a, b, ruling))
            continue
        x, y = groups.find(a), groups.find(b)
        if x == y or groups.is_apart(x, y):
            continue
        if ruling.sole and _has_rival(cards, groups, rivals, a, b):
            blocked.append((a, b, ruling._replace(why="unsure", score=ruling.score - 300)))
            continue
        if may_join(groups, x, y, (a, b), against):
            groups.join(x, y)
            edges.append(Edge(cards[a].item.id, cards[b].item.id, ruling.rule, ruling.score, _evidence(cards[a], cards[b])))
        else:
            blocked.append((a, b, ruling._replace(why="unsure", score=ruling.score - 300)))
    return edges, _to_look(cards, groups, blocked)


def _has_rival(cards: Sequence[Card], groups: Groups, rivals: dict[int, set[int]], a: int, b: int) -> bool:
    """Whether the one without a title, or without a year, fits a second group as well."""
    bare, other = (a, b) if not cards[a].key or (cards[b].key and not cards[a].year) else (b, a)
    head = groups.find(other)
    return any(groups.find(rival) not in (head, groups.find(bare)) and cards[rival].key for rival in rivals[bare])


def _to_look(cards: Sequence[Card], groups: Groups, blocked: list[Ruled]) -> list[PairToLook]:
    """One pair for two groups, and no pair that follows from others; when one is answered 'apart', the next run shows the next."""
    best: dict[tuple[int, int], Ruled] = {}
    for a, b, ruling in blocked:
        x, y = groups.find(a), groups.find(b)
        if x == y or groups.is_apart(x, y):
            continue
        key = (x, y) if x < y else (y, x)
        if key not in best or ruling.score > best[key][2].score:
            best[key] = (a, b, ruling)
    forest = Groups(len(cards), ())
    out = [
        (a, b, ruling)
        for a, b, ruling in sorted(best.values(), key=lambda r: (-r[2].score, r[0], r[1]))
        if forest.join(forest.find(groups.find(a)), forest.find(groups.find(b)))
    ]
    return [PairToLook(cards[a].item.id, cards[b].item.id, r.score, _evidence(cards[a], cards[b]), r.why or "unsure") for a, b, r in out]


def _evidence(a: Card, b: Card) -> tuple[Evidence, ...]:
    found = facts(a, b)
    return tell(found, a, b) if found else ()


def compare(a: Item, b: Item, *, strictness: Strictness = "balanced") -> Comparison:
    """Why two items were or were not merged, for the pair alone."""
    one, two = card(a), card(b)
    ruling = decide(one, two, strictness == "careful")
    found = facts(one, two, full=True)
    assert found is not None
    return Comparison(a.id, b.id, ruling.score, ruling.rule or None, _DECISION[ruling.decision], ruling.why, tell(found, one, two))
