// On a phone the list is a sheet over the map that is pulled up: by the grip, a swipe on it, or the keyboard.

/** Wire the sheet of the page; returns a function that pulls it up or down. */
export function sheet(page) {
  const element = page.querySelector("[data-sheet]");
  const grip = page.querySelector("[data-grip]");
  let startY = null;

  const set = (up) => {
    element.classList.toggle("is-up", up);
    grip.setAttribute("aria-expanded", String(up));
    if (!up) element.scrollTop = 0;
  };
  grip.addEventListener("click", () => set(!element.classList.contains("is-up")));
  grip.addEventListener("pointerdown", (event) => {
    startY = event.clientY;
    grip.setPointerCapture(event.pointerId);
  });
  grip.addEventListener("pointerup", (event) => {
    const far = startY === null ? 0 : event.clientY - startY;
    startY = null;
    if (Math.abs(far) < 12) return; // a tap: the click follows
    set(far < 0);
    grip.addEventListener("click", (click) => click.stopImmediatePropagation(), { once: true, capture: true });
  });
  // Whoever reaches the list by keyboard sees it.
  element.addEventListener("focusin", (event) => {
    if (event.target !== grip && !event.target.closest("[data-preview]") && event.target.matches(":focus-visible")) set(true);
  });
  return set;
}
