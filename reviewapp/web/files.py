"""Keep files byte for byte under the name of their digest: written beside, then renamed; the row comes after the file."""

import tempfile
from dataclasses import dataclass
from hashlib import sha256
from typing import IO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from reviewapp.web.errors import DomainError

CHUNK = 256 * 1024


class TooLarge(DomainError):
    """The file is larger than this server takes."""

    status = 413


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored file: its name in the storage, digest (hex) and size in bytes."""

    name: str
    sha256: str
    size: int


def keep(file: IO[bytes], *, folder: str, suffix: str = "", limit_setting: str = "UPLOAD_MAX_BYTES") -> Kept:
    """Store what can be read from ``file``; the same bytes are stored once. Raises TooLarge."""
    limit: int = getattr(settings, limit_setting)
    digest, size = sha256(), 0
    with tempfile.TemporaryFile() as beside:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise TooLarge(
                    _("This file is larger than %(limit)s MB, the most this server takes. Export it in parts.")
                    % {"limit": limit // 1_000_000}
                )
            digest.update(chunk)
            beside.write(chunk)
        beside.seek(0)
        name = f"{folder}/{digest.hexdigest()[:2]}/{digest.hexdigest()}{suffix}"
        if not default_storage.exists(name):
            name = default_storage.save(name, File(beside))
    return Kept(name, digest.hexdigest(), size)
