// The conflict room: what a decision needs (the reason of an exclusion, the why of a ruling) is asked for before it is sent; and the agenda is printed.
(() => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-needs]");
    const field = button?.dataset.needs.split(" ").map((one) => document.querySelector(one)).find((one) => one && !one.value.trim());
    if (!field) return;
    event.preventDefault();
    event.stopPropagation();
    field.focus();
    document.dispatchEvent(new CustomEvent("announce", { detail: field.labels?.[0]?.textContent || "" }));
  }, true);
  document.addEventListener("click", (event) => event.target.closest?.("[data-print]") && window.print());
})();
