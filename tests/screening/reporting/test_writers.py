"""Exports: hostile text in each cell, numbers that stay numbers, references that read back the same."""

import csv
import datetime as dt
import importlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from screening.writers import bibtex, csv_table, docx, ris, xlsx
from screening.writers.text import clean

readers = pytest.importorskip("screening.importing.readers")
Fields = readers.Fields

CALCULATED = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\x00=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "  =1",
    "\u00a0=1",
    "\u200b=1",
    "\n=1",
    "'=1",
]
FULL = Fields(
    type="journal article", title="Sosial støtte & {recovery}: 50 % of a_b ~x ^2 $5 #1 \\alpha", title_other="Social support",
    authors=("Demo, Åse Marie", "Smith and Sons Demo", "Demo, B."), year=2018, date="2018-03-01", journal="Demo Journal", volume="12",
    issue="3", pages="12-19", article_number="e77", doi="10.5555/demo_a.b", pmid="123456", pmcid="PMC12345", issn="1234-567X",
    isbn="9781234567897", accession="AN777777", database="CINAHL", abstract="Background: one.\nResults: two.",
    keywords=("social support", "recovery, personal"), language="en", url="https://example.org/a_b%20c?x=1&y=2", notes="Note one",
)  # fmt: skip
SHARED = [name for name in Fields.__dataclass_fields__ if name != "other"]


def read(text: str, filename: str) -> list:
    reading = readers.open_export(io.BytesIO(text.encode()), filename)
    return [entry.fields for entry in reading]


def same(one: Fields, two: Fields, but: tuple[str, ...] = ()) -> None:
    assert {name: getattr(one, name) for name in SHARED if name not in but} == {
        name: getattr(two, name) for name in SHARED if name not in but
    }


# ------------------------------------------------------------------------------------------------ references
def test_ris_reads_back_the_same():
    back = read("".join(ris.write([FULL, FULL])), "demo.ris")

    assert len(back) == 2
    same(back[0], FULL)
    same(back[1], FULL)


def test_bibtex_reads_back_the_same():
    back = read("".join(bibtex.write([FULL, FULL])), "demo.bib")

    same(back[0], FULL)
    assert [one.other["key"] for one in back] == [["demo2018"], ["demo2018a"]]


@pytest.mark.parametrize("kind", ris.TYPES)
def test_each_type_survives_ris(kind):
    same(read("".join(ris.write([replace(FULL, type=kind)])), "demo.ris")[0], replace(FULL, type=kind))


@pytest.mark.parametrize("kind", bibtex.TYPES)
def test_each_type_survives_bibtex(kind):
    assert read("".join(bibtex.write([replace(FULL, type=kind)])), "demo.bib")[0].type == kind


def test_lines_that_look_like_tags_stay_in_the_abstract():
    trap = replace(FULL, abstract="One.\nTY  - JOUR\nER  - x\nAU  - Nobody\nPMID- 1\n12. <13. >\nRecord #1 of 2")

    assert [one.abstract for one in read("".join(ris.write([trap, FULL])), "demo.ris")] == [trap.abstract, FULL.abstract]
    assert [one.abstract for one in read("".join(bibtex.write([trap, FULL])), "demo.bib")] == [trap.abstract, FULL.abstract]


def test_lines_that_look_like_entries_open_none():
    trap = replace(FULL, abstract="One.\n@article{x,\n  title = {Two}\n}\n@book(y,\n@comment{")

    assert [one.title for one in read("".join(bibtex.write([trap, FULL])), "demo.bib")] == [FULL.title] * 2
    assert read("".join(bibtex.write([trap])), "demo.bib")[0].abstract == trap.abstract.replace("\n  title", "\ntitle")
    assert [one.title for one in read("".join(ris.write([trap, FULL])), "demo.ris")] == [FULL.title] * 2


