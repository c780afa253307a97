// Markup for the screens: all of it, and all words, are <template> elements of the page; scripts only fill them.
const WORDS = new Map();
const EARTH = 6_371_000;
const DIRECTIONS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];
const { sprite } = document.documentElement.dataset;
/** Closer than this, in metres, one is there: a phone is no more exact. */
const THERE = 15;

/** A copy of <template id="t-…">: its one element. */
export function made(id) {
  return document.getElementById(`t-${id}`).content.firstElementChild.cloneNode(true);
}

/** The place called `name` in a copy. */
export function slot(node, name) {
  return node.querySelector(`[data-slot="${name}"]`);
}

/**
 * Fill places of a copy. A value is a text, an element, a list of elements, or true (show it as it is); a place with
 * nothing to say (null, false, "", []) is hidden. Returns the copy.
 */
export function fill(node, values) {
  // All places before any is filled: what is put in has places of its own, maybe of the same name.
  const places = Object.entries(values).map(([name, value]) => [slot(node, name), value]);
  for (const [place, value] of places) {
    place.hidden = value === null || value === undefined || value === false || value === "" || (Array.isArray(value) && !value.length);
    if (place.hidden || value === true) continue;
    if (Array.isArray(value)) place.replaceChildren(...value);
    else if (value instanceof Node) place.replaceChildren(value);
    else place.textContent = String(value);
  }
  return node;
}

/** A word of <template id="t-words">, with {n}, {a}, {b} put in. */
export function word(key, values = {}) {
  if (!WORDS.size) for (const one of document.getElementById("t-words").content.querySelectorAll("[data-word]")) WORDS.set(one.dataset.word, one.textContent);
  return (WORDS.get(key) ?? key).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

/** The word for one or for many: keys `<name>One` and `<name>Many`. */
export function counted(name, n) {
  return n === 1 ? word(`${name}One`, { n }) : word(`${name}Many`, { n });
}

/** A drawing of the sprite, for the eye only. */
export function icon(name, classes = "") {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("class", `icon ${classes}`.trim());
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("focusable", "false");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  drawing.append(use);
  return drawing;
}

// Drawing anew ---------------------------------------------------------------------------------------------------------
const drawn = new WeakMap();

/**
 * Put `node` into `root` in place of what is there. Nothing happens where it looks the same as before; otherwise the
 * focus stays on the same thing (its id, data-key or address) and what was unfolded stays so.
 */
export function put(root, node) {
  const looks = node.outerHTML;
  if (drawn.get(root) === looks && root.firstElementChild) return root.firstElementChild;
  const active = document.activeElement;
  const mark = root.contains(active) ? markOf(active) : null;
  const open = [...root.querySelectorAll("details[open]")].map(markOf);
  root.replaceChildren(node);
  drawn.set(root, looks);
  for (const one of root.querySelectorAll("details")) if (open.includes(markOf(one))) one.open = true;
  if (mark) [...root.querySelectorAll("a, button, input, select, summary, [tabindex]")].find((one) => markOf(one) === mark)?.focus({ preventScroll: true });
  return node;
}

function markOf(element) {
  return `${element.tagName} ${element.id || element.dataset.key || element.getAttribute("href") || element.value} ${Object.entries(element.dataset)}`;
}

/** Forget what `root` looks like: somebody else draws into it. */
export function cleared(root) {
  drawn.delete(root);
  root.replaceChildren();
}

// Where and when -------------------------------------------------------------------------------------------------------
const radians = (degrees) => (degrees * Math.PI) / 180;

/** Metres between two points [lon, lat], as the crow flies. */
export function distance([east, north], [otherEast, otherNorth]) {
  const [up, across] = [radians(otherNorth - north) / 2, radians(otherEast - east) / 2];
  const part = Math.sin(up) ** 2 + Math.cos(radians(north)) * Math.cos(radians(otherNorth)) * Math.sin(across) ** 2;
  return 2 * EARTH * Math.asin(Math.sqrt(part));
}

/** Metres as people say them: "40 m", "1,2 km". */
export function metres(length) {
  if (length < 1000) return `${Math.max(10, Math.round(length / 10) * 10)}\u00a0m`;
  const digits = length < 10_000 ? 1 : 0;
  return `${(length / 1000).toLocaleString("de", { minimumFractionDigits: digits, maximumFractionDigits: digits })}\u00a0km`;
}

/** How far and in which direction `point` lies from `here`, in words. */
export function away(here, point) {
  const length = distance(here, point);
  if (length < THERE) return word("here");
  const turn = Math.atan2((point[0] - here[0]) * Math.cos(radians(here[1])), point[1] - here[1]);
  return word("away", { a: metres(length), b: word(DIRECTIONS[Math.round((turn * 4) / Math.PI + 8) % 8]) });
}

/** An address that opens the phone's own navigation. */
export function driveTo([east, north], title) {
  return `geo:${north},${east}?q=${north},${east}(${encodeURIComponent(title)})`;
}

const sameDay = (one, other) => one.toDateString() === other.toDateString();

/** A moment (ISO or ms): "10:12" today, "21.11., 10:12" on other days. */
export function clock(moment) {
  const at = new Date(moment);
  const time = at.toLocaleTimeString("de", { hour: "2-digit", minute: "2-digit" });
  return sameDay(at, new Date()) ? time : `${shortDay(at)}, ${time}`;
}

/** A day (ISO, ms or Date) as "21.11.". */
export function shortDay(moment) {
  return local(moment).toLocaleDateString("de", { day: "numeric", month: "numeric" });
}

/** A day as "Montag, 23. November". */
export function longDay(moment) {
  return local(moment).toLocaleDateString("de", { weekday: "long", day: "numeric", month: "long" });
}

/** Whether a day is the one this phone has now. */
export function isToday(moment) {
  return sameDay(local(moment), new Date());
}

/** "2026-11-23" is that day here, whatever the time zone. */
function local(moment) {
  return new Date(/^\d{4}-\d\d-\d\d$/.test(moment) ? `${moment}T12:00` : moment);
}
