// The page with map and list. Without it the list works by itself; here both show the same section.
import {createMap} from "./base.js";
import {Pins} from "./pins.js";
import {locate, searchPlaces} from "./places.js";
import {Opened} from "./opened.js";
import {sheet} from "./sheet.js";
import {Tiles, levelOf} from "./tiles.js";

const page = document.querySelector("[data-map-page]");
const words = page.querySelector("[data-words]").dataset;
const browse = page.querySelector("[data-browse]");
const note = page.querySelector("[data-note]");
const wide = matchMedia("(min-width: 62rem)");
const numberIn = new RegExp(`${page.dataset.report.replace("NUMBER", "([^/]+)")}$`);
const find = (name) => browse.querySelector(`[data-${name}]`);
let view = null;
let moved = false;
let running = null;
let raise = () => {};

/** Tell something above the map for a while. */
function say(text) {
  note.textContent = text;
  note.hidden = !text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (note.hidden = true), 6000);
}

/** What the form asks for, without empty fields. */
function filters() {
  const found = new URLSearchParams(new FormData(find("filters")));
  for (const [name, value] of [...found]) if (!value) found.delete(name);
  return found;
}

function bbox() {
  const box = view.map.getBounds();
  return [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((part) => part.toFixed(5)).join();
}

/** The address bar holds filters, place and the opened report, so that it can be shared. */
function address(number = opened.number) {
  const query = filters();
  if (moved) {
    const middle = view.map.getCenter();
    query.set("lat", middle.lat.toFixed(5));
    query.set("lon", middle.lng.toFixed(5));
    query.set("z", String(Math.round(view.map.getZoom())));
  }
  if (number) query.set("meldung", number);
  return `${location.pathname}${[...query].length ? `?${query}` : ""}`;
}

async function fetched(url, signal) {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

/** Subscription and feed are of what the page shows: the filters, and the section once somebody moved the map. */
function offer() {
  const query = filters();
  if (moved) query.set("bbox", bbox());
  for (const link of browse.querySelectorAll("[data-follow]")) link.search = query.toString();
}

/** Fetch what the section shows: pins, and the list with its number when somebody moved the map. */
async function refresh() {
  offer();
  running?.abort();
  running = new AbortController();
  const query = filters();
  view.tiles.ask(query);
  if (!moved) return;
  query.set("bbox", bbox());
  query.set("zoom", String(levelOf(view.map)));
  try {
    const answer = await fetched(`${page.dataset.list}?${query}`, running.signal);
    const said = answer.headers.get("X-Total-Count") || "0";
    const total = Number.parseInt(said, 10);
    find("rows").innerHTML = await answer.text();
    const count = new Intl.NumberFormat(document.documentElement.lang).format(total);
    find("total").textContent = total === 1 ? words.one : total ? (said.endsWith("+") ? words.more : words.many).replace("{n}", count) : words.none;
  } catch (error) {
    if (error.name !== "AbortError") say(words.failed);
  }
}

function onMove() {
  moved ||= view.settled;
  history.replaceState(history.state, "", address());
  const middle = view.map.getCenter();
  const link = page.querySelector("[data-here]");
  link.search = `?lat=${middle.lat.toFixed(6)}&lon=${middle.lng.toFixed(6)}`;
  clearTimeout(onMove.timer);
  onMove.timer = setTimeout(refresh, 150);
}

/** Where nothing was found, the way on stands in the list, not on the map. */
function raiseIfEmpty() {
  if (!wide.matches && !find("rows").querySelector(".row")) raise(true);
}

/** Load the page with other filters and take over its list and form; the map stays where it is. */
async function filter(query) {
  const focused = document.activeElement?.id || document.activeElement?.value;
  try {
    const html = await (await fetched(`${location.pathname}?${query}`)).text();
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-browse]");
    const open = find("more").open;
    browse.replaceChildren(...fresh.childNodes);
    find("more").open = open;
    raiseIfEmpty();
    document.getElementById(focused)?.focus();
    [...browse.querySelectorAll("input[type=checkbox]")].find((one) => one.value === focused)?.focus();
    history.pushState({}, "", address());
    refresh();
  } catch (_error) {
    location.search = `?${query}`;
  }
}

async function turnPage(link) {
  const query = new URL(link.href).search;
  try {
    find("rows").innerHTML = await (await fetched(`${page.dataset.list}${query}`)).text();
    find("rows").querySelector("a")?.focus({ preventScroll: true });
    page.querySelector("[data-sheet]").scrollTo({ top: find("rows").offsetTop - 16 });
  } catch (_error) {
    location.href = link.href;
  }
}

const opened = new Opened(page, words, {
  shown: (number) => {
    view?.pins.lift(number);
    view?.pins.reveal(number);
  },
  closed: () => view?.pins.lift(""),
});

browse.addEventListener("change", (event) => {
  if (event.target.closest("[data-filters]") && event.target.id !== "q") filter(filters());
});
browse.addEventListener("submit", (event) => {
  event.preventDefault();
  filter(filters());
});
browse.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const number = numberIn.exec(link.pathname)?.[1];
  if (link.matches("[data-chip]")) {
    event.preventDefault();
    filter(new URL(link.href).searchParams);
  } else if (link.matches("[data-next]")) {
    event.preventDefault();
    turnPage(link);
  } else if (number && view && wide.matches) {
    event.preventDefault();
    history.pushState({ number }, "", address(number));
    opened.open(number);
  }
});
for (const [start, end] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
  const numberOf = (event) => numberIn.exec(event.target.closest(".row")?.querySelector("a")?.pathname || "")?.[1];
  browse.addEventListener(start, (event) => view?.pins.lift(numberOf(event) || ""));
  browse.addEventListener(end, () => view?.pins.lift(opened.number));
}
page.querySelector("[data-opened]").addEventListener("click", (event) => {
  if (!event.target.closest("[data-close]")) return;
  if (history.state?.number) history.back();
  else {
    opened.close();
    history.replaceState({}, "", address(""));
  }
});
// Whoever comes back to the page sees what has changed meanwhile.
document.addEventListener("visibilitychange", () => {
  if (view && !document.hidden) refresh();
});
addEventListener("popstate", () => {
  const number = new URLSearchParams(location.search).get("meldung");
  if (number) opened.open(number);
  else if (opened.number) opened.close();
  else location.reload();
});

