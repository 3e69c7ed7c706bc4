// form[data-autosave] saves by itself: on leaving a field, and two seconds after the last key, but only what changed.
// The form says hx-trigger="save"; a save under way is waited for, so that an older text never lands on a newer one.
(() => {
  const PAUSE = 2000;
  const clocks = new WeakMap();
  const kept = new WeakMap();
  const flying = new WeakSet();
  const state = (form) => new URLSearchParams([...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "seen")).toString();
  const form = (event) => event.target.closest?.("form[data-autosave]");

  function remember(root) {
    const forms = root.matches?.("form[data-autosave]") ? [root] : root.querySelectorAll?.("form[data-autosave]") || [];
    forms.forEach((one) => { if (!kept.has(one)) kept.set(one, state(one)); });
  }

  function save(one) {
    clearTimeout(clocks.get(one));
    if (!one.isConnected || flying.has(one) || state(one) === kept.get(one)) return;
    one.dispatchEvent(new CustomEvent("save", { bubbles: true }));
  }

  document.addEventListener("DOMContentLoaded", () => remember(document));
  document.addEventListener("htmx:afterSettle", (event) => remember(event.detail.elt));
  document.addEventListener("input", (event) => {
    const one = form(event);
    if (!one) return;
    clearTimeout(clocks.get(one));
    clocks.set(one, setTimeout(() => save(one), PAUSE));
  });
  for (const name of ["change", "focusout"]) document.addEventListener(name, (event) => form(event) && save(form(event)));
  document.addEventListener("htmx:beforeRequest", (event) => {
    const one = event.detail.elt;
    if (!one.matches?.("form[data-autosave]")) return;
    flying.add(one);
    one.sent = state(one);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const one = event.detail.elt;
    if (!one.matches?.("form[data-autosave]")) return;
    flying.delete(one);
    if (event.detail.successful) kept.set(one, one.sent);
    if (state(one) !== one.sent) save(one); // typed on while the save was under way
  });
  window.addEventListener("beforeunload", (event) => {
    for (const one of document.querySelectorAll("form[data-autosave]")) if (flying.has(one) || state(one) !== kept.get(one)) event.preventDefault();
  });
})();
