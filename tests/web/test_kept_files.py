"""Files are kept once, whole, under the name of their digest."""

import hashlib
import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from reviewapp.web import files

DATA = "Ærlige ord\r\n".encode() * 1000
DIGEST = hashlib.sha256(DATA).hexdigest()
NAME = f"samples/{DIGEST[:2]}/{DIGEST}.pdf"


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def keep(data: bytes = DATA) -> str:
    with files.arriving(io.BytesIO(data), limit=len(data)) as arrived:
        assert (arrived.sha256, arrived.size) == (hashlib.sha256(data).hexdigest(), len(data))
        return files.keep(arrived, folder="samples", suffix=".pdf")


def test_the_same_bytes_are_kept_once_under_their_digest() -> None:
    assert keep() == keep() == NAME
    assert default_storage.listdir(f"samples/{DIGEST[:2]}")[1] == [f"{DIGEST}.pdf"]
    with files.opened(NAME) as file:
        assert file.read() == DATA
    assert default_storage.listdir(files.INCOMING) == ([], [])


def test_what_arrives_twice_at_one_moment_has_one_name() -> None:
    with files.arriving(io.BytesIO(DATA), limit=10**6) as one, files.arriving(io.BytesIO(DATA), limit=10**6) as two:
        assert files.keep(one, folder="samples", suffix=".pdf") == files.keep(two, folder="samples", suffix=".pdf") == NAME


def test_half_a_file_that_a_power_cut_left_is_replaced() -> None:
    default_storage.save(NAME, ContentFile(DATA[:100]))
    assert keep() == NAME
    assert default_storage.open(NAME).read() == DATA


def test_beyond_the_limit_nothing_is_left() -> None:
    with pytest.raises(files.TooLarge, match="larger than 0 MB"), files.arriving(io.BytesIO(DATA), limit=len(DATA) - 1):
        pass
    assert default_storage.listdir(files.INCOMING) == ([], [])


def test_a_storage_without_folders_of_its_own_keeps_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_local", lambda name: None)
    assert keep() == keep() == NAME
    with files.opened(NAME) as file:
        file.seek(len(DATA) - 3)
        assert file.read() == DATA[-3:]
