"""Key → next abstract on the screen: the real page in headless Chromium, served by gunicorn from PostgreSQL.

Measured inside the page, from the key's event to the frame after the one in which the next card was painted. ``prefetched``: vote after
vote, with the cards that the page holds. ``cold``: the page holds no card but the one on it, and fetches the next one when the key is hit.
"""
import re
from typing import Any

from bench.serving import Ticket, browser, load, quantiles

PAUSE_MS = 250
#: From the event (its own time, before any script ran) to the second frame after the card's number changed.
WATCH = """() => {
  const number = () => document.getElementById('record-card')?.dataset.number;
  window.measured = [];
  document.addEventListener('keydown', (event) => {
    const before = number();
    const seen = () => number() && number() !== before;
    const done = () => requestAnimationFrame(() => requestAnimationFrame(() => window.measured.push(performance.now() - event.timeStamp)));
    const watch = new MutationObserver(() => { if (seen()) { watch.disconnect(); done(); } });
    watch.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-number'] });
  }, true);
}"""


def measure(url: str, ticket: Ticket, address: str, *, votes: int = 120, cold: int = 25) -> dict[str, Any]:
    """Vote by keyboard on the screening page at ``address`` of the server ``url``."""
    before = load()
    with browser() as opened:
        context = opened.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", service_workers="block")
        context.add_cookies([{"name": ticket.name, "value": ticket.value, "url": url}])
        page = context.new_page()
        page.goto(url + address)
        page.evaluate(WATCH)
        for n in range(votes + 3):
            page.keyboard.press("ieem2"[n % 5])
            page.wait_for_function("n => window.measured.length === n", arg=n + 1)
            page.wait_for_timeout(PAUSE_MS)
        page.wait_for_function("() => document.getElementById('saved').dataset.waiting === '0'")
        warm = page.evaluate("() => window.measured")[3:]
        page.route(url + address, _without_cards_ahead)
        first = [_cold(page, url + address) for _ in range(cold + 2)][2:]
    return {
        "figure": "key to the next abstract on screen", "prefetched": quantiles([ms / 1000 for ms in warm]), "votes": len(warm),
        "cold": quantiles([ms / 1000 for ms in first]), "cold_votes": len(first), "load_before": before, "load_after": load(),
    }  # fmt: skip


def _cold(page: Any, address: str) -> float:
    page.goto(address)
    page.evaluate(WATCH)
    page.keyboard.press("e")
    page.wait_for_function("() => window.measured.length === 1")
    page.wait_for_function("() => document.getElementById('saved').dataset.waiting === '0'")
    return float(page.evaluate("() => window.measured[0]"))


def _without_cards_ahead(route: Any) -> None:
    """The page as it came, but for the cards behind the first."""
    answer = route.fetch()
    body = re.sub(r'(<template id="ahead") data-order="[^"]*">.*?(</template>)', r'\1 data-order="">\2', answer.text(), flags=re.DOTALL)
    route.fulfill(response=answer, body=body)
