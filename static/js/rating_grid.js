// The rating grid: one cell has the focus (roving tabindex), arrows move, 0-3 set and stay, Enter goes down, Z undoes, X finds the next
// wide spread. Each cell is a link that opens the same thing in the side panel, so the table works without this file.
(() => {
  const grid = () => document.querySelector("table.rate[role='grid']");
  const on = () => document.body.dataset.keys !== "off";
  const undo = [];
  let clock;

  const lines = () => [...grid().querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("a.cell")]);

  function rove(cell) {
    grid().querySelectorAll("a.cell[tabindex='0']").forEach((one) => one.setAttribute("tabindex", "-1"));
    cell.setAttribute("tabindex", "0");
  }

  function start() {
    if (!grid()) return;
    const cells = grid().querySelectorAll("a.cell");
    cells.forEach((one) => one.setAttribute("tabindex", "-1"));
    const first = grid().querySelector("td.is-cell a.cell") || cells[0];
    first?.setAttribute("tabindex", "0");
    grid().querySelector("td.is-cell")?.scrollIntoView({ block: "nearest" });
  }

  function move(cell, down, right) {
    const all = lines();
    const at = all.findIndex((line) => line.includes(cell));
    const line = all[Math.max(0, Math.min(all.length - 1, at + down))];
    const column = all[at].indexOf(cell) + right;
    line?.[Math.max(0, Math.min(line.length - 1, column))]?.focus();
  }

  function mark(cell) {
    grid().querySelectorAll(".is-row, .is-cell").forEach((one) => one.classList.remove("is-row", "is-cell"));
    cell.closest("tr").classList.add("is-row");
    cell.closest("td").classList.add("is-cell");
  }

  function show(cell) {
    clearTimeout(clock);
    mark(cell);
    clock = setTimeout(() => {
      if (cell.isConnected) htmx.ajax("GET", cell.href.split("#")[0], { target: "#cell-panel", swap: "outerHTML", source: cell });
    }, 150);
  }

  function send(cell, value, keep = true) {
    if (cell.classList.contains("is-saving")) return;
    const { who, report, scale, seen } = cell.dataset;
    const before = /^[0-3]$/.test(cell.textContent.trim()) ? cell.textContent.trim() : "";
    if (keep && before !== value) undo.push([cell.id, before]);
    const values = { report, scale, value };
    if (who === "agreed") values.seen = seen || "0";
    clearTimeout(clock);
    cell.classList.remove("is-bad");
    cell.classList.add("is-saving");
    cell.textContent = value || "·";
    const id = cell.id;
    htmx.ajax("POST", who === "agreed" ? grid().dataset.agree : grid().dataset.rate, { target: "#cell-panel", swap: "outerHTML", source: cell, values })
      .finally(() => {
        const now = document.getElementById(id);
        if (now === cell && cell.classList.contains("is-saving")) { // the row did not come back: it was not taken
          cell.classList.replace("is-saving", "is-bad");
          cell.setAttribute("aria-invalid", "true");
          undo.pop();
        }
      });
  }

  function back() {
    const last = undo.pop();
    const cell = last && document.getElementById(last[0]);
    if (cell) { cell.focus(); send(cell, last[1], false); }
  }

  function nextWide() {
    const wide = [...grid().querySelectorAll("td.wide")].map((td) => td.previousElementSibling.querySelector("a.cell"));
    if (!wide.length) return;
    const all = lines().flat();
    const at = all.indexOf(document.activeElement);
    (wide.find((cell) => all.indexOf(cell) > at) || wide[0]).focus();
  }

  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Enter: [1, 0] };

  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.("a.cell");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (moves[event.key]) { event.preventDefault(); move(cell, ...moves[event.key]); return; }
    if (event.key === "Home" || event.key === "End") { event.preventDefault(); move(cell, 0, event.key === "Home" ? -999 : 999); return; }
    if (!on() || event.repeat) return;
    if (/^[0-3]$/.test(event.key)) { event.preventDefault(); send(cell, event.key); }
    else if (event.key === "Delete" || event.key === "Backspace") { event.preventDefault(); send(cell, ""); }
    else if (event.key.toLowerCase() === "z") { event.preventDefault(); back(); }
  });
  document.addEventListener("focusin", (event) => {
    const cell = event.target.closest?.("a.cell");
    if (cell && grid()?.contains(cell)) { rove(cell); show(cell); }
  });
  document.addEventListener("click", (event) => {
    const cell = event.target.closest?.("a.cell");
    if (cell && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); cell.focus(); return; }
    if (event.target.closest?.("[data-next-wide]")) nextWide();
  });
  // A row that came back takes the focus of the one it replaces.
  let had = "";
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target?.contains?.(document.activeElement)) had = document.activeElement.id;
  });
  document.addEventListener("htmx:oobAfterSwap", () => {
    if (!grid()) return;
    grid().querySelectorAll("a.cell:not([tabindex])").forEach((one) => one.setAttribute("tabindex", "-1"));
    const cell = had && document.getElementById(had);
    if (!cell) return;
    had = "";
    rove(cell);
    mark(cell);
    cell.focus({ preventScroll: true });
    clearTimeout(clock); // the panel came with the row
  });
  document.addEventListener("DOMContentLoaded", start);
})();
