"""Decisions that came along are left out of notes, tags and raw text; everything before them stays, and files without any stay as they are."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.importing import readers
from screening.importing.readers.found_decisions import decisions_of
from screening.importing.readers.kept_back import INSTEAD, has_trace, of_decisions, raw_without, without_decisions

SAMPLES = Path(__file__).parents[3] / "samples"
RAYYAN = 'RAYYAN-INCLUSION: {"Anna"=>"Included"} | RAYYAN-LABELS: pilot'
COVIDENCE = "Exclusion reason: Wrong design; Anna Demo (2021-01-12 03:45:12)(Screen): Look again"


@pytest.mark.parametrize(
    ("notes", "kept"),
    [
        ("Own note", "Own note"),
        (f"Own note\n{RAYYAN}", "Own note"),
        (f"Own note | {RAYYAN}\nand its second line", "Own note"),
        ('USER-NOTES: {"Anna"=>["only\na note"]}', ""),
        (f"Own note\n{COVIDENCE}", "Own note"),
        ("Anna Demo (2021-01-12 03:45:12)(Screen): a note", ""),
        ("First\nASReview_relevant\nASReview_prior\nLast", "First\nLast"),
        ("RAYYAN alone (see above) (2021)", "RAYYAN alone (see above) (2021)"),
    ],
)
def test_notes(notes, kept):
    assert without_decisions(notes, {})[0] == kept


def test_cells_of_a_table_and_tags():
    other = {"Included": ["1"], "Reason": ["design"], "Reviewer": ["Anna"], "Place": ["Oslo"], "C1": [RAYYAN, "Kept"], "empty": [""]}
    assert without_decisions("", other) == ("", {"Place": ["Oslo"], "C1": ["Kept"], "empty": [""]}, True)
    assert without_decisions("", {"Reason": ["Trial"], "Tags": ["a"]}) == ("", {"Reason": ["Trial"], "Tags": ["a"]}, False)
    assert of_decisions(["Covidence #", "Tags", "Ref"]) == {"Tags"}
    assert of_decisions(["asreview_label", "label", "exported_notes_1", "source"]) == {"asreview_label", "label", "exported_notes_1"}
    assert without_decisions("What Anna thinks", {"asreview_prior": ["1"]})[0] == ""


RAWS = {
    "ris": (f"TY  - JOUR\nTI  - A title\nN1  - {RAYYAN}\n  and more of it\nPY  - 2019\nER  - ", [2, 3]),
    "asreview": ("TY  - JOUR\nTI  - A title\nN1  - ASReview_relevant\nN1  - ASReview_prior\nER  - ", [2, 3]),
    "covidence": (f"TY  - JOUR\nN1  - Anna Demo (2021-01-12 03:45:12)(Screen): a\nb\nN1  - {COVIDENCE}\nER  - ", [1, 2, 3]),
    "bibtex": (f"@article{{demo1,\n title = {{A title}},\n note={{{RAYYAN}}},\n year={{2019}}\n}}", [2]),
    "refer": (f"%T A title\n%Z {RAYYAN}\n%D 2019", [1]),
    "xml": ("<record>\n<notes>RAYYAN-INCLUSION: {&quot;Anna&quot;=&gt;&quot;Included&quot;}\nx</notes>\n<year>2019</year>", [1, 2]),
    "json": ('{\n  "title": "A title",\n  "note": "RAYYAN-INCLUSION: {\\"Anna\\"=>\\"Included\\"}",\n  "volume": "1"\n}', [2]),
}


@pytest.mark.parametrize("name", RAWS)
def test_raw_text_is_put_out_to_the_next_field(name):
    raw, out = RAWS[name]
    shown = raw_without(raw, row=False).split("\n")
    assert [n for n, line in enumerate(shown) if line == INSTEAD] == out
    assert [line for n, line in enumerate(shown) if n not in out] == [line for n, line in enumerate(raw.split("\n")) if n not in out]


def test_a_row_with_a_cell_is_put_out_whole_and_keeps_its_lines():
    assert raw_without("1,A title,\n1", row=True) == f"{INSTEAD}\n{INSTEAD}"


WORDS = ("RAYYAN-INCLUSION: ", '{"Anna"=>"Excluded"}', "USER-NOTES: {", "ASReview_relevant", "\n", " | ", "Note ", "Exclusion reason: x; ")
SAID = ("Bo (2021-01-12 03:45)(Screen): y", "RAYYAN-LABELS: a", "&quot;", "}", ") (", "RAYYAN-EXCLUSION-REASONS: b")


@given(st.lists(st.sampled_from(WORDS + SAID), max_size=12).map("".join), st.sampled_from(["N1", "included", "asreview_label", "reason"]))
def test_no_decision_is_found_in_what_is_left(notes, tag):
    left, other, _row = without_decisions(notes, {tag: ["1"], "C2": [notes]})
    assert not decisions_of(readers.Fields(title="Invented", notes=left, other=other))
    assert not has_trace(left)
    for text in raw_without(f"N1  - {notes}\nER  - ", row=False).split("\n"):
        assert not has_trace(text)


@pytest.mark.parametrize("name", ["ebsco-cinahl.ris", "scopus.csv", "zotero.rdf", "endnote.xml", "wos.txt"])
def test_files_without_decisions_stay_as_they_are(name):
    data = (SAMPLES / name).read_bytes()
    read = [one for one in readers.open_export(io.BytesIO(data), name) if one.fields is not None]
    assert read
    for one in read:
        assert without_decisions(one.fields.notes, one.fields.other) == (one.fields.notes, one.fields.other, False)
        assert raw_without(one.raw, row=False) == one.raw
