// On a touch screen: a record that is swiped to the right is included, to the left excluded. The buttons are pressed, so that
// what holds for them holds here. A short or slanting stroke does nothing; the account switches it off.
(() => {
  const place = document.querySelector(".record-scroll");
  if (!place || document.body.dataset.swipe !== "on") return;
  const FAR = 88, SURE = 12;
  let from = null, dx = 0;
  const card = () => document.getElementById("record-card");
  const button = () => document.querySelector(`#decision .vote.is-${dx > 0 ? "include" : "exclude"}`);
  const scrolls = (elt) => { for (let e = elt; e && e !== place; e = e.parentElement) if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "visible") return true; return false; };

  function rest() {
    card()?.style.removeProperty("translate");
    place.removeAttribute("data-swipe");
    from = null;
    dx = 0;
  }

  place.addEventListener("touchstart", (event) => {
    rest();
    const own = event.target.closest("textarea, input, select, summary, a, button, .labels-line");
    if (event.touches.length !== 1 || own || !card()?.dataset.number || scrolls(event.target)) return;
    from = { x: event.touches[0].clientX, y: event.touches[0].clientY, sure: false };
  }, { passive: true });

  place.addEventListener("touchmove", (event) => {
    if (!from) return;
    if (event.touches.length !== 1) { rest(); return; }
    const x = event.touches[0].clientX - from.x, y = event.touches[0].clientY - from.y;
    if (!from.sure && Math.abs(y) > SURE && Math.abs(y) >= Math.abs(x)) { rest(); return; } // reading on
    if (!from.sure && Math.abs(x) < SURE) return;
    from.sure = true;
    dx = Math.abs(x) > 2 * Math.abs(y) ? x : 0;
    const takes = dx && !button()?.disabled;
    card().style.setProperty("translate", `${takes ? dx : 0}px`);
    if (takes && Math.abs(dx) >= FAR) place.dataset.swipe = dx > 0 ? "include" : "exclude";
    else place.removeAttribute("data-swipe");
  }, { passive: true });

  place.addEventListener("touchend", () => {
    const target = from?.sure && Math.abs(dx) >= FAR ? button() : null;
    rest();
    if (target && !target.disabled) target.click();
  });
  place.addEventListener("touchcancel", rest);
})();
