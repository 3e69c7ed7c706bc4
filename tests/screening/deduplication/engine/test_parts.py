"""The small parts: folding, names, journals, pages, display, the table."""

import csv
import gzip
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from screening.deduplication.engine import Item, display_fields, journals, names, pages
from screening.deduplication.engine import normalise as fold
from screening.deduplication.engine.fields import compare_pages
from screening.deduplication.engine.table import read_items, split_authors
from screening.deduplication.engine.titles import spelling


@pytest.mark.parametrize(
    ("text", "surname", "initial"),
    [
        ("Demo, Anna B.", "demo", "a"),
        ("Demo AB", "demo", "a"),
        ("Demo A. B.", "demo", "a"),
        ("Anna B. Demo", "demo", "a"),
        ("van der Demo, P.", "demo", "p"),
        ("Sørdemo, Åse", "sordemo", "a"),
        ("Demo, Jr., Carl", "demo", "c"),
        ("The Demo Study Group", "thedemostudygroup", ""),
        ("Demo", "demo", ""),
    ],
)
def test_names(text: str, surname: str, initial: str) -> None:
    found = names.name(text)
    assert found is not None
    assert found[:2] == (surname, initial)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Demo, Anna; Fiktiv, C.", ("Demo, Anna", "Fiktiv, C.")),
        ("AB Demo, C Fiktiv, D Modell", ("AB Demo", "C Fiktiv", "D Modell")),
        ("Demo AB, Fiktiv C, et al.", ("Demo AB", "Fiktiv C")),
        ("Demo, Anna and Fiktiv, Carl", ("Demo, Anna", "Fiktiv, Carl")),
        ("van Demo, A. B.", ("van Demo, A. B.",)),
        ("Department of Demos and Models", ("Department of Demos and Models",)),
        ("", ()),
    ],
)
def test_authors_of_one_field(text: str, people: tuple[str, ...]) -> None:
    assert split_authors(text) == people


LETTERS = st.text("abzAZ ,.-'øé", max_size=12)


@given(LETTERS, st.sampled_from(["", ",", ", ", " "]), LETTERS, st.sampled_from(["", " et al", ", Jr.", " Study Group", " van", " III"]))
def test_the_surname_alone_is_that_of_the_whole_name(head: str, comma: str, rest: str, tail: str) -> None:
    text = head + comma + rest + tail
    assert names.surname(text) == (names.name(text) or ("",))[0]


@pytest.mark.parametrize("text", ["", "Anonymous", "et al", ",", "  "])
def test_nobody(text: str) -> None:
    assert names.name(text) is None


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        ("Journal of Demo Studies", "J Demo Stud", True),
        ("J. Demo Stud.", "The Journal of Demo Studies (Oslo)", True),
        ("JDS", "Journal of Demo Studies", True),
        ("ACM Demo Record", "Demo Record", True),
        ("Deutsche Medizinische Wochenschrift", "Dtsch Med Wochenschr", True),
        ("Japanese Journal of Demos", "Jpn J Demos", True),
        ("Annales françaises d'anesthésie et de réanimation", "Ann Fr Anesth Reanim", True),
        ("Demo Nursing", "Demo Psychiatry", False),
        ("Journal of Demo Studies", "Journal of Model Studies", False),
    ],
)
def test_journals(a: str, b: str, alike: bool) -> None:
    assert bool(journals.journals_alike(journals.journal(a)[0], journals.journal(b)[0])) is alike


@pytest.mark.parametrize(
    ("a", "b", "level"),
    [
        ("482-91", "482-491", 3),
        ("482", "482-491", 2),
        ("S12-S15", "12-15", 3),
        ("e12724", "1-6", 0),
        ("e12724", "482-491", 0),
        ("1-10", "482-491", 0),
        ("228-297", "288-297", 1),
        ("Suppl-29", "417-429", 0),
        ("1008–12", "1008-1012", 3),
        ("12-19", "482-491", -1),
        ("A12", "S12", -1),
    ],
)
def test_pages(a: str, b: str, level: int) -> None:
    assert compare_pages(pages.page(a), pages.page(b)) == level
    assert compare_pages(pages.page(b), pages.page(a)) == level


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("https://doi.org/10.5555/ABC.1.", "10.5555/abc.1"),
        ("doi:10.5555/abc", "10.5555/abc"),
        ("10.5555/a%2Fb", "10.5555/a/b"),
        ("no", ""),
        ("10.", ""),
    ],
)
def test_dois(text: str, doi: str) -> None:
    assert fold.clean_doi(text) == doi


