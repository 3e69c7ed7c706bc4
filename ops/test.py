"""Run the whole suite twice: on PostgreSQL with Redis, then on the embedded default (SQLite, no broker). Fails when either fails.

    python -m ops.test [--only postgresql|sqlite] [PYTEST ARGUMENTS …]
"""
import os
import shutil
import subprocess
import sys
import tempfile
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


def main() -> int:
    arguments = sys.argv[1:]
    names = list(SUITES)
    if arguments[:1] == ["--only"]:
        names, arguments = [arguments[1]], arguments[2:]
    if packages.main():
        return 1
    codes = {name: SUITES[name](arguments) for name in names}
    print()
    for name, code in codes.items():
        print(f"{name}: {'passed' if code == 0 else f'failed (pytest ended with {code})'}")
    return max(codes.values())


if __name__ == "__main__":
    sys.exit(main())
