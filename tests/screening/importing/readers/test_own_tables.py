"""Tables that this software writes come back equal in every field, whatever stands in them."""

import io

from hypothesis import given
from hypothesis import strategies as st

from screening.importing import readers
from screening.reporting.exports import REFERENCE_COLUMNS
from screening.writers import csv_table, xlsx

HEADER = ("record", *REFERENCE_COLUMNS, "sources")
FULL = readers.Fields(
    type="journal article", title="=Støtte; \"in\" <i>demo</i>", title_other="Support", authors=("Demo, A.", "van der Demo, B", "Demo Group"), year=2018,
    date="2018/05/03", journal="Demo Journal", volume="3", issue="2", pages="11-19", article_number="e5", doi="10.5555/demo.1", pmid="12345",
    pmcid="PMC12345", issn="1234-5678", isbn="9780000000002", accession="AN-1", database="CINAHL", abstract="AIM: a.\nMETHODS: -b, +c.\n\nEnd.",
    keywords=("peers, rural", "+nurses"), language="English", url="https://example.org/1", notes="@note\nof two lines",
)  # fmt: skip


def row(fields: readers.Fields) -> list[object]:
    held = [getattr(fields, name) for name in REFERENCE_COLUMNS]
    return [7, *("; ".join(value) if isinstance(value, tuple) else value for value in held), "CINAHL"]


def back(data: bytes) -> list[readers.Fields]:
    return [one.fields for one in readers.open_export(io.BytesIO(data)) if one.fields]


def same(found: readers.Fields, wanted: readers.Fields) -> None:
    for name in REFERENCE_COLUMNS:
        assert getattr(found, name) == getattr(wanted, name), name


def test_csv_and_workbook_come_back_equal():
    rows = [row(FULL), row(readers.Fields(title="Second"))]
    for data in ("".join(csv_table.write(HEADER, rows)).encode(), xlsx.write({"Identified": (HEADER, rows)})):
        first, second = back(data)
        same(first, FULL)
        same(second, readers.Fields(title="Second"))
        assert first.other == {"record": ["7"], "sources": ["CINAHL"]}


texts = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff"), max_size=30).map(
    str.strip
)
names = texts.filter(lambda text: text and ";" not in text and "et al" not in text.lower() and text not in ("others", "…", "..."))


@given(
    title=texts.filter(bool), authors=st.lists(names, max_size=3).map(tuple), year=st.none() | st.integers(1400, 2099), journal=texts, notes=texts,
    keywords=st.lists(names, max_size=3).map(tuple), abstract=texts,
)  # fmt: skip
def test_any_text_comes_back_from_csv(**held: object):
    wanted = readers.Fields(**held)  # type: ignore[arg-type]
    [found] = back("".join(csv_table.write(HEADER, [row(wanted)])).encode())
    same(found, wanted)


def test_a_part_of_the_columns_is_read_as_any_table():
    [found] = back("".join(csv_table.write(HEADER[:5], [row(FULL)[:5]])).encode())
    assert (found.title, found.year) == ("'" + FULL.title, 2018)
