"""What the figures of screening are measured on: the programs of the team topology on a database of their own, with a large review in it.

Only on PostgreSQL with Redis, as `make bench` and `python -m ops.servers run -- …` bring them.
"""
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def own_database() -> Iterator[None]:
    """Make an empty database beside the one that DATABASE_URL names, work in it, and drop it."""
    import psycopg
    from psycopg import sql

    given = os.environ["DATABASE_URL"]
    name = f"bench_{uuid4().hex[:8]}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        os.environ["DATABASE_URL"] = urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        try:
            yield
        finally:
            os.environ["DATABASE_URL"] = given
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def team(*, workers: int = 2, web: int = 2) -> Iterator[str]:
    """Run web, workers and sweeper on this environment's database, as docker-compose.yml does; give the address."""
    from ops.servers import free_port

    port = free_port()
    env = {
        **os.environ, "REVIEWAPP_BASE_URL": f"http://127.0.0.1:{port}", "PORT": str(port), "PYTHONUNBUFFERED": "1",
        "REVIEWAPP_DEMO_PASSWORD": "",
    }  # fmt: skip
    command = [sys.executable, "manage.py", "up", "--workers", str(workers), "--web-processes", str(web), "--end-with-parent"]
    programs = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said: list[str] = []
    try:
        for line in programs.stdout or ():
            said.append(line)
            if line.startswith("Ready:"):
                break
        else:
            raise SystemExit("".join(said))
        yield f"http://127.0.0.1:{port}"
    finally:
        programs.terminate()
        programs.communicate(timeout=60)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a signed-in person's browser holds: the name and value of the session's cookie."""

    name: str
    value: str


def ticket(user: Any) -> Ticket:
    """Sign somebody in."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    return Ticket(settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value)


def cards_of(html: str) -> list[str]:
    """The numbers of the cards of a page, the one in front first."""
    return list(dict.fromkeys(re.findall(r'<article class="record"[^>]* data-number="(\d+)"', html)))


def quantiles(seconds: list[float]) -> dict[str, float]:
    """Give p50, p95 and the slowest, in ms."""
    ordered = sorted(seconds)
    at = {"p50_ms": 0.5, "p95_ms": 0.95, "slowest_ms": 1}
    return {name: round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) for name, share in at.items()}


def load() -> float:
    """How many programs want the processors now: a figure of time is the machine's own only where this is small."""
    return round(os.getloadavg()[0], 2)


@contextmanager
def browser() -> Iterator[Any]:
    """Open the Chromium that the system has, without a window."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        raise SystemExit("No Chromium is installed. On Debian: apt-get install -y --no-install-recommends chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        try:
            yield opened
        finally:
            opened.close()
