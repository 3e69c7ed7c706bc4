"""Files as they came: kept byte for byte under the name of their digest, through Django's Storage (RELIABILITY 4, Files).

A file is written beside its place, flushed, and moved there; its row comes after it. A name is never used for other bytes, so the same
bytes of two reviews share one file.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from reviewapp.web.errors import DomainError

CHUNK = 1 << 18
INCOMING = "incoming"


class TooLarge(DomainError):
    """The file is larger than this server takes."""

    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(_("It is larger than %(n)s MB, the most that this server takes.") % {"n": limit // 1_000_000})


@dataclass(frozen=True, slots=True)
class Arrived:
    """Bytes on this machine's disk that are not kept yet: ``file`` stands at the beginning."""

    file: BinaryIO
    path: Path
    sha256: str
    size: int


@contextmanager
def arriving(source: IO[bytes], *, limit: int) -> Iterator[Arrived]:
    """Write a stream beside the place where it may be kept, measuring and hashing it; gone at the end of the block.

    Raises TooLarge beyond ``limit`` bytes, before more is read.
    """
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=_beside(), prefix="arriving-", delete=False) as target:
        path = Path(target.name)
        try:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise TooLarge(limit)
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
            with path.open("rb") as file:
                yield Arrived(file, path, digest.hexdigest(), size)
        finally:
            path.unlink(missing_ok=True)


def keep(arrived: Arrived, *, folder: str, suffix: str = "") -> str:
    """Put the bytes in their place, once, and give the name under which they are stored."""
    name = f"{folder}/{arrived.sha256[:2]}/{arrived.sha256}{suffix}"
    if default_storage.exists(name) and default_storage.size(name) == arrived.size:
        return name
    place = _local(name)
    if place is None:
        with arrived.path.open("rb") as file:
            return default_storage.save(name, File(file))
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(_twin(arrived.path), place)
    place.chmod(0o640)
    _flush_folder(place.parent)
    return name


def opened(name: str) -> BinaryIO:
    """Open a kept file for reading; it can seek, wherever it is kept."""
    file = default_storage.open(name, "rb")
    if _local(name) is not None:
        return file  # type: ignore[return-value]  # Django's File reads like one
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    with file:
        for chunk in file.chunks(CHUNK):
            copy.write(chunk)
    copy.seek(0)
    return copy


def _local(name: str) -> Path | None:
    try:
        return Path(default_storage.path(name))
    except NotImplementedError:
        return None


def _beside() -> Path | None:
    """Give a folder on the disk of the kept files, so that a move is a rename; None where they are kept elsewhere."""
    folder = _local(INCOMING)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def _twin(path: Path) -> Path:
    """Give a second name for the same bytes: the first one goes when its block ends."""
    twin = path.with_name(f"{path.name}.keep")
    with suppress(FileNotFoundError):
        twin.unlink()
    twin.hardlink_to(path)
    return twin


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
