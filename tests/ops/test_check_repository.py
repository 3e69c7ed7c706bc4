"""What must not get into the repository is found; what looks like it is not."""
import pytest

from ops import check_repository


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('DATA = "/ro' + 'ot/data/x"', "a path of one machine"),
        ("see /home/" + "kari/notes.txt", "a path of one machine"),
        ("redis://:s3cret" + "word@cache:6379", "a password in an address"),
        ("--find" + "-links /somewhere", "a package registry"),
        ("https://pypi" + ".org/simple", "a package registry"),
        ("-----BEGIN " + "PRIVATE KEY-----", "a private key"),
        ("gh" + "p_" + "a1" * 18, "a token"),
    ],
)
def test_it_is_found(tmp_path, monkeypatch, line, what):
    monkeypatch.setattr(check_repository, "ROOT", tmp_path)
    (tmp_path / "file.txt").write_text(f"harmless\n{line}\n")

    assert check_repository.findings(tmp_path / "file.txt") == [f"file.txt:2: {what}"]


@pytest.mark.parametrize(
    "line",
    [
        "postgres://reviewapp:${POSTGRES_PASSWORD}@db/x",
        "postgres://user:password@host/name",
        "/r/demo/work/list",
        "homework/ and root/ words",
    ],
)
def test_harmless_lines_pass(tmp_path, monkeypatch, line):
    monkeypatch.setattr(check_repository, "ROOT", tmp_path)
    (tmp_path / "file.txt").write_text(line)

    assert check_repository.findings(tmp_path / "file.txt") == []
