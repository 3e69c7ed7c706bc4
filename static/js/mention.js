// Naming people in a message: @ and letters show who fits; arrows choose, Enter or Tab takes, Escape closes. Without script the name is typed.
(() => {
  let open = null; // { field, list, from }

  const partsOf = (field) => {
    const before = field.value.slice(0, field.selectionStart);
    const found = /(?:^|[^\p{L}\p{N}_])@([\p{L}\p{N}_ .’'-]{0,40})$/u.exec(before);
    return found && field.selectionStart === field.selectionEnd ? { typed: found[1], from: before.length - found[1].length } : null;
  };

  function close() {
    if (!open) return;
    open.field.removeAttribute("aria-activedescendant");
    open.list.hidden = true;
    open = null;
  }

  function mark(option) {
    for (const one of open.list.querySelectorAll("[role=option]")) one.setAttribute("aria-selected", String(one === option));
    open.field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  const shown = () => [...open.list.querySelectorAll("[role=option]")].filter((one) => !one.hidden);

  function look(field) {
    const list = document.getElementById(field.getAttribute("aria-controls")), parts = list && partsOf(field);
    if (!parts) return close();
    const typed = parts.typed.toLocaleLowerCase();
    for (const one of list.querySelectorAll("[role=option]")) {
      const names = [one.dataset.name, ...one.dataset.name.split(" "), ...one.textContent.trim().split(/\s+/)];
      one.hidden = !names.some((name) => name.toLocaleLowerCase().startsWith(typed)) || one.dataset.name.toLocaleLowerCase() === typed;
    }
    const was = open;
    open = { field, list, from: parts.from };
    const options = shown();
    if (!options.length) return close();
    list.hidden = false;
    mark(options[0]);
    if (!was) document.dispatchEvent(new CustomEvent("announce", { detail: list.getAttribute("aria-label") + ": " + options.map((one) => one.dataset.name).join(", ") }));
  }

  function take(option) {
    const { field, from } = open;
    field.setRangeText(option.dataset.name + " ", from, field.selectionStart, "end");
    close();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
    field.focus();
  }

  document.addEventListener("input", (event) => event.target.matches?.("[data-mentions]") && look(event.target));
  document.addEventListener("keydown", (event) => {
    if (!open || event.target !== open.field || event.isComposing) return;
    const options = shown(), at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(options[(at + step + options.length) % options.length]);
    else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) take(options[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("mousedown", (event) => {
    const option = open && event.target.closest?.(".mentions [role=option]");
    if (!option) return;
    event.preventDefault();
    take(option);
  });
  document.addEventListener("focusout", (event) => open && event.target === open.field && close());
  document.addEventListener("htmx:beforeSwap", close);
})();
