"""Where a journey takes place: in the test's own process, or among the programs of the team topology.

On PostgreSQL with Redis the journey meets what a team meets: `manage.py up` with two web processes, two Celery workers and the sweeper, on
a database of its own. On the embedded default it meets the test's live server, and the test does the background work itself.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from ops.servers import ROOT, free_port
from reviewapp.jobs import actions as jobs

#: A number of Redis that no other test uses.
REDIS_NUMBER = "9"


@dataclass(frozen=True)
class Place:
    """An address, and how background work gets done there: by workers, or by ``work`` between two pages."""

    url: str
    work: Callable[[], object] | None = None


def team_is_there() -> bool:
    """Say whether this run has the servers of the team topology."""
    return os.environ.get("DATABASE_URL", "").startswith("postgres") and bool(os.environ.get("REDIS_URL"))


@contextmanager
def team(folder: Path) -> Iterator[Place]:
    """Run the programs of a team on an empty database, and end them."""
    port = free_port()
    with database() as address:
        env = {
            **os.environ,
            "DATABASE_URL": address,
            "REDIS_URL": f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/{REDIS_NUMBER}",
            "REVIEWAPP_DATA": str(folder),
            "REVIEWAPP_BASE_URL": f"http://127.0.0.1:{port}",
            "REVIEWAPP_DEMO_PASSWORD": "",
            "REVIEWAPP_OPEN_SIGNUP": "true",
            "PORT": str(port),
            "PYTHONUNBUFFERED": "1",
        }
        command = [sys.executable, "manage.py", "up", "--workers", "2", "--web-processes", "2", "--end-with-parent"]
        programs = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            said: list[str] = []
            for line in programs.stdout or ():
                said.append(line)
                if line.startswith("Ready:"):
                    break
            assert "Ready:" in "".join(said[-1:]), "".join(said)
            yield Place(f"http://127.0.0.1:{port}")
        finally:
            programs.terminate()
            programs.communicate(timeout=60)


@contextmanager
def database() -> Iterator[str]:
    """Make an empty database beside the one of this run, give its address, and drop it."""
    here = urlsplit(os.environ["DATABASE_URL"])
    name = f"journey_{uuid4().hex[:8]}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(here._replace(path=f"/{name}"))
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def own_work() -> object:
    """Do all that is queued, in this thread: the functions, leases and slices that a worker runs."""
    return jobs.run_pending()
