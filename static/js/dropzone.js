// .drop takes files dropped on it into its file field, and says which were chosen.
(() => {
  const zone = (event) => event.target.closest?.(".drop");
  const field = (drop) => drop.querySelector("input[type='file']");
  const hasFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");

  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      const drop = zone(event);
      if (!drop || !hasFiles(event)) return;
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    const drop = zone(event);
    if (drop && !drop.contains(event.relatedTarget)) drop.classList.remove("is-over");
  });
  document.addEventListener("drop", (event) => {
    const drop = zone(event);
    if (!drop || !field(drop)) return;
    event.preventDefault();
    drop.classList.remove("is-over");
    const files = [...event.dataTransfer.files].slice(0, field(drop).multiple ? undefined : 1);
    const chosen = new DataTransfer();
    files.forEach((file) => chosen.items.add(file));
    field(drop).files = chosen.files;
    field(drop).dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("change", (event) => {
    const drop = zone(event);
    if (!drop || event.target.type !== "file") return;
    let names = drop.querySelector(".drop-names");
    if (!names) {
      names = document.createElement("ul");
      names.className = "drop-names";
      names.setAttribute("role", "status");
      drop.append(names);
    }
    names.replaceChildren(...[...event.target.files].map((file) => Object.assign(document.createElement("li"), { textContent: file.name })));
    drop.classList.toggle("has-files", event.target.files.length > 0);
  });
})();
