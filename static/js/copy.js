// data-copy="text" or data-copy-from="#id": put it on the clipboard and say so on the button.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (!button) return;
  const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
  const text = source ? source.value ?? source.textContent.trim() : button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
    if (button.dataset.copied) document.dispatchEvent(new CustomEvent("toast", { detail: button.dataset.copied }));
  } catch {
    source?.select?.(); // no leave to use the clipboard: the text is selected, Ctrl+C does it
  }
});