@pytest.mark.parametrize(
    "title",
    ["a } b", "{ a", "}{", "\\", "\\ x", "\\-x", "\\{", "a\\%b", "50%", "~^", "{a {b} c}", "$x_1^2$ & #", '"quoted"', "\\textbf{x}"],
)
def test_special_characters_of_tex_come_back(title):
    assert [one.title for one in read("".join(bibtex.write([replace(FULL, title=title), FULL])), "demo.bib")] == [title, FULL.title]


def test_braces_always_pair_in_bibtex():
    for title in ("a } b", "{ a", "}{", "{{{", "\\}"):
        written = "".join(bibtex.write([replace(FULL, title=title, notes=title, url=title, abstract=title, authors=(title,))]))
        assert written.count("{") == written.count("}")


line = st.text(max_size=40)
any_fields = st.builds(
    Fields,
    type=st.sampled_from([*ris.TYPES, "other"]), title=line.map(lambda text: f"T{text}"), title_other=line,
    authors=st.lists(line, max_size=3).map(tuple), year=st.none() | st.integers(1500, 2030), date=line,
    journal=line, volume=line, issue=line, pages=line, article_number=line, abstract=st.text(max_size=200),
    keywords=st.lists(line, max_size=4).map(tuple), language=line, notes=line,
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(any_fields, min_size=1, max_size=4))
def test_whatever_stands_in_a_field_no_entry_is_lost_or_doubled(records):
    assert len(read("".join(ris.write([*records, FULL])), "demo.ris")) == len(records) + 1
    assert len(read("".join(bibtex.write([*records, FULL])), "demo.bib")) == len(records) + 1


@settings(max_examples=60)
@given(any_fields)
def test_what_was_read_once_is_written_and_read_the_same(record):
    once = read("".join(ris.write([record, FULL])), "demo.ris")[0]

    same(read("".join(ris.write([once, FULL])), "demo.ris")[0], once)


def test_tags_that_are_kept_are_known_to_the_reader():
    tags = importlib.import_module("screening.importing.readers.ris").TAGS

    assert set(ris.KEPT) <= tags
    kept = {tag: [f"value {tag}"] for tag in ris.KEPT if tag[0] in "AEN"}
    assert read("".join(ris.write([replace(FULL, other={**kept, "LR": ["x"], "key": ["y"]})])), "demo.ris")[0].other == {
        **kept,
        "C2": ["PMC12345"],
    }


SHARED_EXPORTS = Path(__file__).parents[4] / "shared" / "exports"


@pytest.mark.skipif(not SHARED_EXPORTS.is_dir(), reason="the shared exports are not here")
@pytest.mark.parametrize(("writer", "filename"), [(ris, "back.ris"), (bibtex, "back.bib")])
def test_records_of_real_exports_keep_their_core(writer, filename):
    for path in sorted(SHARED_EXPORTS.glob("*-ris/*"))[:40]:
        try:
            records = [entry.fields for entry in readers.open_export(io.BytesIO(path.read_bytes()), path.name) if entry.fields][:20]
        except readers.Refused:
            continue
        back = read("".join(writer.write(records)), filename) if records else []
        assert [(one.title, one.year, one.type) for one in back] == [(one.title, one.year, one.type) for one in records]


def test_writing_streams():
    def endless():
        while True:
            yield FULL

    assert next(ris.write(endless())).startswith("TY  - JOUR\r\n")
    assert next(bibtex.write(endless())).startswith("@article{demo2018,")


# ------------------------------------------------------------------------------------------------ tables
@pytest.mark.parametrize("text", CALCULATED)
def test_no_cell_of_a_csv_is_calculated(text):
    written = "".join(csv_table.write(["a"], [[text]], bom=False))
    (cell,) = list(csv.reader(io.StringIO(written, newline="")))[1]

    assert cell.startswith("'")


@given(st.text())
def test_a_csv_cell_comes_back_when_the_apostrophe_is_taken_away(text):
    written = "".join(csv_table.write(["a", "b"], [[text, "x"]], bom=False))
    cell = list(csv.reader(io.StringIO(written, newline="")))[1][0]

    assert csv_table.unguarded(cell) == clean(text)


