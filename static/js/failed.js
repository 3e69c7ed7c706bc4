// A request that failed is visible, and what it should have saved never looks saved.
(() => {
  const say = (name) => document.body.dataset[`say${name}`] || "";

  function sentence(status) {
    if (!status) return say("Failed");
    if (status === 403) return say("Forbidden");
    if (status === 404 || status === 410) return say("Gone");
    return say(status === 429 ? "Busy" : "Refused");
  }

  function show(event) {
    const status = event.detail.xhr?.status || 0;
    const elt = event.detail.elt;
    elt?.setAttribute("data-failed", String(status));
    const flash = document.getElementById("flash");
    if (!flash) return;
    const notice = document.createElement("div");
    notice.className = "notice is-bad";
    notice.setAttribute("role", "alert");
    const words = document.createElement("p");
    words.textContent = sentence(status);
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn btn-bare btn-sm";
    close.textContent = say("Dismiss");
    close.addEventListener("click", () => notice.remove());
    notice.append(words, close);
    flash.replaceChildren(notice);
    flash.scrollIntoView({ block: "nearest" });
  }

  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, show);
  document.addEventListener("htmx:beforeRequest", (event) => event.detail.elt.removeAttribute("data-failed"));
  document.addEventListener("htmx:afterRequest", (event) => {
    const flash = document.getElementById("flash");
    const ours = event.detail.target?.id === "flash";
    if (event.detail.successful && !ours && event.detail.requestConfig?.verb !== "get") flash?.replaceChildren();
  });
})();
