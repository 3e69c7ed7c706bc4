"""The visible sets, when they lie beside the repository: at least the figures that were reached."""

import time

import pytest

from bench.dedupe import SETS, corner, increment, measure, speed
from screening.deduplication.engine import dedupe

REACHED = {  # papers lost, duplicates missed, pairs to look at for 100 records
    "sra_cytology": (0, 0, 1.0),
    "sra_haematology": (1, 14, 1.2),
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
@pytest.mark.parametrize(("name", "lost", "missed"), [("dblp_acm", 5, 60), ("is_mis_jais", 20, 200)])
def test_quality_of_poor_metadata(name: str, lost: int, missed: int) -> None:
    found = measure(name)
    assert found["lost"] <= lost
    assert found["missed"] <= missed


def test_speed() -> None:
    assert speed(5_000)["cpu_ms_per_record"] < 0.5


def test_a_few_new_into_many() -> None:
    assert increment(5_000, 100)["cpu_seconds"] < 1.5


@pytest.mark.parametrize("kind", ["editorial", "one issue", "no title"])
def test_no_quadratic_corner(kind: str) -> None:
    items = corner(kind, 4_000)
    began = time.process_time()
    result = dedupe(items)
    assert time.process_time() - began < 4
    assert len(result.groups) == 4_000
