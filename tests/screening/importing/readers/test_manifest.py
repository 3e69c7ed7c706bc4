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


def test_fields_that_a_naive_reading_finds_are_found():
    lost = []
    for file in FILES:
        if not file["with_field"] or "truncated" in file["path"]:
            continue
        with (EXPORTS / file["path"]).open("rb") as handle:
            try:
                fields = [one.fields for one in readers.open_export(handle, file["path"]) if one.fields]
            except readers.Refused:
                continue
        counts = {
            "title": sum(bool(one.title) for one in fields),
            "year": sum(one.year is not None for one in fields),
            "doi": sum(bool(one.doi) for one in fields),
            "has_abstract": sum(bool(one.abstract) for one in fields),
        }
        lost += [(file["path"], name, count) for name, count in counts.items() if count < (file["with_field"].get(name) or 0)]
    assert lost == []
