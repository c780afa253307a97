// The map that every page shares: Leaflet over our own ground (boundary, districts, streets), or over tiles where there are any.
//
// The element carries everything as data attributes (template tag `map_data`): data-leaflet, data-leaflet-css,
// data-ground, data-bounds "west,south,east,north", data-zoom-in, data-zoom-out; optional are data-tiles, data-tiles-to (their
// last zoom), or data-archive with data-archive-to, data-archive-script and data-archive-worker (vector tiles), and data-attribution.
import {Labels} from "./labels.js";
import {script, vectorLayer, width} from "./vector.js";

const COLOURS = {
  light: { paper: "#f0f1ed", outside: "#dfe2e6", street: "#ffffff", casing: "#bdc2c9", border: "#8a8f9c", district: "#b5bac4", name: "#4a4f60", water: "#c4d6e4", green: "#e1ead6", wood: "#d3e0c8", building: "#dcdde2" },
  dark: { paper: "#1d2033", outside: "#14172a", street: "#4a5072", casing: "#2f3450", border: "#8f96b0", district: "#4a5070", name: "#c3c8da", water: "#203552", green: "#1d2f33", wood: "#1a2c2c", building: "#2a2e47" },
};
let loading = null;
/** Let the page answer before the next piece of work. */
const pause = () => new Promise((done) => setTimeout(done));

/** Load Leaflet once; resolves to its namespace `L`. Rejects when it cannot be fetched, so that the page can do without. */
export function leaflet(element) {
  if (window.L) return Promise.resolve(window.L);
  loading ||= styled(element).then(() => script(element.dataset.leaflet)).then(() => window.L);
  loading.catch(() => { loading = null; });
  return loading;
}

/**
 * Leaflet measures its panes, so its style sheet comes first; a missing one must not keep the map away for ever.
 *
 * A page that is a map names it itself: a sheet that comes late costs a slow phone a second layout.
 */
function styled(element) {
  const href = element.dataset.leafletCss;
  if (document.querySelector(`link[rel="stylesheet"][href="${href}"]`)) return Promise.resolve();
  return new Promise((done) => {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = href;
    sheet.onload = sheet.onerror = done;
    // Before our own sheets, so that these win.
    document.head.prepend(sheet);
  });
}

