"""Bad, odd and hostile input, fresh each time: tests/fuzz with many more examples than in the suite.

    python -m ops.fuzz [PYTEST ARGUMENTS …]
"""
import sys

from ops.servers import ROOT
from ops.test import on_sqlite


def main() -> int:
    if not (ROOT / "tests" / "fuzz").is_dir():
        print("There is no tests/fuzz.", file=sys.stderr)
        return 2
    return on_sqlite(["tests/fuzz", "--hypothesis-profile=fuzz", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
