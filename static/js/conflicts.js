// The conflict room: an exclusion at full text asks for its reason before it is sent.
(() => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-needs]");
    const field = button && document.querySelector(button.dataset.needs);
    if (!field || field.value) return;
    event.preventDefault();
    event.stopPropagation();
    field.focus();
    document.dispatchEvent(new CustomEvent("announce", { detail: field.labels?.[0]?.textContent || "" }));
  }, true);
})();
