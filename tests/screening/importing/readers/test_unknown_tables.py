"""Tables with unknown headers: refused with what a person needs, read by their mapping, or by a guess where nobody is there to ask."""

import io

import openpyxl
import pytest

from screening.importing import readers

HEADED = "Heading,Who,When\nInvented of many words,Demo A; Demo B,2019\nAnother made-up heading,Demo C,2020\n"
MAPPING = {"Heading": "title", "Who": "authors", "When": "year"}
TITLES = [
    "Support among nurses in rural towns",
    "Loneliness and recovery after discharge",
    "What peers do in everyday work",
    "Networks of care: part two",
]


def opened(data: str | bytes, **options: object) -> readers.Reading:
    raw = data if isinstance(data, bytes) else data.encode()
    return readers.open_export(io.BytesIO(raw), **options)  # type: ignore[arg-type]


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def entries(data: str | bytes, **options: object) -> list[readers.Fields]:
    return [one.fields for one in opened(data, **options) if one.fields]


def test_unknown_header_is_refused_with_rows_and_a_proposal():
    with pytest.raises(readers.UnknownTable, match="choose what each column holds") as caught:
        opened(HEADED)
    preview = caught.value.preview
    assert preview.names == ["Heading", "Who", "When"]
    assert preview.proposed == {"Heading": "title", "Who": "authors", "When": "year"}
    assert preview.rows[0] == ["Invented of many words", "Demo A; Demo B", "2019"]
    assert (preview.has_header, preview.delimiter) == (True, ",")
    assert preview.key == readers.preview_table(io.BytesIO(b"heading;who;when\na;b;c\nd;e;f\n")).key
    assert set(preview.proposed.values()) <= set(readers.FIELDS)


def test_a_mapping_is_obeyed_and_what_it_does_not_name_is_kept():
    reading = opened(HEADED, mapping=MAPPING)
    found = [one.fields for one in reading]
    assert [(one.title, one.authors, one.year) for one in found] == [
        ("Invented of many words", ("Demo A", "Demo B"), 2019),
        ("Another made-up heading", ("Demo C",), 2020),
    ]
    assert (reading.columns, reading.guessed) == (MAPPING, False)
    partly = entries(HEADED, mapping={"Heading": "title"})[0]
    assert partly.other == {"Who": ["Demo A; Demo B"], "When": ["2019"]}
    with pytest.raises(readers.Refused, match="chosen columns"):
        opened(HEADED, mapping={"Not there": "title"})
    with pytest.raises(readers.Refused, match="chosen columns"):
        opened(HEADED, mapping={"Heading": "no such field"})


def test_several_columns_feed_the_authors_and_equal_names_are_told_apart():
    data = "What\tName\tName\t\nInvented\tDemo, A\tDemo, B\textra\nOther\tDemo, C\t\tmore\n"
    preview = readers.preview_table(io.BytesIO(data.encode()))
    assert preview.names == ["What", "Name", "Name (2)", "Column 4"]
    found = entries(data, mapping={"What": "title", "Name": "authors", "Name (2)": "authors", "Column 4": "notes"})
    assert [(one.authors, one.notes) for one in found] == [(("Demo, A", "Demo, B"), "extra"), (("Demo, C",), "more")]


def test_a_known_header_can_be_overruled():
    data = "Title,Authors,Year,Comment\nWrong,Demo A,2019,The right title\n"
    assert readers.preview_table(io.BytesIO(data.encode())).proposed == {"Title": "title", "Authors": "authors", "Year": "year"}
    assert opened(data).columns == {"Title": "title", "Authors": "authors", "Year": "year"}
    assert entries(data, mapping={"Comment": "title"})[0].title == "The right title"


def test_a_table_without_header_has_numbered_columns_and_loses_no_row():
    data = "".join(f"{title};Demo, A{n};201{n};10.5555/x.{n}\n" for n, title in enumerate(TITLES))
    with pytest.raises(readers.UnknownTable) as caught:
        opened(data)
    preview = caught.value.preview
    assert (preview.has_header, preview.names) == (False, ["Column 1", "Column 2", "Column 3", "Column 4"])
    assert preview.proposed == {"Column 1": "title", "Column 2": "authors", "Column 3": "year", "Column 4": "doi"}
    for found in (entries(data, mapping=preview.proposed), entries(data, guess=True)):
        assert [one.title for one in found] == TITLES
        assert found[3].doi == "10.5555/x.3"


def test_guess_reads_what_looks_like_references_with_a_remark():
    data = "Nr;Overskrift;Hvem;Utgitt\n" + "".join(f"{n};{title};Demo A, Demo B;201{n}\n" for n, title in enumerate(TITLES))
    reading = opened(data, guess=True)
    found = list(reading)
    assert reading.guessed
    assert [one.fields.title for one in found] == TITLES
    assert found[0].fields.authors == ("Demo A", "Demo B")
    assert "guessed" in found[0].remarks[0]
    assert reading.columns == {"Overskrift": "title", "Hvem": "authors", "Utgitt": "year"}


@pytest.mark.parametrize(
    "data",
    [
        "Name,Email,Phone\nAnna Demo,anna@example.org,123\nBo Demo,bo@example.org,456\n",
        "Item,Price,Year\nChair of some kind or other in red,100,2019\nTable of another kind with legs,200,2020\n",
        "a\tb\n1\t2\n3\t4\n",
    ],
)
def test_tables_of_other_things_are_not_guessed_at(data):
    with pytest.raises(readers.UnknownTable):
        opened(data, guess=True)


def test_workbooks_are_mapped_guessed_and_previewed_like_text():
    rows = [["Heading", "Who", "When"], *([title, "Demo, Anna; Demo, Bo", 2010 + n] for n, title in enumerate(TITLES))]
    data = workbook(["My list"], [], *rows)
    with pytest.raises(readers.UnknownTable) as caught:
        opened(data)
    assert caught.value.preview.names == ["Heading", "Who", "When"]
    assert caught.value.preview.rows == readers.preview_table(io.BytesIO(data)).rows
    for found in (entries(data, mapping=MAPPING), entries(data, guess=True)):
        assert [one.title for one in found] == TITLES
        assert (found[0].year, found[0].authors) == (2010, ("Demo, Anna", "Demo, Bo"))
    with pytest.raises(readers.Refused, match="no header row"):
        opened(data, mapping={"Not there": "title"})


def test_no_table_has_no_preview():
    with pytest.raises(readers.Refused, match="no table"):
        readers.preview_table(io.BytesIO(b"just some words\nand more\n"))