/** On a wide page the report opens in the column of the list, on a phone a card says what it is. */
function pick(properties) {
  if (wide.matches) {
    history.pushState({ number: properties.number }, "", address(properties.number));
    opened.open(properties.number);
  } else {
    view.pins.lift(properties.number);
    opened.preview(properties);
  }
}

async function start() {
  const asked = new URLSearchParams(location.search);
  const [lat, lon, zoom] = ["lat", "lon", "z"].map((name) => Number.parseFloat(asked.get(name)));
  const placed = Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
  raise = sheet(page);
  raiseIfEmpty();
  const { map, L } = await createMap(document.getElementById("map"), {
    cross: matchMedia("(hover: hover)").matches ? 0 : 16,
    ...(placed ? { center: [lat, lon], zoom: zoom >= 1 && zoom <= 19 ? zoom : 16 } : {}),
  });
  const pins = new Pins(map, L, words, pick);
  const tiles = new Tiles(map, page.dataset.data, { changed: (found) => pins.show(found), failed: () => say(words.failed) });
  view = { map, L, settled: false, pins, tiles };
  moved = placed;
  map.on("moveend", onMove);
  onMove();
  // A change of size is no movement; what comes after the first gesture is.
  for (const name of ["dragstart", "zoomstart", "keydown"]) map.on(name, () => (view.settled = true));
  const go = (toLat, toLon, toZoom) => {
    view.settled = true;
    map.setView([toLat, toLon], toZoom);
  };
  searchPlaces(page.querySelector("[data-places]"), go, say, words);
  let here = null;
  page.querySelector("[data-near]").addEventListener("click", () => {
    const found = (toLat, toLon) => {
      here?.remove();
      here = L.circleMarker([toLat, toLon], { radius: 8, className: "map-you" }).bindTooltip(words.you).addTo(map);
      go(toLat, toLon, 16);
    };
    locate(found, () => say(words.denied));
  });
  const number = asked.get("meldung");
  if (number && wide.matches) opened.open(number);
}

// Without a map the list stands alone.
start().catch(() => document.documentElement.classList.remove("modules"));
