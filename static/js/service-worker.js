// Without a connection, and only then: the files of the shell, and the page with the next cards of one's own queue, which keep.js put
// away for at most a day. No other page of a signed-in person is ever kept. Signing out, a 403 or a 404 empties what was kept.
const DAY = 24 * 3600 * 1000;
let wiped = 0;
const wipe = async () => { wiped = Date.now(); for (const name of await caches.keys()) if (name.startsWith("cards.")) await caches.delete(name); };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(Promise.all([self.clients.claim(), self.registration.navigationPreload?.enable()])));

// What keep.js puts away: one page for each round; without a card on it there is none.
self.addEventListener("message", (event) => {
  const { cards, address, html, headers, since } = event.data || {};
  if (!String(cards).startsWith("cards.") || !(since > wiped)) return; // a page from before the wipe puts nothing away any more
  event.waitUntil(caches.open(cards).then((place) => (html ? place.put(address, new Response(html, { headers })) : place.delete(address))));
});

async function kept(request) {
  const address = new URL(request.url).pathname;
  for (const name of await caches.keys()) {
    if (!name.startsWith("cards.")) continue;
    const found = await (await caches.open(name)).match(address);
    if (!found) continue;
    const age = Date.now() - Number(found.headers.get("X-Kept-At"));
    if (age >= 0 && age < DAY) return found;
    await caches.delete(name);
  }
  return null;
}

async function page(event) {
  let answer;
  try { answer = (await event.preloadResponse) || (await fetch(event.request)); }
  catch (error) {
    const found = await kept(event.request);
    if (found) return found;
    throw error;
  }
  if ((answer.status === 403 || answer.status === 404) && new URL(event.request.url).pathname.startsWith("/r/")) await wipe();
  return answer;
}

async function file(request) {
  try { return await fetch(request); }
  catch (error) {
    const found = await (await caches.open("shell")).match(request, { ignoreVary: true });
    if (found) return found;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "POST" && pathname.endsWith("/logout/")) { event.waitUntil(wipe()); return; }
  if (request.method !== "GET") return;
  if (request.mode === "navigate") { event.respondWith(page(event)); return; }
  if (["style", "script", "font", "image"].includes(request.destination)) event.respondWith(file(request));
});
