// Dialogs: data-opens="#id" opens one, data-closes closes it; the focus goes back to its opener.
// Also what plain forms need: data-submit-on-change, and data-busy on a submit button.
(() => {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      const dialog = document.querySelector(opener.dataset.opens);
      if (!dialog?.showModal) return;
      event.preventDefault();
      dialog.dispatchEvent(new CustomEvent("opening", { detail: { opener } }));
      dialog.showModal();
      dialog.addEventListener("close", () => opener.isConnected && opener.focus(), { once: true });
      return;
    }
    const closer = event.target.closest("[data-closes]");
    if (closer) closer.closest("dialog")?.close();
    else if (event.target instanceof HTMLDialogElement && outside(event)) event.target.close();
  });

  function outside(event) {
    const box = event.target.getBoundingClientRect();
    return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
  }

  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-submit-on-change]")) event.target.form?.requestSubmit();
  });

  const QUIET = 400; // shorter waits show nothing

  function busy(button) {
    const before = button.innerHTML;
    const clock = setTimeout(() => {
      button.style.setProperty("min-width", `${button.offsetWidth}px`);
      button.textContent = button.dataset.busy;
      button.setAttribute("aria-busy", "true");
    }, QUIET);
    return () => {
      clearTimeout(clock);
      if (button.getAttribute("aria-busy")) { button.innerHTML = before; button.removeAttribute("aria-busy"); button.style.removeProperty("min-width"); }
    };
  }

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button?.dataset.busy) return;
    const done = busy(button);
    event.target.addEventListener("htmx:afterRequest", done, { once: true });
    window.addEventListener("pageshow", done, { once: true });
    window.addEventListener("focus", () => setTimeout(done, 4000), { once: true }); // a download leaves the page in place
  });
})();
