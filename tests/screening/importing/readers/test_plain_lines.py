"""Lists that people paste: identifiers and references as lines."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.importing.readers import Refused, open_export
from screening.importing.readers.plain_lines import AS_A_LINE, ONLY_AN_IDENTIFIER, guess, open_pasted

APA = "Demo, Å., & Nord, O. B. (2019). Støtte og bedring: A study of two towns. Demo Journal of Care, 12(3), 45–67. https://doi.org/10.5555/a.1"
VANCOUVER = "3. Demo Å, Nord OB, et al. Support in two towns. Demo J Care. 2018 Jan;12(3):45-67. PMID: 12345678."
BOOK = "Demo, Kari: A book about care, Oslo 2011"


def pasted(text: str):
    reading = open_pasted(BytesIO(text.encode()), "typed.txt")
    return reading, list(reading)


def raws(text: str) -> list[str]:
    return [one.raw for one in pasted(text)[1]]


def test_identifiers_one_a_line_are_an_entry_each_and_recognised_as_a_file_too():
    text = "https://doi.org/10.5555/a.1\r\n\r\ndoi:10.5555/a.2.\n12345678\nPMID: 23456789\nPMC1234567\n"
    reading, entries = pasted(text)

    assert [one.problem for one in entries] == [ONLY_AN_IDENTIFIER] * 5
    assert [(one.line, one.fields) for one in entries] == [(1, None), (3, None), (4, None), (5, None), (6, None)]
    assert reading.dialect == "lines"
    assert [one.raw for one in open_export(BytesIO(text.encode()), "dois.txt")] == [one.raw for one in entries]


def test_a_table_of_bare_numbers_is_no_list_of_pmids():
    with pytest.raises(Refused):
        list(open_export(BytesIO(b"12345678\n23456789\n"), "numbers.txt"))
    assert len(pasted("12345678\n23456789\n")[1]) == 2


@pytest.mark.parametrize(
    "text", [f"{APA}\n{VANCOUVER}\n{BOOK}\n", f"{APA}\n\n{VANCOUVER}\n\n{BOOK}", f"1. {APA}\n2. {VANCOUVER}\n3. {BOOK}"]
)
def test_references_are_an_entry_a_line_with_the_line_as_it_came(text):
    _reading, entries = pasted(text)

    assert [one.raw for one in entries] == [line for line in text.split("\n") if line]
    assert {one.problem for one in entries} == {AS_A_LINE}


def test_references_of_several_lines_are_parted_by_blank_lines_or_by_what_is_pushed_in():
    assert raws("Demo, A. (2019).\nA title.\nJournal.\n\nNord, B. (2018).\nAnother.\n") == [
        "Demo, A. (2019).\nA title.\nJournal.", "Nord, B. (2018).\nAnother.",
    ]  # fmt: skip
    assert raws("Demo, A. (2019). A title\n   that goes on.\nNord, B. (2018). Another.") == [
        "Demo, A. (2019). A title\n   that goes on.", "Nord, B. (2018). Another.",
    ]  # fmt: skip


def test_an_export_that_is_pasted_is_read_as_what_it_is():
    reading, entries = pasted("TY  - JOUR\nTI  - A title\nPY  - 2019\nER  - \n")

    assert reading.dialect == "ris"
    assert entries[0].fields is not None


@pytest.mark.parametrize("text", ["the paper Kari told me about", "", "   \n ", "<!doctype html><html><body>2019</body></html>"])
def test_prose_and_nothing_are_refused_with_a_sentence(text):
    with pytest.raises(Refused, match=r"\w"):
        pasted(text)


def test_fields_are_proposed_from_the_form_of_a_reference():
    assert guess(APA) == {
        "doi": "10.5555/a.1", "authors": "Demo, Å.\nNord, O. B.", "year": "2019", "title": "Støtte og bedring: A study of two towns",
        "journal": "Demo Journal of Care", "volume": "12", "issue": "3", "pages": "45–67",
    }  # fmt: skip
    assert guess(VANCOUVER) == {
        "pmid": "12345678", "authors": "Demo, Å\nNord, OB", "year": "2018", "title": "Support in two towns",
        "journal": "Demo J Care", "volume": "12", "issue": "3", "pages": "45-67",
    }  # fmt: skip
    assert guess(BOOK) == {"year": "2011"}
    assert guess("12345678") == {"pmid": "12345678"}
    assert guess("PMC123") == {}


@given(st.text(max_size=300))
def test_a_guess_never_fails(text):
    assert all(guess(text).values())


@given(st.lists(st.sampled_from([APA, VANCOUVER, BOOK, "10.5555/x.1", "", "  ", "12345678", "Demo, Å. 2019", "\tpushed in"]), max_size=30))
def test_nothing_of_a_list_is_lost(lines):
    text = "\n".join(lines)
    try:
        found = raws(text)
    except Refused:
        return
    assert [line for raw in found for line in raw.split("\n")] == [line for line in lines if line.strip()]
