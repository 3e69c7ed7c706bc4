// The page of a report: Exclude asks for its reason before anything is sent. A digit, or a click on a reason, sends both in one.
(() => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-asks-reason]");
    const hint = button && document.getElementById("reason-hint");
    const first = document.querySelector("#reasons .reason");
    if (!hint || !first) return;
    event.preventDefault();
    event.stopPropagation();
    hint.textContent = hint.dataset.ask;
    hint.className = "small ft-hint ask";
    document.querySelectorAll("#reasons .reason").forEach((one) => one.classList.add("is-ask"));
    first.focus();
    document.dispatchEvent(new CustomEvent("announce", { detail: hint.dataset.ask }));
  }, true);
})();

// The browser's viewer takes the focus when its file has come, and with it every key. It is given back, unless somebody went there.
(() => {
  const frame = document.querySelector(".pdf-frame");
  if (!frame) return;
  let last = null, went = false;
  document.addEventListener("focusin", (event) => { if (event.target !== frame) last = event.target; });
  document.addEventListener("keydown", (event) => { went = event.key === "Tab"; }, true);
  frame.addEventListener("pointerenter", () => { went = true; });
  frame.addEventListener("pointerleave", () => { went = false; });
  window.addEventListener("blur", () => setTimeout(() => {
    if (document.activeElement !== frame || went) return;
    frame.blur();
    window.focus();
    if (last?.isConnected) last.focus({ preventScroll: true });
  }));
})();
