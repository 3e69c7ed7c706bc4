"""Run the whole suite twice: on PostgreSQL with Redis, then on the embedded default (SQLite, no broker). Fails when either fails.

    python -m ops.test [--only postgresql|sqlite] [PYTEST ARGUMENTS …]

What another database can't change (it uses none, or asks what another test asks) runs once, with the first suite;
``--only`` runs everything.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops import packages
from ops.servers import ROOT, ServersMissing, throw_away

#: Whatever this machine's environment or .env says, the suite sees these.
FIXED = {
    "REVIEWAPP_BASE_URL": "http://127.0.0.1:8000",
    "REVIEWAPP_BEHIND_PROXY": "false",
    "REVIEWAPP_DEBUG": "false",
    "REVIEWAPP_DEMO_PASSWORD": "demo-review",
    "REVIEWAPP_OPEN_SIGNUP": "true",
    "EMAIL_URL": "",
    "PYTHONDONTWRITEBYTECODE": "",  # compiling the application costs every program that a test starts two seconds
}


def pytest(title: str, arguments: list[str], settings: dict[str, str]) -> int:
    """Run pytest with these settings and a data folder of its own; give its exit code."""
    data = Path(tempfile.mkdtemp(prefix="reviewapp-test-data-"))
    env = {**os.environ, **FIXED, **settings, "REVIEWAPP_DATA": str(data)}
    workers = [] if any(a.startswith(("-n", "--numprocesses")) for a in arguments) else ["-n", "2", "--dist", "loadfile"]
    print(f"\n===== The suite on {title} =====", flush=True)
    try:
        return subprocess.run([sys.executable, "-m", "pytest", *workers, *arguments], env=env, cwd=ROOT).returncode
    finally:
        shutil.rmtree(data, ignore_errors=True)


def on_postgresql(arguments: list[str]) -> int:
    try:
        with throw_away() as settings:
            return pytest("PostgreSQL and Redis", arguments, settings)
    except ServersMissing as reason:
        print(reason, file=sys.stderr)
        return 1


def on_sqlite(arguments: list[str]) -> int:
    return pytest("the embedded default (SQLite)", arguments, {"DATABASE_URL": "", "REDIS_URL": "", "REVIEWAPP_SECRET_KEY": ""})


SUITES = {"postgresql": on_postgresql, "sqlite": on_sqlite}


@contextmanager
def compiled_once() -> Iterator[None]:
    """Keep what Python compiles in a folder that all programs of the suites share, and that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="reviewapp-compiled-") as folder:
        FIXED["PYTHONPYCACHEPREFIX"] = folder
        try:
            yield
        finally:
            del FIXED["PYTHONPYCACHEPREFIX"]


def main() -> int:
    arguments = sys.argv[1:]
    names = list(SUITES)
    if arguments[:1] == ["--only"]:
        names, arguments = [arguments[1]], arguments[2:]
    if packages.main():
        return 1
    codes: dict[str, int] = {}
    took: dict[str, float] = {}
    with compiled_once():
        for name in names:
            begun = time.monotonic()
            codes[name] = SUITES[name]([*arguments, *(["--databases-only"] if codes else [])])
            took[name] = time.monotonic() - begun
    print()
    for name, code in codes.items():
        print(f"{name}: {'passed' if code == 0 else f'failed (pytest ended with {code})'} in {took[name]:.0f} s")
    return max(codes.values())


if __name__ == "__main__":
    sys.exit(main())
