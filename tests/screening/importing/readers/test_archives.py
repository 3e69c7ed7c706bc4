"""Archives of exports: read inside limits, names as labels only."""

import io
import zipfile

import pytest

from screening.importing import readers

RIS = b"TY  - JOUR\nTI  - Demo\nER  - \n"


def packed(*files: tuple[str, bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return file


def test_archive_lists_its_exports_and_opens_each():
    listed = readers.open_exports(packed(("one.ris", RIS), ("folder/two.ris", RIS), ("__MACOSX/._one.ris", b"x")), "search.zip")
    assert [label for label, _ in listed] == ["one.ris", "two.ris"]
    for label, opener in listed:
        with opener() as stream:
            assert [one.fields.title for one in readers.open_export(stream, label) if one.fields] == ["Demo"]


def test_paths_are_labels_only():
    assert [label for label, _ in readers.open_exports(packed(("../../etc/passwd", RIS), ("C:\\x\\y.ris", RIS)))] == ["passwd", "y.ris"]


def test_a_file_that_is_no_archive_gives_itself():
    [(label, opener)] = readers.open_exports(io.BytesIO(RIS), "one.ris")
    assert (label, opener().read()) == ("one.ris", RIS)


@pytest.mark.parametrize(
    ("files", "limits", "words"),
    [
        ([(f"{n}.ris", RIS) for n in range(5)], readers.Limits(max_zip_entries=3), "5 files"),
        ([("a.ris", RIS * 1000)], readers.Limits(max_zip_bytes=1000), "unpacks to more"),
        ([], readers.DEFAULT_LIMITS, "empty"),
    ],
)
def test_archive_beyond_the_limits_is_refused(files, limits, words):
    with pytest.raises(readers.Refused, match=words):
        readers.open_exports(packed(*files), limits=limits)


def test_explosive_and_nested_archives_are_refused_when_opened():
    bomb = readers.open_exports(packed(("bomb.ris", bytes(30_000_000))))
    nested = readers.open_exports(packed(("inner.zip", packed(("a.ris", RIS)).getvalue())))
    with pytest.raises(readers.Refused, match="far more"):
        bomb[0][1]()
    with pytest.raises(readers.Refused, match="archive inside"):
        nested[0][1]()


def test_damaged_archive_is_refused():
    with pytest.raises(readers.Refused, match="damaged"):
        readers.open_exports(io.BytesIO(b"PK\x03\x04" + bytes(100)))
