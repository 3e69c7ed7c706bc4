// On every page: signing out while votes of this account wait on this device is asked about first, and the cards that keep.js put away
// here for somebody else, or for nobody any more, are deleted.
(() => {
  const own = `reviewapp.${document.body.dataset.account}.`;
  const unsent = () => { try { return Object.keys(localStorage).filter((key) => key.startsWith(own) && key.includes(".vote.")).length; } catch { return 0; } };
  const cards = `cards.${document.body.dataset.account}`;
  const wipe = async (all) => { for (const name of await caches.keys()) if (name.startsWith("cards.") && (all || name !== cards)) await caches.delete(name); };
  if (window.caches) wipe(false).catch(() => null);
  const tabs = window.BroadcastChannel && new BroadcastChannel("reviewapp"); // a tab of somebody else, or of nobody, puts nothing away any more
  tabs?.postMessage(document.body.dataset.account || "");

  document.addEventListener("submit", (event) => {
    const form = event.target, dialog = document.getElementById("unsent");
    if (!/\/logout\/?$/.test(new URL(form.action, location.href).pathname)) return;
    const n = form.dataset.sure ? 0 : unsent();
    if (!n || !dialog?.showModal) { document.dispatchEvent(new CustomEvent("signing-out")); tabs?.postMessage(""); if (window.caches) wipe(true).catch(() => null); return; }
    event.preventDefault();
    dialog.querySelector("h2").textContent = (n === 1 ? dialog.dataset.say : dialog.dataset.sayMany).replace("{n}", n);
    dialog.returnValue = "";
    dialog.addEventListener("close", () => { if (dialog.returnValue === "leave") { form.dataset.sure = "1"; form.requestSubmit(); } }, { once: true });
    dialog.showModal();
  });
})();
