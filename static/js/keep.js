// Puts away what a phone needs in a tunnel: the files of this page, and the page itself with the next cards of this queue (twenty at most,
// for a day). The service worker gives them out when there is no connection. votes.js empties this at sign-out and for another account.
(() => {
  const root = document.getElementById("screen");
  if (!root || !("serviceWorker" in navigator) || !window.caches) return;
  const CARDS = `cards.${document.body.dataset.account}`, MOST = 20, PAUSE = 1500;
  const POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";
  let clock = 0, ended = false, work = Promise.resolve();

  async function keepShell() {
    const here = new URL(document.querySelector("link[rel='stylesheet']").href).pathname.split("/").slice(0, 2).join("/") + "/";
    const used = performance.getEntriesByType("resource").map((entry) => entry.name);
    const drawn = document.querySelector("use")?.getAttribute("href") || "";
    const urls = [...used, drawn].filter(Boolean).map((url) => new URL(url, location.href)).filter((url) => url.origin === location.origin && url.pathname.startsWith(here)).map((url) => url.pathname);
    const shell = await caches.open("shell");
    const had = (await shell.keys()).map((request) => new URL(request.url).pathname);
    for (const url of had) if (!urls.includes(url)) await shell.delete(url);
    for (const url of new Set(urls)) if (!had.includes(url) || !/\.[0-9a-f]{12}\./.test(url)) await shell.add(url).catch(() => null);
  }

  function copy() { // this page as it would come from the server now: the card on it, and those after it
    const wanted = { cards: [] };
    document.dispatchEvent(new CustomEvent("keeping", { detail: wanted }));
    const page = document.documentElement.cloneNode(true), ahead = page.querySelector("template#ahead");
    if (!document.getElementById("record-card")?.dataset.number || !ahead) return "";
    const cards = wanted.cards.slice(0, MOST - 1);
    ahead.dataset.order = cards.map(([number]) => number).join(",");
    ahead.content.replaceChildren(...cards.map(([number, card]) => { const one = card.cloneNode(true); one.className = "bundle"; one.dataset.number = number; return one; }));
    page.querySelectorAll("#flash, #toasts, #announce, .keys-list, [data-labels-room]").forEach((place) => place.replaceChildren());
    page.querySelectorAll("dialog[open]").forEach((dialog) => dialog.removeAttribute("open"));
    return `<!doctype html>\n${page.outerHTML}`;
  }

  async function keep() {
    if (ended) return;
    const worker = (await navigator.serviceWorker.ready).active, html = copy();
    const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY, "Cache-Control": "no-store", "X-Kept-At": String(Date.now()) };
    if (!ended) worker.postMessage({ cards: CARDS, address: root.dataset.url, html, headers, since: performance.timeOrigin }); // who leaves this page does not stop the worker
  }

  const now = () => { clearTimeout(clock); work = work.then(keep).catch(() => null); };
  const soon = () => { clearTimeout(clock); clock = setTimeout(now, PAUSE); };
  const end = () => { ended = true; clearTimeout(clock); caches.delete(CARDS); };

  if (window.BroadcastChannel) new BroadcastChannel("reviewapp").onmessage = (event) => event.data !== document.body.dataset.account && end(); // another tab
  document.addEventListener("refused", end); // 401, 403, 404: the review may not be this person's any more
  document.addEventListener("signing-out", end);
  window.addEventListener("offline", now);
  document.addEventListener("visibilitychange", () => document.hidden && now());
  window.addEventListener("load", async () => {
    await navigator.serviceWorker.register("/service-worker.js").catch(() => null);
    if (navigator.onLine) keepShell().catch(() => null);
    now();
    new MutationObserver(soon).observe(document.querySelector(".record-scroll"), { childList: true });
  });
})();
