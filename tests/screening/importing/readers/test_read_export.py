"""manage.py read_export: one JSON object, exit codes, no database."""

import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command

SAMPLES = Path(__file__).parents[3] / "samples"
NAMES = """
position line type title authors year journal volume issue pages doi pmid abstract keywords language accession database url remarks
"""
KEYS = set(NAMES.split())


def test_read_export_prints_one_object(capsys):
    call_command("read_export", SAMPLES / "endnote.xml", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["dialect"], answer["encoding"], answer["source"]) == ("endnote-xml", "utf-8", "MEDLINE via Ovid")
    assert answer["found"] == answer["read"] + answer["needs_look"] == len(answer["records"]) + len(answer["problems"])
    assert set(answer["records"][0]) == KEYS
    assert set(answer["problems"][0]) == {"position", "line", "message", "raw"}


def test_refused_file_gives_a_sentence_and_code_2(tmp_path, capsys):
    wrong = tmp_path / "export.ris"
    wrong.write_bytes(b"%PDF-1.7")
    with pytest.raises(SystemExit) as stop:
        call_command("read_export", wrong, "--json")
    assert stop.value.code == 2
    assert json.loads(capsys.readouterr().out)["refused"].startswith("The file is a PDF")


def test_file_that_is_not_there_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit):
        call_command("read_export", tmp_path / "none.ris", "--json")
    assert "cannot be opened" in json.loads(capsys.readouterr().out)["refused"]


def test_without_json_it_prints_a_summary(capsys):
    call_command("read_export", SAMPLES / "ovid.ris")
    assert "found 7, read 7, to be looked at 0" in capsys.readouterr().out


def printed(path: Path, capsys) -> dict[str, object]:
    try:
        call_command("read_export", path, "--json")
    except SystemExit as stop:
        code = stop.code
        assert code == 2
    return json.loads(capsys.readouterr().out)


def packed(path: Path, *files: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return path


def test_archive_of_one_export_is_read_and_others_are_named(tmp_path, capsys):
    ris = (SAMPLES / "odd.ris").read_bytes()
    assert printed(packed(tmp_path / "one.zip", ("folder/one.ris", ris), ("__MACOSX/._one.ris", b"x")), capsys)["found"] == 6
    assert "2 files (a.ris, b.ris)" in str(printed(packed(tmp_path / "two.zip", ("a.ris", ris), ("b.ris", ris)), capsys)["refused"])
    assert "far more" in str(printed(packed(tmp_path / "bomb.zip", ("a.ris", bytes(50_000_000))), capsys)["refused"])
    inner = packed(tmp_path / "inner.zip", ("a.ris", ris)).read_bytes()
    assert "archive inside" in str(printed(packed(tmp_path / "nested.zip", ("inner.zip", inner)), capsys)["refused"])


def test_a_table_of_unknown_columns_is_guessed_and_said(tmp_path, capsys):
    table = tmp_path / "list.csv"
    rows = [f"{n};An invented study of some kind, number {n};Demo A, Else B;201{n}" for n in range(5)]
    table.write_text("\n".join(["Nr;Overskrift;Hvem;Utgitt", *rows]), encoding="utf-8")
    answer = printed(table, capsys)
    assert (answer["guessed"], answer["read"]) == (True, 5)
    assert answer["columns"] == {"Overskrift": "title", "Hvem": "authors", "Utgitt": "year"}
