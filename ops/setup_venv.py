"""Make .venv from the lock file; nothing else. Runs with any Python 3.11 or newer, before anything is installed."""
from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "lock.sha256"
LOCK = ROOT / "requirements" / "dev.lock"
TOOL_LOCK = ROOT / "requirements" / "tool.lock"
APT = "apt-get install -y python3 python3-venv make"


def main() -> int:
    """Bring .venv to what the lock file says; 0 when it is so."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file runs before the project's own requirement holds
        print(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: on Debian 12, {APT}", file=sys.stderr)
        return 1
    with (ROOT / "requirements" / "dev.lock").open("rb") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # two makes at once take turns
        wanted = hashlib.sha256(LOCK.read_bytes() + TOOL_LOCK.read_bytes()).hexdigest()
        if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
            return 0
        print("Setting up .venv from requirements/dev.lock", flush=True)
        if not make_venv() or not install():
            return 1
        STAMP.write_text(wanted)
    return 0


def make_venv() -> bool:
    if PYTHON.exists():
        return True
    made = subprocess.run([sys.executable, "-m", "venv", *(["--clear"] if VENV.exists() else []), str(VENV)])
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        print(f"Python could not make a virtual environment. On Debian: {APT}", file=sys.stderr)
    return made.returncode == 0


def install() -> bool:
    """Install the exact set by uv; by pip, which is slower, where uv cannot reach its index."""
    env = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONHOME"}}
    pip = [str(PYTHON), "-m", "pip", "-qq", "--disable-pip-version-check", "install", "--require-hashes", "--requirement"]
    if uv := uv_of(env, pip):
        if done([uv, "pip", "sync", "--quiet", "--python", str(PYTHON), "--require-hashes", str(LOCK)], env):
            return True
        print("uv could not install the packages; trying pip, which takes about a minute.", file=sys.stderr)
    if done([*pip, str(LOCK)], env):
        return True
    print("The packages could not be installed: see the lines above. Is the package index reachable?", file=sys.stderr)
    return False


def uv_of(env: dict[str, str], pip: list[str]) -> str | None:
    own = VENV / "bin" / "uv"
    if own.exists() or done([*pip, str(TOOL_LOCK)], env):
        return str(own)
    return shutil.which("uv")


def done(command: list[str], env: dict[str, str]) -> bool:
    return subprocess.run(command, env=env, cwd=ROOT).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
