// Where the focus goes: after a swap to what asks for it, on a page with errors to the first of them.
(() => {
  function take(root) {
    const wanted = root.matches?.("[autofocus]") ? root : root.querySelector?.("[autofocus]");
    const wrong = root.querySelector?.("[aria-invalid='true']");
    const target = wrong && !wanted?.matches("[role='alert']") ? wrong : wanted;
    if (!target || target.closest("dialog:not([open])")) return;
    target.focus({ preventScroll: target.matches("h1, h2, [role='alert']") });
  }

  document.addEventListener("htmx:afterSettle", (event) => take(event.detail.elt));
  document.addEventListener("DOMContentLoaded", () => {
    const wrong = document.querySelector("main [aria-invalid='true'], main [role='alert'][autofocus]");
    if (wrong) wrong.focus();
  });

  // What follows a job swaps itself every second: not while something in it is held down, or the click would be lost.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, target } = event.detail;
    if (elt === target && target.querySelector?.("button:active, a:active, summary:active")) event.detail.shouldSwap = false;
  });

  // A refusal lands at the top: bring it into sight, its role says it aloud.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "flash") event.detail.target.scrollIntoView({ block: "nearest" });
  });
})();
