"""Each sample again as people bring it: another encoding, other line ends, copied out of a mail, put together with itself."""

import io
from pathlib import Path

import openpyxl
import pytest

from screening.importing import readers
from screening.importing.readers.source import Source
from screening.importing.readers.source_line import parse_source

SAMPLES = sorted(one for one in (Path(__file__).parents[3] / "samples").iterdir() if one.suffix != ".xlsx")


def text_of(path: Path) -> str:
    with path.open("rb") as file:
        return "".join(Source(file, path.name, readers.DEFAULT_LIMITS).pieces())


def read(data: bytes, name: str) -> tuple[str, list[str]]:
    reading = readers.open_export(io.BytesIO(data), name)
    return reading.dialect, [one.fields.title if one.fields else "!" for one in reading]


COPIES = {
    "mark of UTF-8": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "UTF-16 little": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "UTF-16 big": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
    "CR alone": lambda text: text.replace("\n", "\r").encode(),
    "CR LF": lambda text: text.replace("\n", "\r\n").encode(),
    "CR CR LF": lambda text: text.replace("\n", "\r\r\n").encode(),
    "new pages": lambda text: ("\f" + text.replace("\n\n", "\n\n\f")).encode(),
    "NUL inside": lambda text: (text[:50] + "\0" + text[50:]).encode(),
    "end of DOS": lambda text: text.encode() + b"\x1a",
    "NUL behind": lambda text: text.encode() + bytes(40),
    "spaces behind": lambda text: text.replace("\n", "   \n").encode(),
    "blank lines before": lambda text: ("\n" * 20 + text).encode(),
}


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_in_another_form_gives_the_same_titles(copy):
    for path in SAMPLES:
        text = text_of(path)
        assert read(COPIES[copy](text), path.name) == read(text.encode(), path.name), path.name


@pytest.mark.parametrize("glue", ["", "\n"], ids=["tight", "blank line"])
def test_a_file_put_behind_itself_gives_every_entry_twice(glue):
    for path in SAMPLES:
        text = text_of(path)
        dialect, titles = read(text.encode(), path.name)
        assert read((text.rstrip("\n") + "\n" + glue + text).encode(), path.name) == (dialect, titles * 2), path.name


@pytest.mark.parametrize("margin", ["   ", "> "], ids=["indented", "quoted in a mail"])
def test_a_margin_before_every_line_is_taken_off(margin):
    for path in SAMPLES:
        text = text_of(path)
        if path.suffix not in (".json", ".xml", ".rdf") and text.endswith("\n"):
            copied = "".join(f"{margin}{line}".rstrip(" ") + "\n" for line in text.rstrip("\n").split("\n"))
            assert read(copied.encode(), path.name) == read((text.rstrip("\n") + "\n").encode(), path.name), path.name


@pytest.mark.parametrize("share", [0.6, 0.9])
def test_a_file_cut_short_invents_no_entry(share):
    for path in SAMPLES:
        data = text_of(path).encode()
        assert len(read(data[: int(len(data) * share)], path.name)[1]) <= len(read(data, path.name)[1]) + (path.suffix == ".rdf"), path.name


def one(data: str) -> readers.Fields:
    [entry] = readers.open_export(io.BytesIO(data.encode()), "a.ris")
    assert entry.fields is not None
    return entry.fields


def test_entities_are_letters_before_names_are_parted():
    found = one(
        "TY  - JOUR\nTI  - A &amp;amp; B &#229;\nAU  - M&uuml;ller, A\nAB  - p &lt; 0.05 AT&T\nUR  - http://x.example/?a=1&amp;copy=2\nER  - \n"
    )
    assert (found.title, found.authors, found.abstract) == ("A & B å", ("Müller, A",), "p < 0.05 AT&T")
    assert found.url == "http://x.example/?a=1&copy=2"


def test_signs_of_order_are_no_mark_up():
    text = "We kept a<b and c>d, x<p and y>z; <p class='x'>and here</p>"
    assert one(f"TY  - JOUR\nTI  - A\nAB  - {text}\nER  - \n").abstract == "We kept a<b and c>d, x<p and y>z;\nand here"


