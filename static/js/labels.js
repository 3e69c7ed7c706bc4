// The dialog of labels asks for the labels of the record whose button opened it.
(() => {
  document.addEventListener("opening", (event) => {
    const room = event.target.querySelector?.("[data-labels-room]");
    const opener = event.detail?.opener;
    if (!room || !opener?.href) return;
    room.replaceChildren();
    htmx.ajax("GET", opener.href, { target: room, swap: "innerHTML" });
  }, true);
})();
