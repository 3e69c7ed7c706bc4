"""The pure rules that bring single values into the normal form."""

import pytest

from screening.importing.readers import abstracts, latex, names, values
from screening.importing.readers.ovid_tagged import author_of
from screening.importing.readers.source import guess_eight_bit
from screening.importing.readers.source_line import Where, parse_source


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2019", 2019),
        ("2019/03//", 2019),
        ("Mar 2019", 2019),
        ("2019-2020", 2019),
        ("[2019]", 2019),
        ("c2019", 2019),
        ("20190314", 2019),
        ("2015/october", 2015),
        ("Start date: 20170812", 2017),
        ("n.d.", None),
        ("in press", None),
        ("0000", None),
        ("888", None),
        ("19", None),
        ("٢٠١٩", None),
        ("12345", None),
    ],
)
def test_year(text, year):
    assert values.year_of(text) == year


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.5555/DEMO.1", "10.5555/demo.1"),
        ("https://doi.org/10.5555/demo.1.", "10.5555/demo.1"),
        ("http://dx.doi.org/10.5555%2Fdemo(1)", "10.5555/demo(1)"),
        ("doi: 10.5555/demo.1 [doi]", "10.5555/demo.1"),
        ("(10.5555/demo)", "10.5555/demo"),
        ("10.5555/(SICI)1097(19980815/30)17:15<1661::AID-1>3.0.CO;2-2", "10.5555/(sici)1097(19980815/30)17:15<1661::aid-1>3.0.co;2-2"),
        ("10.5555/zot\\_1", "10.5555/zot_1"),
        ("10.5555/a</a>", "10.5555/a"),
        ("no doi", ""),
        ("10.5555/", ""),
        ("10.5555/" + ")" * 5000, ""),
    ],
)
def test_doi(text, doi):
    assert values.doi_of(text) == doi


@pytest.mark.parametrize(
    ("first", "last", "pages"),
    [
        ("12", "18", "12-18"),
        ("12-18", "", "12-18"),
        ("pp 37-64", "", "37-64"),
        ("No", "Specified", ""),
        ("e12", "e12", "e12"),
        ("", "9", "9"),
    ],
)
def test_pages(first, last, pages):
    assert values.pages_of(first, last) == pages


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("Demo, Anna; Demo, Bo", ["Demo, Anna", "Demo, Bo"]),
        ("Demo A., Demo B.-C.", ["Demo A.", "Demo B.-C."]),
        ("Demo AB, Demo C.", ["Demo AB", "Demo C"]),
        ("Demo, Anna", ["Demo, Anna"]),
        ("Demo, A. and Demo, B.", ["Demo, A.", "Demo, B."]),
        ("Anna Demo|Bo Demo", ["Anna Demo", "Bo Demo"]),
        ("['Demo, Anna', 'Demo, Bo']", ["Demo, Anna", "Demo, Bo"]),
        ("Demo A.\n\nDemo B.", ["Demo A.", "Demo B."]),
        ("", []),
    ],
)
def test_names_in_one_cell(cell, found):
    assert names.split_names(cell) == found


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"M{\"o}lndal", "Mölndal"),
        (r"{\AA}se S{\o}rensen \& {\'E}lise", "Åse Sørensen & Élise"),
        (r"na\"{\i}ve \c{c}a \v{s} \ss", "naïve ça š ß"),
        (r"50\% of \emph{all} {P}atients", "50% of all Patients"),
        (r"\unknown{x}", r"\unknownx"),
    ],
)
def test_tex_letters(tex, text):
    assert latex.decode(tex) == text


def test_sections_stand_on_lines_and_running_text_stays():
    assert abstracts.sections("BACKGROUND: a. METHODS: b. RESULTS: c.") == "BACKGROUND: a.\nMETHODS: b.\nRESULTS: c."
    assert abstracts.sections("The METHODS: none") == "The METHODS: none"


def test_wrapped_lines_become_one_and_paragraphs_stay():
    assert abstracts.joined_lines(["a wrapped", "line"]) == "a wrapped line"
    assert abstracts.joined_lines(["x" * 150, "y" * 150]) == "x" * 150 + "\n" + "y" * 150
    assert abstracts.joined_lines(["Aim: a.", "Methods: b."]) == "Aim: a.\nMethods: b."


