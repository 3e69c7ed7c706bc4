"""The one command: prepare, start web, workers and sweeper, say Ready, look after them, end all of them."""
import ctypes
import fcntl
import io
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from reviewapp.env import DATA_DIR, env
from reviewapp.supervisor import prepare
from reviewapp.supervisor.process import PR_SET_PDEATHSIG
from reviewapp.supervisor.topology import Topology, empty_queue
from reviewapp.supervisor.watch import NotStarted, StopAsked, Watch, listen_for_stop


class Command(BaseCommand):
    help = "Run web, worker and sweeper together until Ctrl-C. Makes the database and the static files ready first."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workers", type=int, default=1, help="how many Celery workers")
        parser.add_argument("--web-processes", type=int, default=env.int("WEB_CONCURRENCY", default=1), help="how many gunicorn processes")
        parser.add_argument("--end-with-parent", action="store_true", help="stop when the program that started this one is gone")

    def handle(self, *args: Any, **options: Any) -> None:
        listen_for_stop()
        if options["end_with_parent"] and sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        folder = DATA_DIR / "run"
        folder.mkdir(parents=True, exist_ok=True)
        host = env.str("REVIEWAPP_BIND", default="127.0.0.1")
        topology = Topology(
            address=f"{host}:{settings.PORT}",
            folder=folder,
            web_processes=options["web_processes"],
            workers=options["workers"],
            threads_pool=not settings.REDIS_URL,
        )
        try:
            with only_one(folder / "up.lock"):
                refuse_taken_port(host, settings.PORT)
                self.run(topology)
        except NotStarted as reason:
            raise CommandError(str(reason))
        except StopAsked:
            self.stdout.write("Stopped.")

    def run(self, topology: Topology) -> None:
        prepare.migrate()
        prepare.collect_static()
        if not settings.REDIS_URL:
            empty_queue(DATA_DIR / "queue", DATA_DIR / "queue-control")
        connections.close_all()
        watch = Watch(topology.first(), web_port=settings.PORT, say=self.say)
        try:
            watch.start()
            watch.until_ready()
            watch.also(topology.sweeper())  # nobody waits for it, and starting costs processor time
            welcome = self.load_demo()
            self.say(f"Ready: {settings.BASE_URL}")
            self.say(f"{welcome}Ctrl-C ends everything. Logs: {topology.folder}")
            watch.keep()
        finally:
            watch.stop()

    def load_demo(self) -> str:
        """Have the demo review loaded by a job when it is not there; give what its command says about signing in."""
        if not settings.DEMO_PASSWORD or "demo_start" not in get_commands():
            return ""
        said = io.StringIO()
        try:
            call_command("demo_start", stdout=said, stderr=self.stderr)
        except CommandError as error:
            self.stderr.write(f"The demo is not loaded: {error}")
        connections.close_all()
        text = said.getvalue().strip()
        return f"{text}\n" if text else ""

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Hold the data folder for one supervisor; a second one is told who has it."""
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CommandError(f"It runs already from {lock.parent.parent}, as process {file.read().strip()}. End that one first.")
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def refuse_taken_port(host: str, port: int) -> None:
    """Say at once that somebody else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(f"Port {port} cannot be used ({error.strerror}). Choose another: PORT={port + 1} make start")
