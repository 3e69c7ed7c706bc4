"""An environment with somebody else's program, to measure ours beside it: made for the run, or kept where a variable names one."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def python_with(packages: Sequence[str], folder: Path, *, kept: str) -> Path | None:
    """Give a Python that has these packages, installed in ``folder`` one by one; None when none of them is to be had.

    ``kept``: the variable that names the folder of an environment to be used as it is.
    """
    if os.environ.get(kept):
        return Path(os.environ[kept]) / "bin" / "python"
    place = folder / "others"
    had = 0
    try:
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        for package in packages:  # who is not to be had does not keep the others away
            command = [str(place / "bin" / "pip"), "install", "--quiet", package]
            done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
            had += done.returncode == 0
            if done.returncode:
                print(f"{package} could not be installed: {done.stderr.strip()[-200:]}", file=sys.stderr)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"No environment could be made: {error}", file=sys.stderr)
    return place / "bin" / "python" if had else None
