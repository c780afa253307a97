// The start page on a wide screen: the map beside the list, loaded when the page has been painted.
import {createMap} from "./base.js";
import {middleOf} from "./gathered.js";
import {Pins} from "./pins.js";
import {Tiles} from "./tiles.js";

const frame = document.querySelector("[data-start-map]");
const element = document.getElementById("map");
const words = frame.querySelector("[data-words]").dataset;
const numberIn = new RegExp(`${frame.dataset.report.replace("NUMBER", "([^/]+)")}$`);

async function start() {
  frame.hidden = false;
  const { map, L } = await createMap(element, { options: { scrollWheelZoom: false } });
  const pins = new Pins(map, L, words, ({ number }) => (location.href = frame.dataset.report.replace("NUMBER", number)));
  const tiles = new Tiles(map, frame.dataset.data, { changed: (found) => pins.show(found) });
  await tiles.ask("");
  // Not the fields around, but where people report something
  const middle = middleOf(pins.tiles.flatMap(({ features }) => features));
  if (middle) map.fitBounds(middle, { padding: [72, 72], maxZoom: 15, animate: false });
  map.on("moveend", () => tiles.ask(""));
  await tiles.ask("");
  for (const row of document.querySelectorAll(".start .row")) {
    const number = numberIn.exec(row.querySelector("a").pathname)?.[1];
    row.addEventListener("mouseenter", () => pins.lift(number));
    row.addEventListener("mouseleave", () => pins.lift(""));
  }
}

if (matchMedia("(min-width: 62rem)").matches) {
  requestAnimationFrame(() => setTimeout(() => start().catch(() => (frame.hidden = true)), 0));
}
