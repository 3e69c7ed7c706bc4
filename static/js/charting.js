// The charting form: Alt+R writes "not reported" into the field one is in, Alt+Q opens its quote.
(() => {
  const NOT_REPORTED = "not reported";

  function notReported(form) {
    const field = form.querySelector("textarea[name='value'], select[name='value'], input[name='value']:not([type='radio'], [type='checkbox'])");
    const radio = form.querySelector(`input[type='radio'][value='${NOT_REPORTED}']`);
    if (radio) radio.checked = true;
    else if (field) field.value = NOT_REPORTED;
    (radio || field)?.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    const form = event.target.closest?.("form.chart-cell");
    if (!form) return;
    if (event.code === "KeyR") { event.preventDefault(); notReported(form); }
    if (event.code === "KeyQ") {
      event.preventDefault();
      form.querySelector("details").open = true;
      form.querySelector("textarea[name='quote']").focus();
    }
  });
})();
