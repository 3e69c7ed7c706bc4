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