/** Whether the page is shown in dark colours: chosen by hand, else as the device says. */
export function isDark() {
  const chosen = document.documentElement.dataset.kernTheme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Call `redraw` whenever light and dark change; returns what ends it. */
export function onScheme(redraw) {
  const device = matchMedia("(prefers-color-scheme: dark)");
  const chosen = new MutationObserver(redraw);
  device.addEventListener("change", redraw);
  chosen.observe(document.documentElement, { attributeFilter: ["data-kern-theme"] });
  return () => {
    device.removeEventListener("change", redraw);
    chosen.disconnect();
  };
}

/** Bounds of the municipality out of data-bounds, null without a boundary. */
export function boundsOf(element) {
  const [west, south, east, north] = (element.dataset.bounds || "").split(",").map(Number);
  return Number.isFinite(north) ? [[south, west], [north, east]] : null;
}

/**
 * Create a map in `element`; resolves to `{map, L, ground}` as soon as it can be moved.
 *
 * `center` [lat, lon] and `zoom` say where it stands, else it shows the whole municipality; `options` go to Leaflet.
 * `cross` is the radius in px of a crosshair in the middle, which names leave free. Arrow keys move it, + and - zoom.
 * `ground` resolves to the GeoJSON of the ground once it is drawn (null if missing).
 */
export async function createMap(element, { center = null, zoom = 16, cross = 0, options = {} } = {}) {
  const L = await leaflet(element);
  const bounds = boundsOf(element);
  const map = L.map(element, {
    attributionControl: false,
    zoomControl: false,
    keyboardPanDelta: 60,
    minZoom: 8,
    maxZoom: 19,
    zoomSnap: 0.5,
    fadeAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    ...options,
  });
  if (center) map.setView(center, zoom);
  else if (bounds) map.fitBounds(bounds, { padding: [16, 16] });
  else map.setView([51.2, 10.4], 8);
  if (bounds) map.setMaxBounds(L.latLngBounds(bounds).pad(0.5));
  await pause();
  L.control
    .zoom({ zoomInTitle: element.dataset.zoomIn || "+", zoomOutTitle: element.dataset.zoomOut || "−" })
    .addTo(map);
  const ground = drawGround(L, map, element, cross).catch(() => null);
  if (element.dataset.attribution) L.control.attribution({ prefix: false }).addAttribution(element.dataset.attribution).addTo(map);
  return { map, L, ground };
}

const colours = () => (isDark() ? COLOURS.dark : COLOURS.light);

/** The tiles that the page names, null where there are none. */
function tilesOf(L, { dataset: { tiles, tilesTo } }) {
  return tiles ? L.tileLayer(tiles, { maxNativeZoom: Number(tilesTo) || 18, maxZoom: 19 }) : null;
}

/** Resolves when somebody first touches the map, with whatever they have. */
function touched(element) {
  return new Promise((resolve) => {
    for (const kind of ["pointerdown", "wheel", "keydown"]) element.addEventListener(kind, resolve, { once: true, passive: true, capture: true });
  });
}

/**
 * Draw boundary, districts and streets in calm grey; over tiles only the boundary, and the rest below them as soon as one is
 * missing. A vector map is heavy for a slow phone, so it takes the place of our own streets once somebody touches the map.
 */
async function drawGround(L, map, element, cross) {
  let gone = false;
  map.on("unload", () => { gone = true; });
  const asked = fetch(element.dataset.ground, { headers: { Accept: "application/geo+json" } }).catch(() => null);
  const tiles = tilesOf(L, element);
  const missing = tiles && new Promise((resolve) => tiles.once("tileerror", resolve));
  tiles?.addTo(map);
  const answer = await asked;
  if (!answer?.ok) return null;
  const data = await answer.json();
  await pause();
  if (gone) return null;
  const of = (...layers) => ({ ...data, features: data.features.filter((one) => layers.includes(one.properties.layer)) });
  const layers = [];
  let names = null;
  /** Where layers are drawn, by name: they never get in the way of a finger. */
  const into = (name, zIndex) => {
    const pane = map.createPane(name);
    pane.classList.add("map-ground");
    Object.assign(pane.style, { zIndex, pointerEvents: "none" });
    return { pane: name, renderer: L.canvas({ pane: name, padding: 0.2 }), interactive: false };
  };
  // Made one after the other, so that the page answers in between, and drawn in one go: each frame costs a slow phone.
  const make = async (common, features, style) => {
    await pause();
    const layer = L.geoJSON(features, { ...common, style: style(colours(), map.getZoom()) });
    layers.push([layer, style]);
    return layer;
  };
  const makeStreets = async (common) => [
    await make(common, of("boundary"), (c) => ({ fill: true, fillColor: c.paper, fillOpacity: 1, stroke: false })),
    await make(common, of("district"), (c, z) => ({ fill: false, color: c.district, weight: z > 12 ? 1.5 : 1, dashArray: "2 5" })),
    await make(common, of("street"), (c, z) => ({ color: c.casing, weight: width(z) + (z < 13 ? 1.25 : 2), lineCap: "round" })),
    await make(common, of("street"), (c, z) => ({ color: c.street, weight: width(z), lineCap: "round" })),
  ];
  const makeBorders = async (common) => [
    await make(common, of("member"), (c) => ({ fill: false, color: c.district, weight: 1.5 })),
    await make(common, of("boundary"), (c) => ({ fill: false, color: c.border, weight: 2, dashArray: "8 4 2 4" })),
  ];
  const write = () => { names = new Labels(map, L, data.features, cross).addTo(map); };
  const draw = () => {
    if (names) element.style.backgroundColor = colours().outside;
    for (const [layer, style] of layers) layer.setStyle(style(colours(), map.getZoom()));
    names?.draw(colours());
  };
  map.on("zoomend", draw);
  map.on("unload", onScheme(draw));
  const common = into("ground", 250);
  let streets = [];
  if (!tiles) {
    write();
    element.style.backgroundColor = colours().outside;
    streets = await makeStreets(common);
  }
  const borders = await makeBorders(common);
  await pause();
  if (gone) return null;
  for (const layer of [...streets, ...borders]) layer.addTo(map);
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  if (gone) return null;
  names?.draw(colours());
  if (element.dataset.archive && !tiles) {
    touched(element).then(() => vectorLayer(L, map, element, colours())).then((vector) => {
      if (gone) return;
      map.on("unload", onScheme(() => vector.recolour(colours())));
      let whole = true;
      const show = (own) => {
        for (const layer of streets) if (own) layer.addTo(map).bringToBack(); else layer.remove();
        names.show(own);
      };
      vector.once("load", () => whole && show(false));
      vector.once("tileerror", () => {
        whole = false;
        vector.remove();
        show(true);
      });
      vector.addTo(map);
    }, () => undefined); // Without the archive our own streets stay.
  }
  missing?.then(async () => {
    const spare = await makeStreets(into("spare", 190));
    if (gone) return;
    for (const layer of spare) layer.addTo(map);
    write();
    draw();
    // Tiles have names of their own.
    tiles.once("tileload", () => names.show(false));
  });
  return data;
}
