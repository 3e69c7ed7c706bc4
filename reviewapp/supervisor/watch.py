"""Keep the children running until somebody says stop."""
import http.client
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType

from reviewapp.supervisor.process import Child, stop_all

LOOK_EVERY = 0.1
PATIENCE = 180.0
FAULT = 500
FAULTY_FOR = 10.0
FIRST_DEATHS = 3
STEADY_AFTER = 20.0
LONGEST_PAUSE = 10.0

Say = Callable[[str], None]


class NotStarted(Exception):
    """A child does not come up; the sentence says which, and what it wrote last."""


class StopAsked(BaseException):
    """Ctrl-C, or a signal that means the same; like KeyboardInterrupt no Exception, so that nothing on the way catches it."""


def listen_for_stop() -> None:
    """Turn Ctrl-C, TERM and a closed terminal into StopAsked, once; also when the shell that started us ignores Ctrl-C."""

    def stop(number: int, frame: FrameType | None) -> None:
        for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signal_number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of the children
        raise StopAsked

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup stays nohup
        signal.signal(signal.SIGHUP, stop)


class Watch:
    """Start children, bring back one that dies, end all together."""

    def __init__(self, children: Sequence[Child], *, web_port: int, say: Say) -> None:
        self.children = list(children)
        self.web_port = web_port
        self.say = say

    def start(self) -> None:
        for child in self.children:
            child.start()

    def also(self, child: Child) -> None:
        """Start one more, and look after it too."""
        self.children.append(child)
        child.start()

    def until_ready(self) -> None:
        """Wait until web answers and every worker has announced itself. Raises NotStarted."""
        began = time.monotonic()
        faulty_since: float | None = None
        while not self.all_ready():
            self.bring_back(patient=False)
            status = web_status(self.web_port)
            faulty_since = (faulty_since or time.monotonic()) if status and status >= FAULT else None
            if faulty_since and time.monotonic() - faulty_since > FAULTY_FOR:
                raise self.not_started(f"web answers with error {status}", self.children[0])
            if time.monotonic() - began > PATIENCE:
                late = next((child for child in self.children if not child.ready), self.children[0])
                raise self.not_started(f"{late.name} was not ready after {PATIENCE:.0f} seconds", late)
            time.sleep(LOOK_EVERY)

    def all_ready(self) -> bool:
        return all(child.ready for child in self.children) and web_answers(self.web_port)

    def not_started(self, what: str, child: Child) -> NotStarted:
        return NotStarted(f"{what}. The end of {child.log}:\n{child.last_lines()}")

    def keep(self) -> None:
        """Look after them until StopAsked is raised."""
        while True:
            self.bring_back(patient=True)
            time.sleep(LOOK_EVERY)

    def bring_back(self, *, patient: bool) -> None:
        """Start again what has ended, with a growing pause; before all is ready, give up after a few deaths."""
        for child in self.children:
            if child.alive:
                continue
            lived = time.monotonic() - child.started_at
            child.deaths = 1 if lived > STEADY_AFTER else child.deaths + (not child.waiting)
            if not patient and child.deaths >= FIRST_DEATHS:
                raise self.not_started(f"{child.name} does not start ({child.how_it_ended()})", child)
            child.waiting = lived < min(LONGEST_PAUSE, 0.5 * 2 ** (child.deaths - 1))
            if not child.waiting:
                self.say(f"{child.name} ended ({child.how_it_ended()}) and is started again; its log: {child.log}")
                child.kill()  # whatever it left in its session
                child.start()

    def stop(self) -> None:
        stop_all(self.children)


def web_answers(port: int) -> bool:
    """Say whether the web server gives any answer that is not a fault of its own."""
    status = web_status(port)
    return status is not None and status < FAULT


def web_status(port: int) -> int | None:
    """Ask for the first page; give the status of the answer, None when nobody answers."""
    with suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status
        finally:
            connection.close()
    return None
