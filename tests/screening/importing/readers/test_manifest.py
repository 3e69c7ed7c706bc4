"""The real exports of ../shared/exports, when that folder is present: number of records and the fields that MANIFEST.json states."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.readers import same
from screening.importing import readers

EXPORTS = Path(__file__).parents[4] / "../shared/exports"
FILES: list[dict[str, Any]] = (
    json.loads((EXPORTS / "MANIFEST.json").read_text(encoding="utf-8"))["files"] if (EXPORTS / "MANIFEST.json").exists() else []
)
pytestmark = pytest.mark.skipif(not FILES, reason="the folder of real exports is not here")


def spots(file: dict[str, Any], entries: list[readers.ReadEntry]) -> list[str]:
    """Name each expected value that the entries do not have; an entry that is cut is to be looked at and has none."""
    wrong = []
    by_index = {one.position - 1: one for one in entries}
    for spot in file["expected"]:
        one = by_index.get(spot["index"])
        if one is None or one.fields is None:
            stated = any(spot.get(name) for name in ("title", "first_author", "doi"))
            if one is None or (stated and "ends in the middle" not in one.problem):
                wrong.append(f"entry {spot['index']} is missing")
            continue
        fields = one.fields
        found = {
            "title": fields.title,
            "first_author": (fields.authors or ("",))[0],
            "year": fields.year,
            "doi": fields.doi,
            "has_abstract": bool(fields.abstract),
        }
        for name, value in found.items():
            expected = spot.get(name)
            if expected not in (None, "") and not same(expected, value, name, tex=bool(spot.get("raw_tex"))):
                wrong.append(f"entry {spot['index']}: {name} {value!r} instead of {expected!r}")
    return wrong


def lost(file: dict[str, Any], found: list[readers.Fields]) -> dict[str, int]:
    """Name the fields of which a naive reading finds more than we do; a cut entry is not read."""
    counts = {
        "title": sum(bool(one.title) for one in found),
        "year": sum(one.year is not None for one in found),
        "doi": sum(bool(one.doi) for one in found),
        "has_abstract": sum(bool(one.abstract) for one in found),
    }
    cut = file["records"] - len(found)
    return {name: count for name, count in counts.items() if count + max(cut, 0) < ((file["with_field"] or {}).get(name) or 0)}


@pytest.mark.parametrize("file", FILES, ids=[file["path"] for file in FILES])
def test_real_export_gives_its_records_and_fields(file):
    allowed = file.get("acceptable_records") or [file["records"]]
    with (EXPORTS / file["path"]).open("rb") as handle:
        try:
            reading = readers.open_export(handle, file["path"])
            entries = list(reading)
        except readers.Refused as refusal:
            if 0 not in allowed:
                pytest.fail(str(refusal))
            return
    assert reading.found == reading.read + reading.needs_look == len(entries)
    assert reading.read in allowed
    assert spots(file, entries) == []
    assert lost(file, [one.fields for one in entries if one.fields]) == {}
