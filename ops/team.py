"""The team topology without containers: PostgreSQL and Redis of our own with kept data, web, two workers, sweeper.

The same programs with the same settings as docker-compose.yml. Data is kept in var/team, or where REVIEWAPP_TEAM_DATA says.
"""
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from ops import packages
from ops.servers import ROOT, ServersMissing, bring_back, reachable, running, unprivileged

WORKERS = 2
WEB_PROCESSES = 2


def data_folder() -> Path:
    """Choose where the servers keep their data: a folder that PostgreSQL's account can reach."""
    folder = Path(os.environ.get("REVIEWAPP_TEAM_DATA") or ROOT / "var" / "team").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if reachable(folder / "postgresql", unprivileged()):
        return folder
    elsewhere = Path("/var/lib") / f"reviewapp-team-{hashlib.sha256(str(folder).encode()).hexdigest()[:8]}"
    print(f"PostgreSQL's account cannot reach {folder}: the data is kept in {elsewhere}", flush=True)
    elsewhere.mkdir(mode=0o711, parents=True, exist_ok=True)
    return elsewhere


def run(folder: Path) -> int:
    """Run the application among the servers until it ends."""
    with running(folder, durable=True) as settings:
        env = {**os.environ, "REVIEWAPP_DATA": str(folder / "data"), **settings}
        command = [sys.executable, "manage.py", "up", "--workers", str(WORKERS), "--web-processes", str(WEB_PROCESSES), "--end-with-parent"]
        application = subprocess.Popen(command, cwd=ROOT, env=env)
        try:
            while application.poll() is None:
                bring_back()
                time.sleep(0.5)
            return application.wait()
        except (KeyboardInterrupt, SystemExit):
            application.terminate()  # it may have had the terminal's Ctrl-C already, and then takes no notice of this
            return application.wait()


def main() -> int:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also when started in the background of a script
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if packages.main(("postgresql", "redis-server")):
        return 1
    try:
        return run(data_folder())
    except ServersMissing as reason:
        print(reason, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
