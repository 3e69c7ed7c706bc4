// Toasts: six seconds at the bottom left; they wait while somebody points at one or is in it.
(() => {
  const LIFE = 6000;

  function live(toast) {
    let clock = setTimeout(() => toast.remove(), LIFE);
    const hold = () => clearTimeout(clock);
    const go = () => { hold(); clock = setTimeout(() => toast.remove(), LIFE); };
    for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, hold);
    for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, go);
  }

  function show(sentence) {
    const place = document.getElementById("toasts");
    if (!place || !sentence) return;
    const toast = document.createElement("div");
    toast.className = "toast-line";
    toast.textContent = sentence;
    place.append(toast);
  }

  document.addEventListener("toast", (event) => show(typeof event.detail === "string" ? event.detail : event.detail?.value));
  document.addEventListener("DOMContentLoaded", () => {
    const place = document.getElementById("toasts");
    if (!place) return;
    place.querySelectorAll(".toast-line").forEach((toast) => {
      live(toast); // those that came with the page are not heard by themselves
      document.dispatchEvent(new CustomEvent("announce", { detail: toast.textContent }));
    });
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => node.nodeType === 1 && live(node))))
      .observe(place, { childList: true });
  });
})();