@pytest.mark.parametrize(
    ("a", "b"), [("haemolytic", "hemolytic"), ("oestrogen", "estrogen"), ("behaviour", "behavior"), ("patient", "patients"), ("two", "2")]
)
def test_spellings(a: str, b: str) -> None:
    assert spelling(a, b)
    assert spelling(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("hypertension", "hypotension"),
        ("increased", "decreased"),
        ("typical", "atypical"),
        ("2016", "2017"),
        ("maternal", "paternal"),
        ("men", "women"),
    ],
)
def test_opposites_are_no_spellings(a: str, b: str) -> None:
    assert not spelling(a, b)
    assert not spelling(b, a)


def test_display_takes_the_printed_version() -> None:
    early = Item(id=1, title="A DEMO TITLE", authors=("Demo, A", "Demo, B"), year=2015, doi="10.5555/x", abstract="Long demo abstract.")
    printed = Item(id=2, title="A demo title", authors=("Demo, A",), year=2016, volume="3", issue="1", pages="1-9", abstract="Short.")
    shown = display_fields([early, printed])
    assert shown["title"] == shown["year"] == shown["pages"] == 2
    assert shown["authors"] == shown["abstract"] == shown["doi"] == 1
    assert "pmid" not in shown
    assert display_fields([printed, early]) == shown
    assert display_fields([]) == {}


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    how = {"mode": "wt", "encoding": "utf-8", "newline": ""}
    with gzip.open(path, **how) if path.suffix == ".gz" else path.open(**how) as handle:
        out = csv.DictWriter(handle, fieldnames=list(rows[0]))
        out.writeheader()
        out.writerows(rows)


ROWS = [
    {"id": "x1", "title": "Peer support groups in a rural service", "authors": "Demo, A; Modell, D", "year": "2016", "source": "one"},
    {"id": "x2", "title": "PEER SUPPORT GROUPS IN A RURAL SERVICE.", "authors": "Demo A; Modell D", "year": "2016", "source": "two"},
    {
        "id": "x3",
        "title": "Peer support groups in a rural service: a study protocol",
        "authors": "Demo, A; Modell, D",
        "year": "2015",
        "source": "two",
    },
]


@pytest.mark.parametrize("name", ["records.csv", "records.csv.gz"])
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    source, out, look = tmp_path / name, tmp_path / "out.csv", tmp_path / "look.csv"
    _write(source, ROWS)
    call_command("dedupe_table", source, out=out, review=look)
    report = json.loads(capsys.readouterr().out)
    assert (report["records"], report["groups"], report["look"]) == (3, 2, 1)
    assert {"seconds", "cpu_seconds", "peak_mib"} <= set(report)
    rows = list(csv.DictReader(out.open()))
    assert [row["id"] for row in rows] == ["x1", "x2", "x3"]
    assert rows[0]["cluster"] == rows[1]["cluster"] != rows[2]["cluster"]
    assert [row["why"] for row in csv.DictReader(look.open())] == ["protocol"]


def test_a_table_without_ids_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "no.csv", [{"title": "x"}])
    with pytest.raises(ValueError, match="no column 'id'"):
        read_items(tmp_path / "no.csv")


def test_a_source_that_repeats_itself_is_no_file(tmp_path: Path) -> None:
    _write(tmp_path / "t.csv", [*ROWS, {**ROWS[0], "id": "x4"}])
    assert {item.file for item in read_items(tmp_path / "t.csv")} == {""}
    _write(tmp_path / "t.csv", ROWS)
    assert {item.file for item in read_items(tmp_path / "t.csv")} == {"one", "two"}
