"""Zip archives of exports: read inside limits, names as labels only, nothing unpacked to disk under its own name."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import BinaryIO

from .base import DEFAULT_LIMITS, Limits, Refused

_SKIPPED = ("__MACOSX/", ".DS_Store", "Thumbs.db")
_BROKEN = (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError, OverflowError, zlib.error)


def open_exports(file: BinaryIO, filename: str = "", *, limits: Limits = DEFAULT_LIMITS) -> list[tuple[str, Callable[[], BinaryIO]]]:
    """List the exports of an archive as (label, opener); a file that is no archive gives itself.

    Each opener gives a fresh seekable stream with the bytes really unpacked, counted against the limits while they come.
    Raises Refused (also from an opener) for too many files, too many bytes, a ratio of an explosive, an archive in the archive, a password.
    """
    file.seek(0)
    first = file.read(4)
    file.seek(0)
    if not first.startswith(b"PK\x03\x04") and not first.startswith(b"PK\x05\x06"):
        return [(filename, lambda: _rewound(file))]
    try:
        archive = zipfile.ZipFile(file)
        infos = archive.infolist()
    except _BROKEN as error:
        raise Refused("The archive is damaged: pack or download it again.") from error
    names = {info.filename for info in infos}
    if "[Content_Types].xml" in names:
        return [(filename, lambda: _rewound(file))]
    if len(infos) > limits.max_zip_entries:
        raise Refused(f"The archive holds {len(infos):,} files, more than the limit of {limits.max_zip_entries:,}: upload it in parts.")
    wanted = [info for info in infos if not info.is_dir() and not _skipped(info)]
    if not wanted:
        raise Refused("The archive is empty: pack the exports into it, or upload them one by one.")
    if sum(info.file_size for info in wanted) > limits.max_zip_bytes:
        raise Refused(f"The archive unpacks to more than {limits.max_zip_bytes:,} bytes: upload its files in parts.")
    budget = [limits.max_zip_bytes]
    return [(_label(info.filename), _opener(archive, info, budget, limits)) for info in wanted]


def _rewound(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    return file


def _skipped(info: zipfile.ZipInfo) -> bool:
    link = (info.external_attr >> 16) & 0o170000 == 0o120000
    return (
        link
        or info.filename.startswith(_SKIPPED[0])
        or info.filename.endswith(_SKIPPED[1:])
        or PurePosixPath(info.filename).name.startswith("._")
    )


def _label(name: str) -> str:
    """Keep the last part of a path as a label, without controls."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[:200] or "file"


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: list[int], limits: Limits) -> Callable[[], BinaryIO]:
    def unpack() -> BinaryIO:
        label = _label(info.filename)
        if info.flag_bits & 1:
            raise Refused(f"{label} in the archive is locked with a password: pack it without one.")
        allowed = min(budget[0], max(info.compress_size, 1) * limits.max_zip_ratio + 1_000_000, limits.max_bytes)
        target = tempfile.SpooledTemporaryFile(max_size=16_000_000)  # noqa: SIM115 (the caller closes it)
        done = 0
        try:
            with archive.open(info) as packed:
                while chunk := packed.read(1 << 18):
                    done += len(chunk)
                    if done > allowed:
                        raise Refused(f"{label} unpacks to far more than its size in the archive: upload it unpacked.")
                    target.write(chunk)
        except _BROKEN as error:
            target.close()
            raise Refused(f"{label} in the archive is damaged: pack it again.") from error
        except Refused:
            target.close()
            raise
        budget[0] -= done
        target.seek(0)
        if target.read(4).startswith(b"PK\x03\x04") and not info.filename.lower().endswith(".xlsx"):
            target.close()
            raise Refused(f"{label} is an archive inside the archive: unpack it and upload what is inside.")
        target.seek(0)
        return target  # type: ignore[return-value]  # a stream of bytes in all but name

    return unpack