def test_paragraphs_of_a_web_page_become_lines_of_the_abstract():
    assert one("TY  - JOUR\nTI  - A\nAB  - <p><b>Aim:</b> X.</p><p>Y<sub>2</sub>.<br/>Z</p>\nER  - \n").abstract == "Aim: X.\nY2.\nZ"


NO_MARKS = "AU  - Demo, A\nAU  - Demo, B\nTI  - One\nPY  - 2019\n\nAU  - Demo, C\nTI  - Two\nPY  - 2020\n\nTI  - Three\nAU  - Demo, D\n"


@pytest.mark.parametrize("begin", ["", "TY  - JOUR\n"], ids=["no TY at all", "one TY"])
def test_entries_that_only_blank_lines_part_are_parted(begin):
    entries = list(readers.open_export(io.BytesIO((begin + NO_MARKS).encode()), "a.ris"))
    assert [entry.fields.title for entry in entries] == ["One", "Two", "Three"]
    assert entries[0].fields.authors == ("Demo, A", "Demo, B")
    assert [entry.line for entry in entries] == ([2, 8, 12] if begin else [1, 6, 10]) or begin


def test_blank_lines_inside_an_entry_part_nothing():
    found = one("TY  - JOUR\n\nTI  - One\n\nAU  - Demo, A\n\nT1  - One\n\nTI  - One\n\nER  - \n")
    assert found.title == "One"


def test_references_behind_xml_are_handed_over():
    xml = "<xml><records><record><titles><title>A</title></titles></record></records></xml>\n"
    pubmed = "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    for behind in ("TY  - JOUR\nTI  - B\nER  - \n", pubmed):
        entries = list(readers.open_export(io.BytesIO((xml + behind).encode()), "a.xml"))
        assert sorted(entry.problem[:40] for entry in entries) == ["", readers.base.OTHER_FORMAT[:40]], behind


def test_json_that_ends_inside_the_authors_invents_no_entry():
    text = '[{"id": "a", "title": "A"}, {"id": "b", "title": "B", "author": [{"family": "Demo"}, {"family": "Else"}]'
    entries = list(readers.open_export(io.BytesIO(text.encode()), "a.json"))
    assert [entry.fields.title if entry.fields else "!" for entry in entries] == ["A", "!"]


@pytest.mark.parametrize(
    "text", ["TY  - JOUR\nTI  - a\nER  - \n", "Title,Authors\n" + "a,b\n", "PMID- 1\nTI  - a\n\n", "@article{a,title={b}}\n"]
)
def test_a_file_of_too_many_entries_is_refused_when_it_is_opened(text):
    body = text if not text.startswith("Title") else "a,b\n"
    with pytest.raises(readers.Refused, match="more than 500 entries"):
        readers.open_export(io.BytesIO((text + body * 2000).encode()), "a", limits=readers.Limits(max_entries=500))
    assert len(list(readers.open_export(io.BytesIO((text + body * 200).encode()), "a", limits=readers.Limits(max_entries=500)))) == 201


