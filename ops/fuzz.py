"""Bad, odd and hostile input, fresh each time: the property tests with many more examples than in the suite, the races fifty times.

    python -m ops.fuzz [inputs|races] [PYTEST ARGUMENTS …]
"""
import os
import sys
from collections.abc import Callable

from ops.servers import ROOT
from ops.test import on_postgresql, on_sqlite

RACES = ("tests/races", "tests/charting/test_races.py")


def inputs(arguments: list[str]) -> int:
    """Run every file that draws examples, on SQLite."""
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py") if "from hypothesis" in path.read_text())
    return on_sqlite([*files, "--hypothesis-profile=fuzz", *arguments])


def races(arguments: list[str]) -> int:
    """Run the races on PostgreSQL, as often as REVIEWAPP_RACES says."""
    os.environ.setdefault("REVIEWAPP_RACES", "50")
    return on_postgresql([*RACES, *arguments])


KINDS: dict[str, Callable[[list[str]], int]] = {"inputs": inputs, "races": races}


def main() -> int:
    arguments = sys.argv[1:]
    names = list(KINDS)
    if arguments[:1] and arguments[0] in KINDS:
        names, arguments = [arguments[0]], arguments[1:]
    return max(KINDS[name](arguments) for name in names)


if __name__ == "__main__":
    sys.exit(main())
