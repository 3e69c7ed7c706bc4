"""One program kept as a child: in a session of its own, dying with us, asked to stop before it is killed."""
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
KEEP_LOG_BELOW = 5_000_000


def die_with_parent(parting: signal.Signals, *, nice: int = 0) -> Callable[[], None]:
    """Give what a new child does before it becomes its program: ask the kernel for a signal when its parent is gone (Linux only)."""
    parent = os.getpid()
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def prepare() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, int(parting), 0, 0, 0)
            if os.getppid() != parent:  # it died between fork and here
                os._exit(1)
        if nice:
            os.nice(nice)

    return prepare


class Child:
    """A program with a name and a log file. ``parting`` is the signal it gets when this process is killed."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        nice: int = 0,
        parting: signal.Signals = signal.SIGKILL,
        stop_with: signal.Signals = signal.SIGTERM,
        ready_file: Path | None = None,
        user: str | None = None,
        cwd: Path | None = None,
        stdin: bytes | None = None,
    ) -> None:
        self.name = name
        self.command = list(command)
        self.log = log
        self.env = dict(os.environ if env is None else env)
        self.nice = nice
        self.parting = parting
        self.stop_with = stop_with
        self.ready_file = ready_file
        self.user = user
        self.cwd = cwd
        self.stdin = stdin
        self.deaths = 0
        self.waiting = False
        self.started_at = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program, also again; its output goes to the end of its log."""
        if self.ready_file is not None:
            self.ready_file.unlink(missing_ok=True)
        if self.log.exists() and self.log.stat().st_size > KEEP_LOG_BELOW:
            self.log.replace(self.log.with_suffix(".log.old"))
        account: dict[str, Any] = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - the commands are ours
                self.command,
                stdin=subprocess.DEVNULL if self.stdin is None else subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=self.cwd,
                start_new_session=True,
                preexec_fn=die_with_parent(self.parting, nice=self.nice),
                **account,
            )
        self.started_at = time.monotonic()
        if self.stdin is not None and self.process.stdin is not None:
            self.process.stdin.write(self.stdin)
            self.process.stdin.close()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def ready(self) -> bool:
        """Say whether it has announced itself; without a ready file, whether it runs."""
        return self.alive and (self.ready_file is None or self.ready_file.exists())

    def how_it_ended(self) -> str:
        code = self.process.poll() if self.process else None
        if code is None:
            return "runs"
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def last_lines(self, count: int = 12) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:]) if self.log.exists() else ""

    def ask_to_stop(self) -> None:
        """Signal the main process only: pool children are its own affair."""
        if self.alive and self.process is not None:
            self.process.send_signal(self.stop_with)

    def kill(self) -> None:
        """End whatever is left of its session."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def stop_all(children: Iterable[Child], *, within: float = 4.0) -> None:
    """Ask all at once, wait ``within`` seconds together, then kill what is left."""
    asked = list(children)
    for child in asked:
        child.ask_to_stop()
    until = time.monotonic() + within
    while any(child.alive for child in asked) and time.monotonic() < until:
        time.sleep(0.05)
    for child in asked:
        child.kill()