TABLES = {
    "old ClinicalTrials.gov": (
        "Rank,NCT Number,Title,Status,Start Date,First Posted,URL\n1,NCT00000001,A trial,Completed,2015,2015-03-01,https://x.example\n",
        ("ClinicalTrials.gov", "A trial", (), 2015, "NCT00000001"),
    ),
    "WHO": (
        "TrialID,Public title,Scientific title,Date registration3,Source Register,web address\nNCT00000001,A,B,20240408,CT,https://x.example\n",
        ("WHO ICTRP", "A", (), 2024, "NCT00000001"),
    ),
    "DiVA": (
        'PID,Name,Title,PublicationType,Journal,Year,NBN\n1000001,"Demo, Åsa [u1x] (Demo Univ [177]);Else, Bo (Other)",A,Artikel,Vård,2015,urn\n',
        ("DiVA", "A", ("Demo, Åsa", "Else, Bo"), 2015, "1000001"),
    ),
    "ProQuest": (
        'Title,StoreId,Authors,pubtitle,year,DocumentURL\nA,2015703796,"Demo, Anna; Else, Bo",J Demo,2019,https://search.proquest.com/docview/1\n',
        ("ProQuest", "A", ("Demo, Anna", "Else, Bo"), 2019, "2015703796"),
    ),
    "Semantic Scholar": (
        "paperId,title,venue,year,authors\nabc,A,J Demo,2020,\"[{'authorId': '1', 'name': 'Anna Demo'}, {'authorId': '2', 'name': 'Bo Else'}]\"\n",
        ("", "A", ("Anna Demo", "Bo Else"), 2020, ""),
    ),
    "Europe PMC": (
        'id,source,title,authorString,journalTitle,pubYear,pageInfo\n36419237,MED,A,"Walker IS, Demo SJ.",J Demo,2023,1-2\n',
        ("Europe PMC", "A", ("Walker IS", "Demo SJ"), 2023, "36419237"),
    ),
    "EndNote": ("*Journal Article\nAuthor\tYear\tTitle\nDemo, A.//Else, B.\t2019\tA\n", ("", "A", ("Demo, A.", "Else, B."), 2019, "")),
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_more_sources_are_known(name):
    text, (source, title, authors, year, accession) = TABLES[name]
    reading = readers.open_export(io.BytesIO(text.encode()), "a.csv")
    [entry] = reading
    found = entry.fields
    assert (reading.source, found.title, found.authors, found.year, found.accession) == (source, title, authors, year, accession)


def test_what_programs_write_for_nothing_is_nothing_and_volumes_are_numbers():
    found = one("TY  - JOUR\nTI  - A\nVL  - v. 40\nIS  - NA\nSP  - 105685-105685\nDP  - Nlm\nDB  - Demo\nAN  - 36037647\nER  - \n")
    assert (found.volume, found.issue, found.pages, found.pmid) == ("40", "", "105685", "36037647")


def test_a_translated_title_in_brackets_is_no_journal():
    found = one("TY  - JOUR\nT1  - Vård\nT2  - [Care]\nJO  - Vård i Demo\nER  - \n")
    assert (found.journal, found.title_other) == ("Vård i Demo", "Care")


RIS = "TY  - JOUR\nTI  - One\nAU  - Demo, A\nER  - \n"


@pytest.mark.parametrize(
    ("text", "read_of_them"),
    [
        (RIS + "<html><body>Internal error</body></html>\n", 1),
        (RIS + "Title,Authors,Year\nA,B,2019\n", 1),
        ("Title,Authors,Year\nA,B,2019\n" + RIS, 1),
        ("FN Clarivate\nVR 1.0\nPT J\nAU Demo, A\nTI W\nER\n\nEF\n" + RIS, 1),
        ("@article{x,title={B}}\n" + '[{"title":"J"}]\n', 1),
        ("<1. >\nVN  - Ovid Technologies\nTI  - O\nAU  - Demo A\n\n" + RIS, 1),
        ("Record #1 of 1\nID: CN-1\nTI: A\n\n" + RIS, 1),
    ],
)
def test_what_stands_behind_or_before_an_export_is_handed_over(text, read_of_them):
    reading = readers.open_export(io.BytesIO(text.encode()), "a.txt")
    assert "another format" in next(entry.problem for entry in list(reading) if entry.problem)
    assert (reading.read, reading.needs_look) == (read_of_them, 1)


def test_a_lost_line_end_between_two_entries_joins_nothing():
    entries = list(readers.open_export(io.BytesIO(b"TY  - JOUR\nTI  - One\nER  -TY  - JOUR\nTI  - Two\nER  -"), "a.ris"))
    assert [entry.fields.title for entry in entries] == ["One", "Two"]


def test_the_word_er_inside_an_abstract_ends_nothing():
    text = "TY  - JOUR\nTI  - One\nAB  - the oestrogen receptor\nER  - positive tumours\nAU  - Demo, A\nER  - \n"
    assert one(text).abstract == "the oestrogen receptor ER  - positive tumours"


def test_ris_that_a_spreadsheet_saved_as_a_table_is_ris():
    text = "".join(f"{line};;\n" for line in ("TY  - JOUR", '"TI  - One; or not"', "AU  - Demo, A", "PY  - 2019", "ER  - "))
    assert (one(text).title, one(text).year) == ("One; or not", 2019)


def test_days_that_a_spreadsheet_counts_are_dates():
    entries = list(readers.open_export(io.BytesIO(b"Title,Authors,Publication Date\nA,B,43525\nC,D,2019\n"), "a.csv"))
    assert [(entry.fields.year, entry.fields.date) for entry in entries] == [(2019, "2019-03-01"), (2019, "2019")]


def test_workbooks_with_charts_and_repeated_headers_are_read():
    book = openpyxl.Workbook()
    for row in (["Title", "Authors"], ["A", "B"], [], ["Title", "Authors"], ["C", "D"]):
        book.active.append(row)
    book.create_chartsheet("Picture")
    file = io.BytesIO()
    book.save(file)
    assert [entry.fields.title for entry in readers.open_export(file, "a.xlsx")] == ["A", "C"]


def test_conferences_in_source_lines_of_ovid_are_no_journal():
    line = "BMC Demo. Conference: 2nd Demo Conference: Part 2. Oslo Norway. 12 (Supplement 3) (no pagination), 2018."
    found = parse_source(line)
    assert (found.journal, found.volume, found.issue, found.year) == ("BMC Demo", "12", "Supplement 3", "2018")
    assert parse_source("Demo Value. Conference: D. Oslo. 22 (pp S700-S701), 2019.").issue == ""
    assert parse_source("Dissertation Demo. Vol.80(1-A(E)),2019, pp. No Pagination Specified.").issue == "1-A(E)"


DISSERTATIONS = """____________________________________________________________

Document {number} of 2

A heading

Author: Demo, Chris

http://search.proquest.example/docview/{number}?accountid=1

Abstract: The first paragraph.

Methods: the second paragraph.

Links: http://resolver.example/?a=1

Advisor: Guide, Gun

Degree date: 2014

Document type: Dissertation/Thesis

Publication year: 2014

Title: A title of theses

University location: Norway -- Oslo

Made-up label: something

____________________________________________________________
Contact us at: http://support.example
Database copyright 2015 ProQuest LLC. All rights reserved.
"""


def test_dissertations_of_proquest_keep_title_and_authors_clean():
    text = "".join(DISSERTATIONS.format(number=number) for number in (1, 2))
    entries = list(readers.open_export(io.BytesIO(text.encode()), "a.txt"))
    assert len(entries) == 2
    for entry in entries:
        found = entry.fields
        assert (found.title, found.authors, found.type) == ("A title of theses", ("Demo, Chris",), "thesis")
        assert found.url.startswith("http://search.proquest.example/docview/")
        assert found.abstract == "The first paragraph.\nMethods: the second paragraph."
        assert (found.other["advisor"], found.other["made-up label"]) == (["Guide, Gun"], ["something"])
        assert "contact us at" not in found.other


def test_other_indexes_of_web_of_science_as_tables():
    tab = 'PT\tUT\tPM\tTI\tFT\tAU\tSO\tPY\tPS\nJ\tBCI:1\t1\tA "title\tEin Titel\tDemo, A. (a@demo.example) ; Else, B.\tJ Demo\t2018\t1-9\n'
    for text, name in ((tab, "a.txt"), (tab.replace(",", "").replace(' "', " ").replace("\t", ","), "a.csv")):
        [entry] = readers.open_export(io.BytesIO(text.encode()), name)
        found = entry.fields
        assert (found.title_other, found.pages, found.accession) == ("Ein Titel", "1-9", "BCI:1")
        assert len(found.authors) == 2
        assert "@" not in found.authors[0]


def test_quotation_marks_behind_a_backslash_and_lines_of_markdown():
    entries = list(readers.open_export(io.BytesIO(b'Title,Authors\n"The \\"quoted\\" one","Demo"\n"Two","Else"\n'), "a.csv"))
    assert [entry.fields.title for entry in entries] == ['The "quoted" one', "Two"]
    entries = list(readers.open_export(io.BytesIO(b"| Title | Authors |\n|---|---|\n| One | Demo |\n"), "a.md"))
    assert [entry.fields.title for entry in entries] == ["One"]


@pytest.mark.parametrize(
    "text",
    [
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><body><table></table></body></html>',
        "<table><tr><td>Title</td></tr></table>",
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
    ],
)
def test_tables_that_only_look_like_workbooks_are_named(text):
    with pytest.raises(readers.Refused, match=r"save it as \.xlsx or CSV"):
        readers.open_export(io.BytesIO(text.encode()), "a.xls")


def test_keywords_of_refworks_that_stand_one_a_line():
    text = "RT Journal Article\nSR 1\nA1 Demo,Anna;Else,Bo\nT1 A\nK1 support\ncare\nYR 2019\n\nRT Book\nST Short\nA1 Demo,C\nYR 2018\nK1 a; b\n"
    first, second = (entry.fields for entry in readers.open_export(io.BytesIO(text.encode()), "a.txt"))
    assert (first.keywords, first.authors) == (("support", "care"), ("Demo, Anna", "Else, Bo"))
    assert (second.title, second.keywords) == ("Short", ("a", "b"))


TEXTS = (
    "pubmed.nbib",
    "zotero.bib",
    "endnote.enw",
    "wos.txt",
    "ovid-tagged.txt",
    "refworks.txt",
    "cochrane.txt",
    "ebsco.txt",
    "noteexpress.txt",
)


@pytest.mark.parametrize("behind", [*TEXTS, "proquest.ris", "scopus.csv", "csl.json", "endnote.xml"])
def test_two_formats_in_one_file_lose_neither(behind):
    """One of the two is read, the other is handed over as lines to be looked at; no entry of the first takes lines of the second."""
    there = {name: text_of(SAMPLES[0].parent / name) for name in (*TEXTS, behind)}
    for before in TEXTS:
        if before == behind:
            continue
        first, second = there[before].rstrip("\n"), there[behind].rstrip("\n")
        reading = readers.open_export(io.BytesIO(f"{first}\n\n{second}\n".encode()), "a.txt")
        entries = list(reading)
        handed = "\n".join(entry.raw for entry in entries if "another format" in entry.problem)
        other = first if second.split("\n")[-1] not in handed else second
        assert [line for line in other.split("\n")[-3:] if line.strip() and line not in handed] == [], before
        assert reading.read >= min(len(read(first.encode(), before)[1]), len(read(second.encode(), behind)[1])) - 1, before


def test_an_own_entry_behind_another_format_is_read_again():
    nbib = "PMID- {0}\nOWN - NLM\nTI  - {0}\nFAU - Demo, A\n\n"
    entries = list(readers.open_export(io.BytesIO((nbib.format(1) + RIS + "\n" + nbib.format(2)).encode()), "a.nbib"))
    assert [entry.fields.title if entry.fields else "!" for entry in entries] == ["1", "2", "!"]
    assert [entry.line for entry in entries] == [1, 11, 6]


def test_prose_that_names_columns_is_no_table_and_an_own_line_is_never_foreign():
    wos = "FN Clarivate\nVR 1.0\nPT J\nAU Demo, A\nTI W\nAB We noted the\n   Title, Author, Year, DOI, and country of each.\nER\n\nEF\n"
    assert one(wos).abstract == "We noted the Title, Author, Year, DOI, and country of each."
    assert one("@article{x,Title={A},Author={Demo, A},Year={2019},DOI={10.5555/x}}\n").title == "A"
    assert one("%0 Book\n%T Title,Author,Year\n%A Demo, A\n").title == "Title,Author,Year"


def test_lines_of_another_text_behind_a_wide_table_are_handed_over():
    text = "Title,Authors,Year,DOI,Abstract\nA,B,2019,10.5555/a,x\nFN Clarivate\nVR 1.0\nPT J\nTI W\nER\n"
    entries = list(readers.open_export(io.BytesIO(text.encode()), "a.csv"))
    assert [bool(entry.problem) for entry in entries] == [False, *[True] * 5]
