"""What runs: web, one or more workers, the sweeper. The same programs for the try-out and for a team."""
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from reviewapp.supervisor.apps import READY_FILE
from reviewapp.supervisor.process import Child

#: Background work steps back behind people's clicks.
WORKER_NICE = 10


@dataclass(frozen=True)
class Topology:
    """How many of each, where they listen, and where their logs and marks are kept."""

    address: str
    folder: Path
    web_processes: int = 1
    workers: int = 1
    threads_pool: bool = True

    def first(self) -> list[Child]:
        """Give what people wait for: web, then the workers."""
        return [self.web(), *(self.worker(number) for number in range(1, self.workers + 1))]

    def children(self) -> list[Child]:
        return [*self.first(), self.sweeper()]

    def web(self) -> Child:
        """Answer requests: threads, because uploads and downloads wait more than they compute."""
        options = ["--worker-class", "gthread", "--workers", str(self.web_processes), "--threads", "8", "--bind", self.address]
        options += ["--timeout", "120", "--graceful-timeout", "3", "--no-control-socket"]
        if os.access("/dev/shm", os.W_OK):  # noqa: S108 (memory, not a file of anybody: gunicorn's advice for its heartbeat) - memory for gunicorn's signs of life, so that a slow disk kills no worker
            options += ["--worker-tmp-dir", "/dev/shm"]  # noqa: S108 (memory, not a file of anybody: gunicorn's advice for its heartbeat)
        return Child("web", [sys.executable, "-m", "gunicorn", *options, "reviewapp.wsgi:application"], log=self.log("web"))

    def worker(self, number: int) -> Child:
        """Do the jobs; threads where the broker is a folder, processes where it is Redis."""
        name = "worker" if self.workers == 1 else f"worker-{number}"
        options = ["--concurrency", "2", "--loglevel", "INFO", "--hostname", f"{name}@%h", "--without-gossip", "--without-mingle"]
        options += ["--pool", "threads", "--without-heartbeat"] if self.threads_pool else ["--pool", "prefork"]
        return self.background(name, ["-m", "celery", "-A", "reviewapp", "worker", *options])

    def sweeper(self) -> Child:
        return self.background("sweeper", [str(manage_py()), "sweep"])

    def background(self, name: str, program: list[str]) -> Child:
        """Give a program that announces itself by touching a file, and steps back behind people's clicks."""
        mark = self.folder / f"{name}.ready"
        env = {**os.environ, READY_FILE: str(mark)}
        return Child(name, [sys.executable, *program], log=self.log(name), env=env, nice=WORKER_NICE, ready_file=mark)

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


def manage_py() -> Path:
    return Path(__file__).resolve().parents[2] / "manage.py"


def empty_queue(*folders: Path) -> None:
    """Begin with an empty bell: deliveries of an earlier run mean nothing, the Job table rings again."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
