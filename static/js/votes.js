// On every page: signing out while votes of this account wait on this device is asked about first.
(() => {
  const own = `reviewapp.${document.body.dataset.account}.`;
  const unsent = () => { try { return Object.keys(localStorage).filter((key) => key.startsWith(own) && key.includes(".vote.")).length; } catch { return 0; } };
  document.addEventListener("submit", (event) => {
    const form = event.target, dialog = document.getElementById("unsent");
    if (!/\/logout\/?$/.test(new URL(form.action, location.href).pathname) || form.dataset.sure) return;
    const n = unsent();
    if (!n || !dialog?.showModal) return;
    event.preventDefault();
    dialog.querySelector("h2").textContent = (n === 1 ? dialog.dataset.say : dialog.dataset.sayMany).replace("{n}", n);
    dialog.returnValue = "";
    dialog.addEventListener("close", () => { if (dialog.returnValue === "leave") { form.dataset.sure = "1"; form.requestSubmit(); } }, { once: true });
    dialog.showModal();
  });
})();
