"""The figures, one after the other, each in a process of its own: `python -m bench [NAME …]`.

What each figure means is said by its module; here its time, CPU seconds and peak memory are added, processes it started included.
"""
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

NAMES = ("readers", "importing", "dedupe", "review", "lists", "screening")
HERE = Path(__file__).resolve().parent


def present() -> list[str]:
    return [name for name in NAMES if (HERE / f"{name}.py").exists() or (HERE / name / "__main__.py").exists()]


def measure(name: str) -> int:
    """Run one of them to its end and say what it took; give its exit code."""
    print(f"\n===== {name} =====", flush=True)
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", f"bench.{name}"], cwd=HERE.parent)
    _, status, used = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    peak = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    took = f"{time.monotonic() - began:.1f} s, {used.ru_utime + used.ru_stime:.1f} CPU s, peak {peak:.0f} MB"
    print(f"----- {name}: {took}{'' if code == 0 else f', FAILED with {code}'}", flush=True)
    return code


def main() -> int:
    wanted = sys.argv[1:] or present()
    if unknown := [name for name in wanted if name not in present()]:
        print(f"There is no figure named {', '.join(unknown)}; there are {', '.join(present())}.", file=sys.stderr)
        return 2
    servers = "PostgreSQL and Redis" if os.environ.get("DATABASE_URL") else "SQLite"
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, {servers}", flush=True)
    return max([measure(name) for name in wanted], default=0)


if __name__ == "__main__":
    sys.exit(main())
