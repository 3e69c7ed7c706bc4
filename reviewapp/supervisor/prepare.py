"""What is done before the children start: the database's shape, the static files."""
import hashlib
import os
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from reviewapp.env import DATA_DIR


def migrate() -> None:
    """Bring the database to the code's shape. Runs every time: it also puts back triggers that an interrupted run left out."""
    call_command("migrate", interactive=False, verbosity=0)


def collect_static() -> None:
    """Gather and compress the static files when one of them has changed."""
    stamp = DATA_DIR / "static.sha256"
    wanted = static_digest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(wanted)


def static_digest() -> str:
    """Tell one state of the static files from another by name, size and time of change."""
    lines = []
    for finder in get_finders():
        for path, storage in finder.list([]):
            about = os.stat(storage.path(path))
            lines.append(f"{Path(storage.location)}|{path}|{about.st_size}|{about.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
