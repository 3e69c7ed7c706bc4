"""See that what the tests need besides Python is there: PostgreSQL, Redis, Chromium. Install Debian's packages where that is allowed."""
import os
import shutil
import subprocess
import sys
from collections.abc import Collection

from ops.servers import postgres_bin

ALL = ("postgresql", "redis-server", "chromium")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def missing(of: Collection[str] = ALL) -> list[str]:
    """Name the Debian packages whose programs are not there; a server that the environment names is not missed."""
    wanted = {
        "postgresql": bool(os.environ.get("DATABASE_URL")) or postgres_bin() is not None,
        "redis-server": bool(os.environ.get("REDIS_URL")) or shutil.which("redis-server") is not None,
        "chromium": any(shutil.which(name) for name in BROWSERS),
    }
    return [package for package, there in wanted.items() if package in of and not there]


def may_install() -> list[str] | None:
    """Give what goes before apt-get to install without a question; None where that is not allowed."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def install(packages: list[str], prefix: list[str]) -> None:
    """Install these; whether it worked shows in what is missing afterwards."""
    quiet = "DEBIAN_FRONTEND=noninteractive"
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        subprocess.run([*prefix, "env", quiet, "apt-get", *command], stdout=subprocess.DEVNULL)


def main(needed: Collection[str] = ALL) -> int:
    packages = missing(needed)
    if not packages:
        return 0
    prefix = may_install()
    if prefix is not None:
        print(f"Installing {', '.join(packages)}", flush=True)
        install(packages, prefix)
    if left := " ".join(missing(needed)):
        print(f"Programs are needed that are not here: apt-get install -y --no-install-recommends {left}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
