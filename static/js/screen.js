// The screening page with scripts: the next card is painted when the key is released, the vote goes its own way.
// Every vote is first kept on this device (one entry of localStorage a vote, by account, review and member), then sent in order; its key makes
// sending it twice harmless, and `seen` (the key of the vote it replaces) lets the server refuse what is older. The chip in the top bar
// tells what is in this queue, never a timer. Without this file the same forms work as plain forms.
(() => {
  const root = document.getElementById("screen");
  if (!root) return;
  const say = (name, values = {}) => (root.dataset[`say${name}`] || "").replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  const many = (name, n) => say(n === 1 ? name : `${name}Many`, { n: String(n) });
  const get = (id) => document.getElementById(id);
  const own = `reviewapp.${document.body.dataset.account}.${root.dataset.slug}.${root.dataset.member}`;
  const VOTE = `${own}.vote.`, REFUSED = `${own}.refused.`, NOTE = `${own}.note.`, MARKS = "reviewapp.marks";
  const PARTS = ["decision", "my-note", "marks", "cannot"];
  const RETRY = 4000;
  const LOW = 5; // with fewer cards to come than this, the next ones are asked for
  let memory = {}; // where the browser keeps nothing (private windows), votes live as long as the page

  const store = {
    set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { memory[key] = value; } },
    get(key) { try { return JSON.parse(localStorage.getItem(key)) ?? memory[key] ?? null; } catch { return memory[key] ?? null; } },
    drop(key) { delete memory[key]; try { localStorage.removeItem(key); } catch { /* kept nowhere */ } },
    all(prefix) {
      const keys = new Set(Object.keys(memory));
      try { for (let i = 0; i < localStorage.length; i++) keys.add(localStorage.key(i)); } catch { /* memory only */ }
      return [...keys].filter((key) => key.startsWith(prefix)).sort();
    },
  };
  const uuid = () => (crypto.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join(""));
  const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  const announce = (sentence) => document.dispatchEvent(new CustomEvent("announce", { detail: sentence }));
  const toast = (sentence) => document.dispatchEvent(new CustomEvent("toast", { detail: sentence }));

  // --- the cards on this device: those to come, and those that were shown ---
  const bundles = new Map(); // number → element with the parts of a card
  let order = []; // what comes after the card on the page
  const voted = new Set(); // what was voted on here: an answer that the server gave before it knew that brings none of it back
  const trail = []; // numbers shown before, newest last
  const number = () => Number(get("record-card")?.dataset.number || 0);
  const pending = () => store.all(VOTE).map((key) => ({ slot: key, ...store.get(key) }));
  const hasVote = (n) => { const last = pending().filter((one) => one.number === n).pop(); return Boolean(last && last.verdict !== "withdrawn"); };

  function takeAhead(fragment) { // says how many cards are new
    const ahead = fragment.querySelector("template#ahead");
    if (!ahead) return 0;
    const waits = (n) => n !== number() && !voted.has(n) && !hasVote(n);
    const fresh = [...ahead.content.querySelectorAll(".bundle")].filter((bundle) => waits(Number(bundle.dataset.number)));
    for (const bundle of fresh) bundles.set(Number(bundle.dataset.number), bundle);
    const named = (ahead.dataset.order || "").split(",").filter(Boolean).map(Number).filter(waits);
    order = [...order.filter((n) => named.includes(n)), ...named.filter((n) => !order.includes(n))];
    for (const kept of [...bundles.keys()]) if (bundles.size > 60 && !order.includes(kept) && kept !== number()) bundles.delete(kept);
    return fresh.length;
  }

  function keepShown() { // the card on the page, for K and undo
    if (!number()) return;
    const bundle = document.createElement("div");
    for (const id of ["record-card", ...PARTS]) { const part = get(id); if (part) bundle.append(part.cloneNode(true)); }
    bundle.querySelector("#vote-notice")?.remove();
    bundles.set(number(), bundle);
  }

  function paint(bundle, { focus = true } = {}) {
    const fresh = bundle.cloneNode(true);
    for (const id of ["record-card", ...PARTS]) {
      const now = get(id), next = fresh.querySelector(`#${id}`);
      if (now && next) { next.removeAttribute("hx-swap-oob"); now.replaceWith(next); }
    }
    arrange();
    const scroll = document.querySelector(".record-scroll");
    if (scroll) scroll.scrollTop = 0;
    if (window.matchMedia("(max-width: 767.98px)").matches) window.scrollTo(0, 0);
    if (focus) get("rt")?.focus({ preventScroll: true });
  }

  function arrange() { // what belongs to the page but depends on the card
    const open = !get("decision")?.querySelector(".vote")?.disabled;
    const reason = get("record-card")?.dataset.reason || "";
    document.querySelectorAll("#reasons button").forEach((button) => { button.disabled = !open; button.classList.toggle("is-on", Boolean(reason) && button.value === reason); });
    const undo = "open" in (get("decision")?.dataset || {}) && (recent().length > 0 || Number(get("screen-progress")?.dataset.voted) > 0);
    document.querySelectorAll("#decision [data-way='undo']").forEach((button) => { button.disabled = !undo; });
    const draft = store.get(NOTE + number());
    const note = get("note");
    if (note && draft !== null) note.value = draft.text;
    ways();
  }

  function ways() {
    const place = document.querySelector(".screen-ways");
    if (!place) return;
    const back = place.querySelector("[data-way='back']"), on = place.querySelector("[data-way='on']");
    const before = previous();
    if (back) back.hidden = !before;
    if (back && before) back.href = `${root.dataset.url}${before}/`;
    if (on) on.hidden = !number() || !order.length;
  }

  // --- my last votes, as the page shows them ---
  const recent = () => [...document.querySelectorAll("#recent li[data-number]")].map((li) => ({ ...li.dataset, number: Number(li.dataset.number), li }));
  const RECENT = 8, KEPT = 200; // so many are shown, and so many are known without asking

  function previous() { // the card before this one: those shown here, then my votes from this one on, newest first
    const before = [...trail].reverse().find((n) => n !== number());
    if (before) return before;
    const mine = recent().map((one) => one.number);
    return mine[mine.indexOf(number()) + 1] || 0;
  }

  const showRecent = () => recent().forEach(({ li }, place) => { li.hidden = place >= RECENT; });

  const undoKey = () => (document.querySelector("#decision [data-way='undo'][data-shortcut]")?.dataset.shortcut || "z").toUpperCase();

  function addRecent(vote, button) {
    const list = document.querySelector("#recent .recent");
    if (!list) return;
    list.querySelectorAll(`li[data-number="${vote.number}"]`).forEach((li) => li.remove());
    list.querySelectorAll("kbd").forEach((kbd) => kbd.remove());
    const li = document.createElement("li");
    Object.assign(li.dataset, { number: vote.number, key: vote.key, verdict: vote.verdict });
    const chip = document.createElement("span");
    chip.className = `verdict is-${vote.verdict}`;
    const sign = document.querySelector(`#decision .vote.is-${vote.verdict} .icon`) || button?.querySelector(".icon");
    if (sign) chip.append(sign.cloneNode(true));
    chip.append(vote.word);
    const link = document.createElement("a");
    link.className = "t plain-link";
    link.href = `${root.dataset.url}${vote.number}/`;
    link.textContent = vote.title;
    li.append(chip, link, Object.assign(document.createElement("kbd"), { textContent: undoKey() }));
    list.prepend(li);
    list.parentElement.querySelector("p")?.remove();
    [...list.children].slice(KEPT).forEach((old) => old.remove());
    showRecent();
  }

  function dropRecent(n) {
    document.querySelectorAll(`#recent li[data-number="${n}"]`).forEach((li) => li.remove());
    const first = document.querySelector("#recent li");
    if (first && !first.querySelector("kbd")) first.append(Object.assign(document.createElement("kbd"), { textContent: undoKey() }));
    showRecent();
  }

  function count(step) {
    const bar = get("screen-progress");
    if (!bar) return;
    const digits = (n) => n.toLocaleString("en");
    const voted = Math.max(0, Number(bar.dataset.voted) + step), total = Number(bar.dataset.total), today = Math.max(0, Number(bar.dataset.today) + step);
    Object.assign(bar.dataset, { voted, today });
    bar.querySelector(".p-voted").textContent = digits(voted);
    bar.querySelector(".p-left").textContent = digits(Math.max(0, total - voted));
    bar.querySelector(".p-today").textContent = digits(today);
    bar.querySelector("progress").value = voted;
    const waits = get("rail-screening-note"), n = waits && Number((waits.textContent.match(/^[\d,]+/) || [""])[0].replaceAll(",", ""));
    if (n) waits.textContent = waits.textContent.replace(/^[\d,]+/, digits(Math.max(0, n - step)));
  }

  // --- the chip: what is in the queue, and nothing else ---
  let signedOut = false, lost = false;

  function chip() {
    const place = get("saved");
    if (!place) return;
    const waiting = pending().length, refused = store.all(REFUSED).length;
    let kind = "", words = say("Saved"), sign = "cloud-check", link = "";
    if (signedOut && waiting) [kind, words, sign, link] = ["is-failed", say("SignedOut"), "cloud-slash", location.href];
    else if (waiting && (lost || !navigator.onLine)) [kind, words, sign] = ["is-waiting", many("Offline", waiting), "cloud-slash"];
    else if (waiting) [kind, words, sign] = ["is-waiting", many("Saving", waiting), "cloud-arrow-up"];
    else if (refused) [kind, words, sign, link] = ["is-failed", many("Refused", refused), "exclamation-triangle", "#flash"];
    place.className = `saved push ${kind}`;
    const use = place.querySelector("use");
    use?.setAttribute("href", use.getAttribute("href").replace(/#.*$/, `#${sign}`));
    const text = link ? Object.assign(document.createElement("a"), { href: link, textContent: words }) : document.createTextNode(words);
    const word = place.querySelector(".saved-word");
    if (word.textContent !== words || Boolean(link) !== Boolean(word.querySelector("a"))) word.replaceChildren(text);
    place.dataset.waiting = waiting;
  }

  // --- voting ---
  let last = 0;
  const slot = (key) => { last = Math.max(Date.now(), last + 1); return `${VOTE}${String(last).padStart(15, "0")}.${key}`; };

  function vote(form, button) {
    const data = new FormData(form);
    if (button?.name) data.set(button.name, button.value);
    let verdict = String(data.get("verdict") || ""), reason = String(data.get("reason") || "");
    if (!verdict && reason) verdict = "exclude";
    if (!verdict) return;
    if (verdict === "exclude" && !reason && "reasonRequired" in form.dataset) { announce(say("Reason")); toast(say("Reason")); document.querySelector("#reasons button")?.focus(); return; }
    const card = get("record-card");
    const shown = form.querySelector(`.vote[value="${verdict}"] .vote-word`);
    const one = { number: number(), title: card.dataset.title, url: form.action, key: uuid(), seen: String(data.get("seen") || ""), verdict, reason, note: String(data.get("note") || ""), at: new Date().toISOString(), word: shown?.textContent || verdict, fresh: !recent().some((r) => r.number === number()) };
    keepShown();
    mark(bundles.get(one.number), one);
    store.set(slot(one.key), one);
    store.drop(NOTE + one.number);
    if (one.fresh) count(1);
    addRecent(one, button);
    trail.push(one.number);
    voted.add(one.number);
    turns++;
    next(one);
    chip();
    flush();
  }

  function mark(bundle, one) { // the kept card knows the vote, for when it is shown again
    const form = bundle?.querySelector("#decision");
    if (!form) return;
    form.querySelector("[name='seen']").value = one.verdict === "withdrawn" ? "" : one.key;
    form.querySelectorAll(".vote").forEach((button) => { const on = button.value === one.verdict; button.classList.toggle("is-on", on); if (on) button.setAttribute("aria-pressed", "true"); else button.removeAttribute("aria-pressed"); });
    bundle.querySelector("#record-card").dataset.reason = one.verdict === "exclude" ? one.reason : "";
    bundle.querySelector(".record-meta .is-mine")?.remove();
    const note = bundle.querySelector("#note");
    if (note && one.verdict !== "withdrawn") note.textContent = one.note;
  }

  function next(voted) {
    while (order.length && (hasVote(order[0]) || !bundles.has(order[0]))) order.shift();
    const n = order.shift();
    if (n) {
      paint(bundles.get(n));
      if (voted) announce(say("Voted", { verdict: voted.word, title: get("record-card").dataset.title }));
    } else if (!navigator.onLine || lost) blank(say("NoMore"));
    else { hold(); more(); }
  }

  let wanted = false; // the next card is not here yet: whatever brings cards paints it

  function hold() { // until then the card that was voted on takes no second vote
    document.querySelectorAll("#decision .vote, #reasons button").forEach((button) => { button.disabled = true; });
    wanted = true;
  }

  function blank(sentence) {
    const card = get("record-card");
    if (!card) return;
    const words = Object.assign(document.createElement("p"), { className: "notice", textContent: sentence });
    card.className = "record is-done";
    card.dataset.number = "";
    card.replaceChildren(words);
    hold();
  }

  // --- sending: one after the other, oldest first ---
  const COUNTED = 50; // after so many votes the server's own count replaces ours
  let sending = null, clock = 0, sent = 0;
  let counted = pending().length > 0; // the server's numbers are wanted: also where the page came before these votes
  let turns = 0; // votes and undos on this page: numbers that were asked for before the last of them are old
  const once = (work) => (navigator.locks ? navigator.locks.request(`${own}.sending`, { ifAvailable: true }, (lock) => (lock ? work() : null)) : work());

  const flush = () => sending ||= run().finally(() => { sending = null; after(); });

  async function run() {
    clearTimeout(clock);
    await once(send);
  }

  function after() {
    chip();
    if (pending().length && !signedOut) clock = setTimeout(flush, RETRY);
    else if (wanted && !pending().length && !asking) fetchNext();
  }

  async function send() {
    for (let queue = pending(); queue.length; queue = pending()) {
      const one = queue[0];
      chip();
      const answer = await post(one.url, { key: one.key, seen: one.seen, verdict: one.verdict, reason: one.reason || "", note: one.note || "", why: one.why || "", at: one.at, next: "screen" });
      if (answer === null) return;
      store.drop(one.slot);
      if (answer.status === 409 || answer.status === 422 || answer.status === 404 || answer.status === 400) refuse(one, answer);
      const told = answer.fragment.querySelector("[data-said]")?.dataset.said; // it was a self-check: no vote, so the numbers are the server's
      if (told) { toast(told); announce(told); }
      counted = ++sent % COUNTED === 0 || counted || Boolean(told);
      if ((order.length < LOW && !dry) || (counted && !pending().length)) more();
      chip();
    }
  }

  const refused = () => document.dispatchEvent(new CustomEvent("refused"));

  // Gives {status, fragment}; null when it did not arrive or may not count: then it is sent again.
  async function post(url, fields) {
    let response;
    try {
      response = await fetch(url, { method: "POST", credentials: "same-origin", redirect: "manual", body: new URLSearchParams({ ...fields, as: root.dataset.member }), headers: { "HX-Request": "true", "HX-Current-URL": location.href, "X-CSRFToken": token() } });
    } catch { lost = true; chip(); return null; }
    lost = false;
    if (response.type === "opaqueredirect" || response.headers.has("HX-Redirect") || response.status === 403 || response.status === 401) { if (response.status > 400) refused(); signedOut = true; chip(); return null; }
    if (response.status >= 500 || response.status === 429) { lost = true; return null; }
    signedOut = false;
    if (response.status === 404) refused();
    return { status: response.status, fragment: parse(await response.text()) };
  }

  const parse = (html) => { const held = document.createElement("template"); held.innerHTML = html; return held.content; };

  // --- asking for cards, and for the server's numbers: beside the votes, never in their way ---
  let asking = false, dry = false; // dry: the last answer brought no card that was not here

  async function more() {
    if (asking || signedOut) return;
    asking = true;
    const line = counted && !pending().length && !wanted, then = turns;
    const have = new Set([number(), ...order.filter((n) => bundles.has(n)), ...pending().map((one) => one.number)]);
    const answer = await fetchPart(`${root.dataset.next}?have=${[...have].filter(Boolean).join(",")}${line ? "&line=1" : ""}${wanted ? "&soon=1" : ""}`);
    asking = false;
    if (answer) {
      dry = takeAhead(answer) === 0;
      const few = wanted && !dry;
      if (line && then === turns && !pending().length) { counted = false; numbers(answer); }
      if (wanted && order.some((n) => bundles.has(n))) { wanted = false; next(null); }
      else arrange();
      if (few || (counted && !pending().length)) more();
    }
    if (wanted && !asking && !pending().length) fetchNext();
  }

  function numbers(fragment) {
    for (const id of ["screen-progress", "recent", "rail-screening-note"]) { const now = get(id), fresh = fragment.querySelector(`#${id}`); if (now && fresh) { fresh.removeAttribute("hx-swap-oob"); now.replaceWith(fresh); } }
  }

  function replace(fragment) {
    const bundle = document.createElement("div");
    for (const id of ["record-card", ...PARTS]) { const part = fragment.querySelector(`#${id}`); if (part) bundle.append(part); }
    paint(bundle);
  }

  async function fetchNext() {
    wanted = false;
    const answer = await fetchPart(root.dataset.url);
    if (!answer) {
      if (lost) blank(say("NoMore")); else hold();
      if (lost && navigator.onLine) { clearTimeout(clock); clock = setTimeout(flush, RETRY); }
      return;
    }
    takeAhead(answer);
    replace(answer);
    order = order.filter((n) => n !== number());
    dry = false;
    numbers(answer);
    arrange();
  }

  async function fetchPart(url) {
    try {
      const response = await fetch(url, { credentials: "same-origin", redirect: "manual", headers: { "HX-Request": "true", "HX-Current-URL": location.href } });
      lost = false;
      if ([401, 403, 404].includes(response.status)) refused();
      if (!response.ok || response.headers.has("HX-Redirect")) return null;
      return parse(await response.text());
    } catch { lost = true; chip(); return null; }
  }

  // A vote that was not taken is undone aloud, with what was sent, and stays listed until somebody has said what becomes of it.
  function refuse(one, answer) {
    const notice = answer.fragment.querySelector("#vote-notice");
    notice?.remove();
    const words = [...(notice || answer.fragment).querySelectorAll("p")].map((p) => p.textContent.replace(/\s+/g, " ").trim()).join(" ");
    store.set(REFUSED + one.key, { number: one.number, title: one.title, sentence: words });
    for (const other of pending()) if (other.number === one.number && other.seen === one.key) store.drop(other.slot);
    if (one.fresh && one.verdict !== "withdrawn") count(-1);
    dropRecent(one.number);
    counted = true; // what stands instead is the server's to say
    voted.delete(one.number);
    bundles.delete(one.number);
    if (number() === one.number && answer.fragment.querySelector("#record-card")) replace(answer.fragment); // the card as it stands
    showRefused({ ...one, sentence: words }, notice);
    announce(say("NotTaken", { title: one.title }));
    if (wanted && !pending().length) fetchNext();
  }

  function showRefused(one, notice) {
    const flash = get("flash");
    if (!flash) return;
    const box = Object.assign(document.createElement("div"), { className: "notice is-bad" });
    box.setAttribute("role", "alert");
    box.append(...(notice || document.createElement("div")).querySelectorAll(":scope > .icon"), notice?.querySelector("div") || document.createElement("div"));
    if (notice?.classList.contains("is-wait")) box.className = "notice is-wait";
    const words = box.querySelector(":scope > div");
    if (!notice) words.append(Object.assign(document.createElement("p"), { textContent: one.sentence }));
    words.prepend(Object.assign(document.createElement("p"), { className: "small", textContent: say("NotTaken", { title: one.title }) }));
    words.querySelectorAll("[id]").forEach((part) => { words.querySelector(`label[for="${part.id}"]`)?.setAttribute("for", `${part.id}-${one.key}`); part.id += `-${one.key}`; });
    const away = () => { store.drop(REFUSED + one.key); box.remove(); chip(); };
    const leave = words.querySelector("a.btn") || Object.assign(document.createElement("a"), { className: "btn btn-bare btn-sm", href: root.dataset.url, textContent: say("Leave") });
    leave.addEventListener("click", (event) => { event.preventDefault(); away(); get("rt")?.focus({ preventScroll: true }); });
    const open = Object.assign(document.createElement("a"), { className: "btn btn-quiet btn-sm", href: `${root.dataset.url}${one.number}/`, textContent: say("Open") });
    open.addEventListener("click", () => store.drop(REFUSED + one.key));
    box.addEventListener("submit", (event) => { event.preventDefault(); again(one, new FormData(event.target)); away(); });
    const row = words.querySelector(".row-line") || Object.assign(document.createElement("div"), { className: "row-line" });
    if (!row.isConnected && !words.contains(row)) words.append(row);
    row.append(open);
    if (!row.contains(leave)) row.append(leave);
    flash.append(box);
  }

  function again(one, data) { // what was refused, sent once more over what stands now
    const of = (name) => String(data.get(name) || "");
    const vote = { number: one.number, title: one.title, url: `${root.dataset.url}${one.number}/vote/`, key: of("key") || uuid(), seen: of("seen"), verdict: of("verdict"), reason: of("reason"), note: of("note"), why: of("why"), at: new Date().toISOString(), word: document.querySelector(`#decision .vote[value="${of("verdict")}"] .vote-word`)?.textContent || of("verdict") };
    store.set(slot(vote.key), vote);
    turns++;
    if (vote.verdict === "withdrawn") dropRecent(one.number);
    else { addRecent(vote, null); voted.add(one.number); }
    counted = true;
    bundles.delete(one.number);
    if (number() === one.number) next(vote.verdict === "withdrawn" ? null : vote);
    else get("rt")?.focus({ preventScroll: true });
    flush();
  }

  // --- undo: the newest vote first, sent or not ---
  let undos = Promise.resolve(); // one after the other, however fast the key is

  async function older() { // votes of mine that the page does not list any more
    await flush();
    if (pending().length) await flush(); // what came while the last of the others was sent
    if (pending().length) return;
    const then = turns, answer = await fetchPart(`${root.dataset.next}?have=${[number(), ...order].filter(Boolean).join(",")}&line=1`);
    if (answer && then === turns) numbers(answer);
  }

  async function undo() {
    if (!recent().length && Number(get("screen-progress")?.dataset.voted) > 0) await older();
    const newest = recent()[0];
    if (!newest) { arrange(); if (lost) { announce(say("Wait")); toast(say("Wait")); } return; }
    const n = newest.number;
    const unsent = pending().filter((one) => one.number === n);
    let bundle = bundles.get(n);
    if (!bundle) {
      const answer = navigator.onLine ? await fetchPart(`${root.dataset.url}${n}/`) : null;
      if (!answer?.querySelector("#record-card")) { announce(say("Wait")); toast(say("Wait")); return; }
      bundle = document.createElement("div");
      for (const id of ["record-card", ...PARTS]) { const part = answer.querySelector(`#${id}`); if (part) bundle.append(part); }
      bundles.set(n, bundle);
    }
    const here = number();
    keepShown();
    const waits = unsent.pop();
    const kept = waits && waits.verdict !== "withdrawn" && !sending && await once(() => Boolean(store.get(waits.slot)) && (store.drop(waits.slot), true));
    if (!kept) { // else it never left this device, from here or from another tab
      const key = uuid();
      store.set(slot(key), { number: n, title: newest.li.querySelector(".t").textContent, url: `${root.dataset.url}${n}/vote/`, key, seen: newest.key, verdict: "withdrawn", at: new Date().toISOString() });
    }
    const before = kept ? waits.seen : "";
    mark(bundle, { verdict: before ? "" : "withdrawn", key: before, reason: "", note: "" });
    if (here && here !== n) order.unshift(here);
    const at = trail.lastIndexOf(n);
    if (at >= 0) trail.splice(at, 1);
    dropRecent(n);
    voted.delete(n);
    count(-1);
    turns++;
    if (recent().length < LOW) counted = true; // the list of my votes runs short
    wanted = false;
    paint(bundle);
    announce(say("Undone", { title: get("record-card").dataset.title }));
    chip();
    flush();
  }

  async function show(n) {
    let bundle = bundles.get(n);
    if (!bundle) {
      const answer = await fetchPart(`${root.dataset.url}${n}/`);
      if (!answer?.querySelector("#record-card")) { announce(say("Wait")); toast(say("Wait")); return; }
      bundle = document.createElement("div");
      for (const id of ["record-card", ...PARTS]) { const part = answer.querySelector(`#${id}`); if (part) bundle.append(part); }
    }
    keepShown();
    wanted = false;
    paint(bundle);
  }

  // --- what people do ---
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "decision") return;
    event.preventDefault();
    if (event.submitter?.dataset.way === "undo") { undos = undos.then(undo, undo); return; }
    if (!number() || event.submitter?.disabled) return;
    vote(event.target, event.submitter);
  });

  document.addEventListener("click", (event) => {
    const way = event.target.closest?.("a[data-way]")?.dataset.way;
    if (!way || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (way === "marks") { const off = root.classList.toggle("is-unmarked"); store.set(MARKS, off ? "off" : "on"); }
    if (way === "back") { const n = previous(); if (n) { const here = number(); if (here && !hasVote(here) && !recent().some((one) => one.number === here)) order.unshift(here); const at = trail.lastIndexOf(n); if (at >= 0) trail.splice(at, 1); show(n); } }
    if (way === "on") {
      const here = number(), n = order.find((other) => bundles.has(other));
      if (!n) return;
      order = order.filter((other) => other !== n);
      if (here && !recent().some((one) => one.number === here)) order.push(here);
      trail.push(here);
      show(n);
    }
  });

  // --- the note: on this device with every letter, at the server two seconds after the last ---
  let noteClock = 0;

  async function saveNote(field) {
    clearTimeout(noteClock);
    const kept = store.get(NOTE + field.dataset.number);
    if (!kept) return;
    const answer = await post(field.dataset.save, { note: kept.text });
    const state = field.closest("section")?.querySelector(".note-state");
    if (answer && answer.status < 300) { if (store.get(NOTE + field.dataset.number)?.text === kept.text) store.drop(NOTE + field.dataset.number); if (state) state.textContent = ""; }
    else if (state) state.textContent = answer ? answer.fragment.querySelector(".notice")?.textContent.trim() || "" : say("UnsavedNote");
    chip();
  }

  document.addEventListener("input", (event) => {
    if (event.target.id !== "note") return;
    const field = event.target;
    store.set(NOTE + field.dataset.number, { text: field.value });
    clearTimeout(noteClock);
    noteClock = setTimeout(() => saveNote(field), 2000);
  });
  document.addEventListener("focusout", (event) => { if (event.target.id === "note") saveNote(event.target); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && event.target.id === "note") get("rt")?.focus(); });

  document.addEventListener("keeping", (event) => { event.detail.cards = order.filter((n) => n !== number() && bundles.has(n) && !hasVote(n)).map((n) => [n, bundles.get(n)]); });
  window.addEventListener("online", () => { lost = false; chip(); flush(); });
  window.addEventListener("offline", chip);
  window.addEventListener("storage", (event) => { if (event.key?.startsWith(own)) chip(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && pending().length) flush(); });

  // --- begin ---
  const marks = store.get(MARKS);
  if (marks) root.classList.toggle("is-unmarked", marks === "off");
  takeAhead(document);
  for (const one of pending()) {
    if (recent().some((known) => known.key === one.key)) continue;
    if (one.verdict === "withdrawn") { if (recent().some((known) => known.number === one.number)) { dropRecent(one.number); count(-1); } }
    else { addRecent(one, null); if (one.fresh) count(1); }
  }
  for (const key of store.all(REFUSED)) { const one = store.get(key); if (one) showRefused({ ...one, key: key.slice(REFUSED.length) }, null); }
  if (number() && hasVote(number())) { keepShown(); next(null); } // the server did not know this vote yet
  arrange();
  chip();
  if (pending().length) flush();
})();
