"""Which pairs are worth comparing: those that share one of several keys; big blocks are cut, never compared all with all."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .card import FIRST, Card
from .normalise import word_set

CAP = 24
WINDOW = 6
_COMMON = word_set(
    """
    with from that this their between among using based effect effects study studies analysis review trial case report patients
    treatment health care systems system approach model models data research evaluation clinical randomized randomised controlled
    """
)


def pairs(cards: Sequence[Card], new: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """Candidate pairs as two columns of positions, each pair once, the lower position first."""
    hashes, rows = _keys(cards)
    order = np.argsort(hashes, kind="stable")
    hashes, rows = hashes[order], rows[order]
    starts = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1]))) if len(hashes) else np.zeros(0, dtype=np.int64)
    sizes = np.diff(np.append(starts, len(hashes)))
    found = [np.zeros(0, dtype=np.int64)]
    count = len(cards)
    for size in range(2, CAP + 1):
        at = starts[sizes == size]
        if not len(at):
            continue
        block = rows[at[:, None] + np.arange(size)]
        if new is not None:
            block = block[new[block].any(axis=1)]
        left, right = np.triu_indices(size, 1)
        found.append(_code(block[:, left].ravel(), block[:, right].ravel(), count))
    for at, size in zip(starts[sizes > CAP], sizes[sizes > CAP], strict=True):
        block = rows[at : at + size]
        if new is not None and not new[block].any():
            continue
        found.append(_window(cards, np.unique(block), count))
    codes = np.unique(np.concatenate(found))
    table = np.stack((codes // max(count, 1), codes % max(count, 1)), axis=1)
    table = table[table[:, 0] != table[:, 1]]
    if new is not None:
        table = table[new[table[:, 0]] | new[table[:, 1]]]
    return table


def _code(left: NDArray[np.int64], right: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    return np.unique(np.minimum(left, right) * count + np.maximum(left, right))


def _window(cards: Sequence[Card], block: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """A big block is put in order by what its members say and each is compared with the next few only."""
    ordered = np.array(sorted(block.tolist(), key=lambda row: _order(cards[row])), dtype=np.int64)
    out = [_code(ordered[:-step], ordered[step:], count) for step in range(1, WINDOW + 1)]
    return np.concatenate(out)


def _order(card: Card) -> tuple[str, int, str, str, int, str, str, str]:
    first = card.ends[0]
    page = card.page[1] if card.page else 0
    return card.key, card.year, card.volume, card.issue, page, first, card.doi, str(card.item.id)


def _keys(cards: Sequence[Card]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    hashes = array("q")
    rows = array("q")
    for row, card in enumerate(cards):
        mine = _of_card(card)
        hashes.extend(mine)
        rows.extend([row] * len(mine))
    if not hashes:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.frombuffer(hashes, dtype=np.int64), np.frombuffer(rows, dtype=np.int64)


def _of_card(card: Card) -> list[int]:
    out: list[int] = []
    add = out.append
    words, volume = card.words, card.volume
    surnames = card.surnames
    first = surnames[0] if surnames else ""
    last = card.ends[1] if len(card.item.authors) > FIRST else surnames[-1] if surnames else ""
    if card.doi:
        add(hash(("doi", card.doi)))
    if card.pmid:
        add(hash(("pmid", card.pmid)))
    if card.accession:
        add(hash(("accession", card.accession)))
    if card.key:
        add(hash(("title", card.key)))
        if card.other:
            add(hash(("title", card.other)))
        useful = [w for w in words if len(w) > 3 and w not in _COMMON]
        if len(useful) > 2:
            add(hash(("start", useful[0][:6], useful[1][:6], useful[2][:6])))
            add(hash(("end", useful[-1][:6], useful[-2][:6], useful[-3][:6])))
            useful.sort()
            useful.sort(key=len, reverse=True)
            add(hash(("long", *sorted(useful[:3]))))
        elif len(useful) == 2:
            useful.sort(key=lambda word: (-len(word), word))
        if len(useful) > 1 and card.year:
            add(hash(("two", card.year, useful[0][:6], useful[1][:6])))
        if first:
            add(hash(("author", first, words[0], words[-1])))
        if card.year and 1 < len(card.item.authors) <= FIRST:
            add(hash(("team", card.year, *sorted(surnames))))
    if card.page is not None:
        if volume:
            add(hash(("page", card.page[1], volume)))
        if first:
            add(hash(("first", first, card.year, card.page[1])))
    if volume and card.issue and first:
        add(hash(("issue", first, volume, card.issue)))
        if not card.key or not card.year:  # as extraction from a PDF leaves them: any of the people may stand first elsewhere
            out += [hash(("issue", surname, volume, card.issue)) for surname in surnames if surname != first]
        elif last != first:
            add(hash(("issue", last, volume, card.issue)))
    return out
