"""manage.py read_export: one JSON object, exit codes, no database."""

import json
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
