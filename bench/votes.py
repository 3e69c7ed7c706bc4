"""The server's time for a vote: through the whole stack as the page sends it, with the fetching of cards beside it measured by itself."""
import resource
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from bench.serving import cards_of, load, quantiles

LOW = 5
HTMX = {"HX-Request": "true"}
FORM = "application/x-www-form-urlencoded"  # as htmx sends it


def measure(n: int, user: Any, address: str, votes: int = 300) -> dict[str, Any]:
    """Vote on card after card as static/js/screen.js does; gives ms of votes and of fetches, and the CPU ms of each."""
    from django.test import Client

    before = load()
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(user)
    start = time.perf_counter()
    have = cards_of(client.get(address).content.decode())
    opened = time.perf_counter() - start
    times: dict[str, list[tuple[float, float]]] = {"vote": [], "next_cards": []}
    for i in range(votes + 5):
        sent = {"key": uuid4().hex, "seen": "", "verdict": "include" if i % 10 == 0 else "exclude", "next": "screen"}
        answer = _timed(times["vote"], client.post, f"{address}{have[0]}/vote/", urlencode(sent), FORM, headers=HTMX)
        if answer.status_code != 204:
            raise SystemExit(f"vote {i}: {answer.status_code} {answer.content[:300]!r}")
        have.pop(0)
        if len(have) < LOW:
            held = ",".join(have)
            answer = _timed(times["next_cards"], client.get, f"{address}next/?have={held}", headers=HTMX)
            have += [card for card in cards_of(answer.content.decode()) if card not in have]
    figures = {name: quantiles([wall for wall, _ in kept[5:]]) for name, kept in times.items()}
    cpu = {f"{name}_cpu": quantiles([used for _, used in kept[5:]]) for name, kept in times.items()}
    return {
        "figure": f"a vote among {n:,} records", "votes": votes, **figures, **cpu, "first_page_ms": round(1000 * opened),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)),
        "load_before": before, "load_after": load(),
    }  # fmt: skip


def _timed(kept: list[tuple[float, float]], ask: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """Ask, and keep the seconds of wall and CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = ask(*args, **more)
    kept.append((time.perf_counter() - wall, time.process_time() - cpu))
    return answer
