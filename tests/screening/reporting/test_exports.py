"""Exports hold what they say, hostile text stays text, and what is written reads back the same."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from screening.importing import readers
from screening.models import SourceRecord
from screening.reporting import exports
from screening.vocabulary import Verdict
from tests.factories import World
from tests.fixtures import cast_vote

HOSTILE = ("=1+1", "+SUM(A1)", "-2", "@cmd", "\t=1", "＝1+1", "<script>alert(1)</script>", "a\r\nER  - \r\nTY  - JOUR", "\x00nul", "{}\\~^&%$#_")
FIELDS = ("title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "issn", "accession", "keywords", "language", "url")


def written(world: World, name: str, format: str) -> bytes:
    with exports.write(exports.Sets(world.review, None), name, format) as file:
        return file.read()


@pytest.fixture
def hostile(world: World) -> World:
    for text in HOSTILE:
        world.record(text.replace("\x00", ""), authors=[text.replace("\x00", "")], journal=text.replace("\x00", ""), keywords=[text.replace("\x00", "")], doi="10.5555/1")
    return world


def test_no_cell_of_an_export_is_calculated(hostile: World):
    for name in ("identified", "unique"):
        rows = list(csv.reader(io.StringIO(written(hostile, name, "csv").decode("utf-8-sig"))))
        assert len(rows) == len(HOSTILE) + 1
        assert not [cell for row in rows for cell in row if cell.strip().startswith(("=", "+", "-", "@", "＝"))]
        book = load_workbook(io.BytesIO(written(hostile, name, "xlsx")))
        assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}


def test_one_record_is_one_entry_of_ris_whatever_its_title(hostile: World):
    assert written(hostile, "identified", "ris").count(b"\r\nER  - \r\n") == len(HOSTILE)


def test_what_is_exported_reads_back_the_same(world: World, tmp_path: Path):
    world.record(
        "Social support: <i>in</i> æøå, 2 + 2", authors=["Demo, Kari", "Demo, Ola"], journal="Demo Journal", volume="3", issue="2", pages="11-19",
        doi="10.5555/demo.1", pmid="12345", issn="1234-5678", accession="AN-1", keywords=["support", "recovery"], language="English",
        url="https://example.org/1", type="journal article",
    )  # fmt: skip
    for format in ("ris", "bib"):
        path = tmp_path / f"out.{format}"
        path.write_bytes(written(world, "identified", format))
        with path.open("rb") as file:
            (read,) = readers.to_json(readers.open_export(file, path.name))["records"]
        source = SourceRecord.objects.get()
        for name in FIELDS:
            if name in read:
                assert read[name] == getattr(source, name), (format, name)
        assert read["abstract"] == source.abstract


def test_the_sets_of_a_small_review(world: World, tmp_path: Path):
    one, two, three = world.records(3)
    round = world.open_round()
    for record, verdict in ((one, Verdict.INCLUDE), (two, Verdict.EXCLUDE)):
        for reviewer in (world.reviewer_a, world.reviewer_b):
            cast_vote(reviewer, record, round, verdict)
    sets = exports.Sets(world.review, None)
    assert sets.numbers("screened") == [one.number, two.number]
    assert sets.numbers("excluded") == [two.number]
    assert sets.numbers("goes-on") == [one.number]
    assert sets.numbers("waiting") == [one.number, three.number]  # a full text, and votes
    assert sets.counts()["decisions"] == 4


def test_the_command_writes_a_file_and_refuses_what_cannot_be(world: World, tmp_path: Path, capsys: Any):
    world.records(2)
    target = tmp_path / "out.ris"
    call_command("export", world.review.slug, set="identified", format="ris", out=target)
    assert target.read_bytes().count(b"TY  - ") == 2
    call_command("export", world.review.slug, set="identified", format="BibTeX", out=target)
    assert target.read_bytes().startswith(b"@")
    with pytest.raises(CommandError):
        call_command("export", world.review.slug, set="decisions", format="ris", out=target)
    with pytest.raises(CommandError):
        call_command("export", "nothing", set="identified", format="ris", out=target)
