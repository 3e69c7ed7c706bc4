// Keys live on the buttons (data-shortcut="i"); this one listener clicks them.
// They rest in fields, with Ctrl, Meta or Alt, on repeats, while a letter is composed, and when the person switched them off.
// While a dialog is open only its own keys work.
// data-alt="q" is Alt+Q and works in fields too. G, then a digit, goes to a stage of the rail.
(() => {
  const on = () => document.body.dataset.keys === "on";
  const typing = (elt) => elt.closest?.("input:not([type='checkbox'], [type='radio'], [type='button'], [type='submit']), textarea, select, [contenteditable='true']");
  const shown = (elt) => !elt.disabled && elt.getAttribute("aria-disabled") !== "true" && elt.getClientRects().length > 0;
  const keysOf = (elt) => elt.dataset.shortcut.split(" ");
  const same = (wanted, key) => wanted.length === 1 ? wanted.toLowerCase() === key.toLowerCase() : wanted === key;
  const GO_PAUSE = 1200;
  let goUntil = 0;

  function use(elt) {
    if (elt.matches("input:not([type='checkbox'], [type='radio'], [type='submit'], [type='button']), textarea, select")) { elt.focus(); elt.select?.(); }
    else if (elt.matches("form")) elt.requestSubmit();
    else elt.click();
  }

  const place = () => document.querySelector("dialog[open]") || document;
  const find = (attribute, test) => [...place().querySelectorAll(`[${attribute}]`)].find((elt) => test(elt) && shown(elt));

  function goToStage(event) {
    const stage = document.querySelectorAll(".rail-stage > a")[Number(event.key) - 1];
    goUntil = 0;
    if (!stage) return false;
    event.preventDefault();
    stage.click();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (!on() || event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
    if (event.altKey) {
      const target = event.repeat ? null : find("data-alt", (elt) => same(elt.dataset.alt, event.code.startsWith("Key") ? event.code.slice(3) : event.key));
      if (target) { event.preventDefault(); use(target); }
      return;
    }
    if (typing(event.target)) return;
    if (place() === document && Date.now() < goUntil && /^[1-9]$/.test(event.key) && goToStage(event)) return;
    const target = find("data-shortcut", (elt) => keysOf(elt).some((key) => same(key, event.key)));
    if (target && !(event.repeat && !("repeat" in target.dataset))) {
      const own = event.target.closest?.("button, a, summary, input");
      if (own && (event.key === "Enter" || event.key === " ")) return; // the focused control keeps its own keys
      event.preventDefault();
      use(target);
    }
    goUntil = event.key.toLowerCase() === "g" && !event.repeat ? Date.now() + GO_PAUSE : 0;
  });

  // The list behind "?" is made from the buttons on the page, so that it cannot be wrong.
  function name(elt) {
    if (elt.dataset.shortcutName) return elt.dataset.shortcutName;
    const label = elt.getAttribute("aria-label") || elt.labels?.[0]?.textContent || (elt.matches("input") && elt.value);
    if (label) return label.trim();
    const copy = elt.cloneNode(true);
    copy.querySelectorAll("kbd, .visually-hidden").forEach((part) => part.remove());
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  function row(keys, words) {
    const dt = document.createElement("dt");
    keys.forEach((key) => dt.append(Object.assign(document.createElement("kbd"), { textContent: key.length === 1 ? key.toUpperCase() : key.replace("Arrow", "") })));
    return [dt, Object.assign(document.createElement("dd"), { textContent: words })];
  }

  document.addEventListener("opening", (event) => {
    const list = event.target.querySelector(".keys-list");
    if (!list) return;
    const rows = [...document.querySelectorAll("[data-shortcut]")].filter(shown).map((elt) => row(keysOf(elt), name(elt)));
    const alts = [...document.querySelectorAll("[data-alt]")].filter(shown).map((elt) => row([`Alt ${elt.dataset.alt.toUpperCase()}`], name(elt)));
    const stages = [...document.querySelectorAll(".rail-stage > a .rail-name")].map((elt, index) => row(["G", String(index + 1)], elt.textContent));
    list.replaceChildren(...[...rows, ...alts, ...stages].flat());
  }, true);
})();
