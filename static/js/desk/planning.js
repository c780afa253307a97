// Planning by dragging: a card dropped on a team is planned for it, on the open list it is taken off, within a team it
// changes the order. Each drop fills the form of the page and sends it, so that the rules stand in one place.

const page = document.querySelector("[data-planning]");
const form = document.getElementById("plan");
const said = form.querySelector("[data-chosen]");
const boxes = () => [...page.querySelectorAll('input[name="vorgang"]')];
let held = null;

function count() {
  const number = boxes().filter((box) => box.checked).length;
  said.textContent = number === 1 ? said.dataset.one : said.dataset.many.replace("{n}", number);
  form.classList.toggle("is-empty", !number);
  for (const button of form.querySelectorAll("button")) button.disabled = !number;
}

page.addEventListener("change", (event) => {
  if (event.target.name === "vorgang") count();
});
// From a chosen case the keyboard goes on to team and day; without this, Enter would send the form at once.
page.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.name !== "vorgang") return;
  event.preventDefault();
  if (!event.target.checked) event.target.click();
  form.elements.team.focus();
});
addEventListener("pageshow", count);
count();

for (const card of page.querySelectorAll("[data-card]")) {
  if (!card.querySelector('input[name="vorgang"]')) continue;
  card.draggable = true;
  card.addEventListener("dragstart", (event) => {
    held = card;
    card.classList.add("is-held");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.dataset.card);
  });
  card.addEventListener("dragend", () => {
    held?.classList.remove("is-held");
    held = null;
    mark(null, null);
  });
}

/** Show where the held card would go. */
function mark(zone, before) {
  for (const one of page.querySelectorAll(".is-over")) one.classList.remove("is-over");
  for (const one of page.querySelectorAll(".is-before")) one.classList.remove("is-before");
  zone?.classList.add("is-over");
  before?.classList.add("is-before");
}

/** The card of a list before which something dropped at this height goes; null for the end. */
function cardAt(zone, y) {
  return [...zone.querySelectorAll("[data-card]")].find((card) => card !== held && y < card.getBoundingClientRect().top + card.offsetHeight / 2) || null;
}

function send(value) {
  const button = form.querySelector(`button[value="${value}"]`);
  button.disabled = false;
  form.requestSubmit(button);
}

/** Send the order of a team with the held card before another one. */
function reorder(zone, before) {
  const list = zone.querySelector("ol");
  list.insertBefore(held, before);
  [...list.querySelectorAll("[data-card]")].forEach((card, index) => {
    const place = card.querySelector('input[name^="platz-"]');
    if (place) place.value = index + 1;
  });
  const order = zone.querySelector("[data-order]");
  order.requestSubmit(order.querySelector("[data-save]"));
}

for (const zone of page.querySelectorAll("[data-team], [data-off]")) {
  zone.addEventListener("dragover", (event) => {
    if (!held) return;
    event.preventDefault();
    mark(zone, zone.contains(held) && zone.dataset.team ? cardAt(zone, event.clientY) : null);
  });
  zone.addEventListener("drop", (event) => {
    if (!held) return;
    event.preventDefault();
    const { team } = zone.dataset;
    const inside = zone.contains(held);
    if (inside && team) return reorder(zone, cardAt(zone, event.clientY));
    if (inside) return;
    // Other chosen cards go along, as they would with the button.
    held.querySelector('input[name="vorgang"]').checked = true;
    if (!team) return send("ausplanen");
    form.elements.team.value = team;
    send("einplanen");
  });
}
