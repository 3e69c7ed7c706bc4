"""The shortest way to send a file, and samples of our own."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from reviewapp.jobs import actions as jobs
from screening.importing import actions
from screening.models import Upload
from tests.factories import World


def ris(*titles: str, start: int = 1) -> bytes:
    """Write a RIS file with one invented reference for each title."""
    entries = [
        f"TY  - JOUR\nTI  - {title}\nAU  - Demo, {chr(65 + n % 26)}.\nPY  - 2019\nT2  - Demo Journal\nDO  - 10.5555/demo.{n}\n"
        f"AB  - About {title}.\nER  - \n"
        for n, title in enumerate(titles, start=start)
    ]
    return "\n".join(entries).encode()


def many(n: int) -> bytes:
    return ris(*(f"Support number {i}" for i in range(1, n + 1)))


#: Two references with something between them that nobody can read.
MIXED = ris("First") + b"\nTY  - JOUR\nPY  - 2019\nER  - \n\n" + ris("Third", start=3)


@pytest.fixture
def send(world: World) -> Callable[..., Upload]:
    def send(data: bytes, filename: str = "export.ris", *, read: bool = True, **more: Any) -> Upload:
        search = more.pop("search", world.search)
        upload = actions.receive(world.librarian, search, BytesIO(data), filename, **more)
        if read:
            jobs.run_pending("import")
            upload.refresh_from_db()
        return upload

    return send