@pytest.mark.parametrize("encoding", ["windows-1252", "mac-roman"])
def test_eight_bit_encodings_are_told_apart(encoding):
    text = "Støtte på sjøen, återhämtning och öppenvård; ældre mænd’s “liv” – Ærlighet"
    assert guess_eight_bit(text.encode(encoding)) == encoding


def test_ovid_names_and_sources():
    assert author_of("Demo, James A. Ph.D., FACSM") == "Demo, James A."
    assert author_of("Demo, Barbara MD, PhD *") == "Demo, Barbara"
    assert author_of("Demo, Karin [Author, Reprint Author]") == "Demo, Karin"


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("Demo Medicine. 12 (3), pp. 45-50, 2011.", Where("Demo Medicine", "12", "3", "45-50", "", "2011")),
        (
            "Demo Ecology & Management. 201(2-3):327-334, November 15, 2004.",
            Where("Demo Ecology & Management", "201", "2-3", "327-334", "", "2004"),
        ),
        ("Demo Journal. Vol.43(5), Sep 2015, pp. 623-634. ", Where("Demo Journal", "43", "5", "623-634", "", "2015")),
        (
            "Demo Journal of Travel. 25 (1) (no pagination), 2018. Article Number: tay018. Date of Publication: 2018.",
            Where("Demo Journal of Travel", "25", "1", "", "tay018", "2018", "2018"),
        ),
        (
            "Demo Advances. 14 (no pagination), 2021. Date of Publication: May 2021.",
            Where("Demo Advances", "14", "", "", "", "2021", "May 2021"),
        ),
        ("Demo Medicine. 12 (3) (pp 45-50), 2011.", Where("Demo Medicine", "12", "3", "45-50", "", "2011")),
        ("Demo Journal January/February 2010;14(1):56", Where("Demo Journal", "14", "1", "56", "", "2010", "January/February 2010")),
        ("J Demo. 2019 Mar 3;12(3):45-50. doi: 10.5555/x", Where("J Demo", "12", "3", "45-50", "", "2019", "2019 Mar 3")),
        (
            "Demo Endoscopy (2014) 3:3 (152-160). Date of Publication: 2014",
            Where("Demo Endoscopy", "3", "3", "152-160", "", "2014", "2014"),
        ),
        ("Demo Cases (2019) 54 (83-86). Date of Publication: 1 Jan 2019", Where("Demo Cases", "54", "", "83-86", "", "2019", "1 Jan 2019")),
        (
            "Demo Sports (2015) 3:3 Supplement 1. Date of Publication: 1 Mar 2015",
            Where("Demo Sports", "3", "3 Supplement 1", "", "", "2015", "1 Mar 2015"),
        ),
        ("Demo Proceedings. 2005; 9pp..", Where("Demo Proceedings", "", "", "", "", "2005", "2005")),
        ("Demo Journal.", Where("Demo Journal")),
        ("Demo 2000: a journal. 5(1):1-9, 2011.", Where("Demo 2000: a journal", "5", "1", "1-9", "", "2011")),
        ("", Where()),
    ],
)
def test_source_lines_are_parted(line, where):
    assert parse_source(line) == where


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Demo, Anna", ["Demo, Anna"]),
        ("van der Demo, A", ["van der Demo, A"]),
        ("Demo Group, Nordic", ["Demo Group, Nordic"]),
        ("Demo, A., Jr.", ["Demo, A., Jr."]),
        ("Department of Demos, University of Examples", ["Department of Demos, University of Examples"]),
        ("Demo III, Anna B", ["Demo III, Anna B"]),
        ("Demo, A and Demo, B", ["Demo, A", "Demo, B"]),
        ("Demo AB, van der Demo C, O'Demo D-E", ["Demo AB", "van der Demo C", "O'Demo D-E"]),
        ("Demo, A., Else, B. C., Third, D.", ["Demo, A.", "Else, B. C.", "Third, D."]),
        ("Demo, A; Else, B", ["Demo, A", " Else, B"]),
    ],
)
def test_a_value_of_several_names_is_parted_and_one_name_stays(value, found):
    assert names.split_value(value) == found
