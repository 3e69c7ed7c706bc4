"""The visible sets, when they lie beside the repository: at least the figures that were reached."""

from collections.abc import Sequence

import numpy as np
import pytest

from bench.dedupe import SETS, corner, measure, synthetic
from screening.deduplication.engine import Item, candidates, dedupe
from screening.deduplication.engine.card import card

REACHED = {  # papers lost, duplicates missed, pairs to look at for 100 records
    "sra_cytology": (0, 0, 1.0),
    "sra_haematology": (1, 11, 1.0),
    "asysd_diabetes": (0, 0, 1.0),
}


@pytest.mark.skipif(not SETS.exists(), reason="the benchmark sets are not beside the repository")
@pytest.mark.parametrize("name", REACHED)
def test_quality(name: str) -> None:
    lost, missed, looks = REACHED[name]
    found = measure(name)
    assert found["lost"] <= lost
    assert found["missed"] <= missed
    assert found["looks_per_100"] <= looks


@pytest.mark.slow
@pytest.mark.skipif(not SETS.exists(), reason="the benchmark sets are not beside the repository")
@pytest.mark.parametrize(("name", "lost", "missed"), [("dblp_acm", 1, 60), ("is_mis_jais", 20, 200)])
def test_quality_of_poor_metadata(name: str, lost: int, missed: int) -> None:
    found = measure(name)
    assert found["lost"] <= lost
    assert found["missed"] <= missed


def comparisons(items: Sequence[Item], new: int = 0) -> int:
    """How many pairs the engine would compare, where only the last `new` items are new."""
    cards = [card(item, number) for number, item in enumerate(items)]
    return len(candidates.pairs(cards, np.arange(len(cards)) >= len(cards) - new if new else None))


def test_comparisons_grow_with_the_records() -> None:
    few, many = (comparisons(list(synthetic(count))) for count in (1_000, 8_000))
    assert many / 8_000 < 2 * few / 1_000


def test_the_new_are_compared_and_the_old_left_alone() -> None:
    few, many = (comparisons(list(synthetic(count + 100)), new=100) for count in (1_000, 8_000))
    assert 0 < few < 20 * 100
    assert 0 < many < 20 * 100


@pytest.mark.parametrize("kind", ["editorial", "one issue", "no title"])
def test_no_quadratic_corner(kind: str) -> None:
    items = corner(kind, 4_000)
    assert comparisons(items) < 4_000 * 40
    assert len(dedupe(items).groups) == 4_000
