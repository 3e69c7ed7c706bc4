// On every page: signing out while votes of this account wait on this device is asked about first.
(() => {
  const unsent = () => { try { return Object.keys(localStorage).filter((key) => /^reviewapp\.[\w-]+\.\d+\.vote\./.test(key)).length; } catch { return 0; } };
  document.addEventListener("submit", (event) => {
    if (!/\/logout\/?$/.test(new URL(event.target.action, location.href).pathname)) return;
    const n = unsent();
    if (n && !window.confirm((document.body.dataset.sayUnsent || "{n}").replace("{n}", n))) event.preventDefault();
  });
})();
