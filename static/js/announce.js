// Say things aloud: #announce is a status region that stays in the page and is only filled.
(() => {
  let clock = 0;

  function say(sentence) {
    const region = document.getElementById("announce");
    if (!region || !sentence) return;
    region.textContent = "";
    clearTimeout(clock);
    clock = setTimeout(() => { region.textContent = sentence; }, 60); // an emptied region makes the same sentence heard twice
  }

  const detail = (event) => (typeof event.detail === "string" ? event.detail : event.detail?.value);
  document.addEventListener("announce", (event) => say(detail(event)));
  document.addEventListener("htmx:afterSettle", (event) => {
    const part = event.detail.elt;
    const marked = part.matches?.("[data-announce]") ? part : part.querySelector?.("[data-announce]");
    if (marked) say(marked.dataset.announce);
  });
})();
