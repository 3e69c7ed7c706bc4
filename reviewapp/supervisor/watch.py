"""Keep the children running until somebody says stop."""
import http.client
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType

from reviewapp.supervisor.process import Child, stop_all

LOOK_EVERY = 0.1
PATIENCE = 90.0
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

    def until_ready(self) -> None:
        """Wait until web answers and every worker has announced itself. Raises NotStarted."""
        until = time.monotonic() + PATIENCE
        while not (all(child.ready for child in self.children) and web_answers(self.web_port)):
            self.bring_back(patient=False)
            if time.monotonic() > until:
                late = next((child for child in self.children if not child.ready), self.children[0])
                raise NotStarted(f"{late.name} was not ready after {PATIENCE:.0f} seconds. The end of {late.log}:\n{late.last_lines()}")
            time.sleep(LOOK_EVERY)

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
                raise NotStarted(f"{child.name} does not start ({child.how_it_ended()}). The end of {child.log}:\n{child.last_lines()}")
            child.waiting = lived < min(LONGEST_PAUSE, 0.5 * 2 ** (child.deaths - 1))
            if not child.waiting:
                self.say(f"{child.name} ended ({child.how_it_ended()}) and is started again; its log: {child.log}")
                child.kill()  # whatever it left in its session
                child.start()

    def stop(self) -> None:
        stop_all(self.children)


def web_answers(port: int) -> bool:
    """Say whether the web server gives any answer that is not a fault of its own."""
    with suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < 500
        finally:
            connection.close()
    return False
