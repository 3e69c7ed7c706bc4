/* Choosing rows of a list: this page at once, a stretch with Shift, how many. Without script the boxes and buttons work as they are. */
(() => {
  const boxes = (form) => [...form.querySelectorAll('input[name="record"]')];
  let last = null;

  function count(form) {
    const said = form.querySelector("[data-chosen-count]"), all = form.querySelector("[data-choose-all]");
    if (!said) return;
    said.dataset.none ??= said.textContent;
    const rows = boxes(form), n = rows.filter((box) => box.checked).length;
    said.textContent = n === 0 ? said.dataset.none : n === 1 ? said.dataset.one : said.dataset.many.replace("%n", n.toLocaleString("en"));
    if (all) { all.checked = n > 0 && n === rows.length; all.indeterminate = n > 0 && n < rows.length; }
  }

  document.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.name !== "record" || !box.form) return;
    const rows = boxes(box.form), from = rows.indexOf(last), to = rows.indexOf(box);
    if (event.shiftKey && from >= 0) {
      for (const one of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) one.checked = box.checked;
    }
    last = box;
  });
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !box.form || box.form.id !== "chosen") return;
    if ("chooseAll" in box.dataset) for (const one of boxes(box.form)) one.checked = box.checked;
    count(box.form);
  });
  window.addEventListener("pageshow", () => { const form = document.getElementById("chosen"); if (form) count(form); });
})();
