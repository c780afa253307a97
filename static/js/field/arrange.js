// The order of the day, changed by dragging at the handle or step by step with arrows (mouse, finger, keyboard).
import {fill, made, word} from "./dom.js";

/** Pixels from the edge of the window at which dragging moves the page on. */
const EDGE = 90;

/** The list with handles. `kept(order)` gets the ids in their new order; `left()` is told when nothing shall change. */
export function openOrder(jobs, { kept, left }) {
  const node = fill(made("arrange"), { rows: jobs.map(row) });
  node.dataset.busy = "";
  const list = node.querySelector("ol");
  ends(list);
  node.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (!pressed) return;
    if ("keep" in pressed.dataset) kept([...list.children].map((one) => Number(one.dataset.id)));
    else if ("cancel" in pressed.dataset) left();
    else step(node, list, pressed);
  });
  list.addEventListener("pointerdown", (event) => drag(node, list, event));
  return node;
}

function row(job) {
  const node = fill(made("arrange-stop"), { title: job.title, place: job.place });
  node.dataset.id = job.id;
  node.dataset.title = job.title;
  node.querySelector("[data-up]").setAttribute("aria-label", word("up", { n: job.title }));
  node.querySelector("[data-down]").setAttribute("aria-label", word("down", { n: job.title }));
  return node;
}

/** The first one cannot go up, the last one not down. They stay in reach of the keyboard, so that the focus is not lost. */
function ends(list) {
  const last = list.children.length - 1;
  [...list.children].forEach((one, place) => {
    one.querySelector("[data-up]").setAttribute("aria-disabled", String(place === 0));
    one.querySelector("[data-down]").setAttribute("aria-disabled", String(place === last));
  });
}

function tell(node, list, moved) {
  ends(list);
  fill(node, { said: word("movedTo", { a: moved.dataset.title, b: [...list.children].indexOf(moved) + 1 }) });
}

function step(node, list, pressed) {
  const moved = pressed.closest("li");
  const other = "up" in pressed.dataset ? moved.previousElementSibling : moved.nextElementSibling;
  if (!other) return;
  if ("up" in pressed.dataset) other.before(moved);
  else other.after(moved);
  pressed.focus();
  moved.scrollIntoView({ block: "nearest" });
  tell(node, list, moved);
}

function drag(node, list, event) {
  const grip = event.target.closest("[data-grip]");
  if (!grip || event.button) return;
  event.preventDefault();
  const moved = grip.closest("li");
  // Not the handle itself: what is moved in the document loses the pointer.
  list.setPointerCapture(event.pointerId);
  moved.classList.add("is-dragged");
  const over = ({ clientY }) => {
    if (clientY < EDGE) scrollBy(0, -12);
    else if (clientY > innerHeight - EDGE) scrollBy(0, 12);
    for (const one of list.children) {
      if (one === moved) continue;
      const { top, height } = one.getBoundingClientRect();
      const middle = top + height / 2;
      const isBefore = one.compareDocumentPosition(moved) & Node.DOCUMENT_POSITION_FOLLOWING;
      if (isBefore && clientY < middle) {
        one.before(moved);
        return;
      }
      if (!isBefore && clientY > middle && (!one.nextElementSibling || clientY < one.nextElementSibling.getBoundingClientRect().top + height / 2)) {
        one.after(moved);
        return;
      }
    }
  };
  const done = () => {
    moved.classList.remove("is-dragged");
    list.removeEventListener("pointermove", over);
    tell(node, list, moved);
  };
  list.addEventListener("pointermove", over);
  list.addEventListener("lostpointercapture", done, { once: true });
}
