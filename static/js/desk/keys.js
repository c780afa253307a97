// Single keys of the desk. They never act while somebody types, and each browser can switch them off (WCAG 2.1.4).
import {menus, openMenu} from "./menu.js";

const STORE = "desk-keys";
const dialog = document.getElementById("keys");
const box = document.getElementById("keys-on");
const rows = () => [...document.querySelectorAll("[data-rows] .desk-row__title")];

function isOn() {
  try {
    return localStorage.getItem(STORE) !== "off";
  } catch {
    return true;
  }
}

function remember(on) {
  try {
    localStorage.setItem(STORE, on ? "on" : "off");
  } catch {
    // A browser that keeps nothing asks again on the next page.
  }
}

/** Whether the keys belong to a control just now. */
function isTyping(target) {
  return Boolean(target.closest("input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable], .leaflet-container, dialog"));
}

/** The row that has the focus, else the open case, else none. */
function current() {
  const all = rows();
  const row = document.activeElement?.closest(".desk-row");
  return all.findIndex((link) => (row ? row.contains(link) : link.hasAttribute("aria-current")));
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = current();
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
  all[next].focus({ preventScroll: true });
  all[next].closest(".desk-row").scrollIntoView({ block: "nearest" });
}

/** The chosen case of the list, if the focus stands on one. */
function focused() {
  return document.activeElement?.closest(".desk-row")?.querySelector(".desk-row__title") || null;
}

/** Go to a panel: of the case in the list that has the focus, else of the open case. */
function panel(name) {
  const row = focused();
  if (row) {
    const address = new URL(row.href);
    address.searchParams.set("tun", name);
    address.hash = "tun";
    location.href = address;
    return;
  }
  const open = document.querySelector(`form#deed[action*="/${name}/"]`);
  if (open) {
    document.querySelector('.action-bar button[form="deed"]')?.focus();
    return;
  }
  const link = document.querySelector(`.desk__case a[href*="tun=${name}"]`);
  if (link) location.href = link.href;
}

const ACTIONS = {
  j: () => step(1),
  k: () => step(-1),
  o: () => focused()?.click(),
  n: () => (document.querySelector(".action-bar__next, .case__back-next") || rows()[0])?.click(),
  f: () => panel("freigeben"),
  a: () => panel("zuweisen"),
  d: () => document.querySelector('.desk__facts a[href*="/vergleich/"]')?.focus(),
  m: openMenu,
  s: () => document.querySelector(".action-bar .kern-btn--primary")?.focus(),
  b: () => document.getElementById("bulk-deed")?.focus(),
  u: () => document.querySelector(".case__back .link--back, .desk__list-head .link")?.click(),
  x: () => document.activeElement?.closest(".desk-row")?.querySelector("input[name=vorgang]")?.click(),
  "/": () => {
    const field = document.getElementById("filter-q") || document.getElementById("desk-search");
    field?.focus();
    field?.select();
  },
  "?": () => dialog?.showModal(),
};

export function listen() {
  menus();
  for (const button of document.querySelectorAll("[data-keys-open]")) {
    button.hidden = false;
    button.addEventListener("click", () => dialog.showModal());
  }
  if (box) {
    box.checked = isOn();
    box.addEventListener("change", () => remember(box.checked));
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (dialog?.open || isTyping(event.target) || !isOn()) return;
    const act = ACTIONS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