def test_numbers_dates_and_nothing_in_a_csv():
    written = "".join(csv_table.write(["a"], [[-5, 1.5, None, True, dt.date(2018, 2, 14)]]))

    assert written == "\ufeffa\r\n-5,1.5,,yes,2018-02-14\r\n"


@pytest.mark.parametrize("text", [*CALCULATED, "#N/A", "TRUE", "1e5", "http://example.org", "x" * 40_000])
def test_no_cell_of_a_workbook_is_calculated(text):
    data = xlsx.write({"Sheet": ([text], [[text, 5, -1.5, None]])})
    rows = list(load_workbook(io.BytesIO(data))["Sheet"].iter_rows())

    assert [cell.data_type for cell in rows[1][:3]] == ["s", "n", "n"]
    assert rows[0][0].data_type == "s"
    assert len(rows[1][0].value) <= 32_767
    assert not any("externalLink" in name or "vba" in name.lower() for name in zipfile.ZipFile(io.BytesIO(data)).namelist())
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


cells = st.sampled_from([*CALCULATED, "", ":", "x", 5, -1.5, None, "y" * 70, "=" + "z" * 70, dt.date(2018, 2, 14)])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(cells, min_size=5, max_size=5), min_size=1, max_size=5))
def test_neighbours_in_a_workbook_leave_each_other_alone(rows):
    back = list(load_workbook(io.BytesIO(xlsx.write({"S": (["a"] * 5, rows)})))["S"].iter_rows(min_row=2))

    for values, held in zip(rows, back, strict=False):
        for value, cell in zip(values, held, strict=False):
            if isinstance(value, str) and clean(value):
                assert (cell.value, cell.data_type) == (clean(value), "s")
            elif isinstance(value, int | float):
                assert cell.value == value


def test_long_cells_say_that_they_were_cut():
    cell = load_workbook(io.BytesIO(xlsx.write({"S": (["a"], [["x" * 40_000]])})))["S"]["A2"]

    assert cell.value.endswith("[cut here: a cell holds 32,767 characters]")


def test_sheet_names_are_made_fit_and_kept_apart():
    data = xlsx.write({"A/B:*?[]\\": (["x"], []), "a b": (["x"], []), "": (["x"], []), "History": (["x"], []), "n" * 40: (["x"], [])})
    names = load_workbook(io.BytesIO(data)).sheetnames

    assert names == ["A B", "a b 2", "Sheet", "History_", "n" * 31]


def test_numbers_too_long_for_a_spreadsheet_stay_exact():
    cell = load_workbook(io.BytesIO(xlsx.write({"S": (["a"], [[12345678901234567890], [float("nan")]])})))["S"]["A2"]

    assert (cell.value, cell.data_type) == ("12345678901234567890", "s")


def test_a_word_table_is_landscape_with_a_repeated_head_and_text_only():
    data = docx.table("Table 1", ["Study", "Findings"], [["Demo 2018", "=1+1\x00 <b>\ud800"], ["Short"]], notes=["A note"])
    document = Document(io.BytesIO(data))
    made = document.tables[0]
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()

    assert document.sections[0].page_width > document.sections[0].page_height
    assert [[cell.text for cell in row.cells] for row in made.rows] == [["Study", "Findings"], ["Demo 2018", "=1+1 <b>"], ["Short", ""]]
    assert xml.count("w:tblHeader") == 1
    assert xml.count("w:cantSplit") == 3
    assert "fldSimple" not in xml
    assert "instrText" not in xml
    assert document.paragraphs[-1].text == "A note"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.text(max_size=30) | st.integers() | st.floats() | st.none(), max_size=4), max_size=4))
def test_any_table_can_be_written(rows):
    header = ["a", "b", "c", "d"]

    assert docx.table("T", header, rows)
    assert len(list(load_workbook(io.BytesIO(xlsx.write({"S": (header, rows)})))["S"].iter_rows())) <= len(rows) + 1
    assert len(list(csv_table.write(header, rows))) == len(rows) + 1
