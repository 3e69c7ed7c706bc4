"""Twenty reviewers at once, each voting every two seconds, while a file of records is read: how long a vote takes, and whether any is lost.

Each reviewer is a thread with a connection of its own that does what static/js/screen.js does: holds cards, votes on the first, and asks
for more when few are left. Afterwards the votes that were answered 204 are looked for in the database by their keys.
"""
import http.client
import random
import re
import threading
import time
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from bench.serving import Ticket, cards_of, load, quantiles

EVERY = 2.0
LOW = 5


@dataclass
class Reviewer:
    """One reviewer at work: what was sent and answered, and how long it took."""

    url: str
    ticket: Ticket
    address: str
    kept: list[str] = field(default_factory=list)
    votes: list[float] = field(default_factory=list)
    fetches: list[float] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    have: list[str] = field(default_factory=list)
    voted: set[str] = field(default_factory=set)
    token: str = ""
    cookies: str = ""
    line: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, sent: dict[str, str] | None = None) -> tuple[int, str, float]:
        """Send one request over the kept connection; give status, text and seconds."""
        place = urlsplit(self.url)
        self.line = self.line or http.client.HTTPConnection(str(place.hostname), place.port, timeout=30)
        headers = {"Cookie": self.cookies, "HX-Request": "true", "X-CSRFToken": self.token, "Connection": "keep-alive"}
        if sent is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if not self.token:
            headers.pop("HX-Request")
        start = time.perf_counter()
        try:
            self.line.request(method, path, urlencode(sent) if sent is not None else None, headers)
            answer = self.line.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.line.close()
            self.line = None
            return 0, str(error), time.perf_counter() - start
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and value.startswith("csrftoken="):
                self.cookies = f"{self.ticket.name}={self.ticket.value}; {value.split(';')[0]}"
        return answer.status, text, time.perf_counter() - start

    def open(self) -> None:
        self.cookies = f"{self.ticket.name}={self.ticket.value}"
        status, text, _ = self.ask("GET", self.address)
        if status != 200:
            raise SystemExit(f"{self.address}: {status} {text[:300]}")
        self.token = "".join(re.findall(r'X-CSRFToken(?:&quot;|"): (?:&quot;|")(\w+)', text)[:1])
        at_hand = cards_of(text)
        self.have = at_hand[: random.randint(1, len(at_hand))]

    def work(self, until: float) -> None:
        """Vote every two seconds until then, each reviewer at moments of their own."""
        time.sleep(random.random() * EVERY)
        due = time.monotonic()
        while due < until:
            self.vote()
            if len(self.have) < LOW:
                self.more()
            due += EVERY
            time.sleep(max(0.0, due - time.monotonic()))

    def vote(self) -> None:
        if not self.have:
            self.other.append("no card")
            return
        number, key = self.have.pop(0), uuid4().hex
        self.voted.add(number)
        sent = {"key": key, "seen": "", "verdict": "include" if random.random() < 0.1 else "exclude", "next": "screen"}
        start = time.perf_counter()
        for _attempt in range(5):  # as the page does: the same key until it is answered
            status, text, _ = self.ask("POST", f"{self.address}{number}/vote/", sent)
            if status:
                break
        self.votes.append(time.perf_counter() - start)
        self.kept.append(key) if status == 204 else self.other.append(f"{status} {text[:80]!r}")

    def loop(self) -> float:
        """Vote, and fetch the next card as if none were at hand; gives the seconds of both."""
        start = time.perf_counter()
        del self.have[1:]
        self.vote()
        self.more("&soon=1")
        return time.perf_counter() - start

    def more(self, how: str = "") -> None:
        status, text, seconds = self.ask("GET", f"{self.address}next/?have={','.join(self.have)}{how}")
        self.fetches.append(seconds)
        if status != 200:
            self.other.append(f"cards: {status}")
        self.have += [card for card in cards_of(text) if card not in self.have and card not in self.voted]


def measure(
    url: str, people: list[Ticket], address: str, *, member: Any, search: Any, seconds: int = 90, file_of: int = 10_000
) -> dict[str, Any]:
    """Let them vote, send a file to be read at the start, and count afterwards."""
    from bench.review import ris
    from reviewapp.jobs.models import LIVE, Job
    from screening import visibility
    from screening.importing import actions as importing

    before = load()
    crowd = [Reviewer(url, ticket, address) for ticket in people]
    for reviewer in crowd:
        reviewer.open()
    upload = importing.receive(member, search, BytesIO(ris(file_of)), "crowd.ris", again=True)
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=reviewer.work, args=(until,)) for reviewer in crowd]
    for thread in threads:
        thread.start()
    imported, began = 0.0, time.monotonic()
    while any(thread.is_alive() for thread in threads):
        if not imported and not Job.objects.filter(review=member.review, kind="import", state__in=LIVE).exists():
            imported = time.monotonic() - began
        time.sleep(0.5)
    upload.refresh_from_db()
    keys = {key for reviewer in crowd for key in reviewer.kept}
    stored = visibility.everything("counting the votes of the figure").decisions(member.review).filter(key__in=keys)
    other = [one for reviewer in crowd for one in reviewer.other]
    return {
        "figure": f"{len(crowd)} reviewers, a vote each {EVERY:.0f} s, while {file_of:,} records are imported", "seconds": seconds,
        "votes_sent": sum(len(reviewer.votes) for reviewer in crowd), "votes_answered": len(keys), "votes_stored": stored.count(),
        "lost": len(keys) - stored.count(), "otherwise": len(other), "otherwise_first": other[:3],
        "vote": quantiles([one for reviewer in crowd for one in reviewer.votes]),
        "next_cards": quantiles([one for reviewer in crowd for one in reviewer.fetches] or [0.0]),
        "imported": upload.found, "import_done_after_s": round(imported, 1) or None, "load_before": before, "load_after": load(),
    }  # fmt: skip
