// Draws the tiles of an archive (PMTiles, layers as Protomaps names them) in the colours of our ground, beside the page.
//
// A classic worker, as the library is a classic script. The page says `begin`, then `draw` and `drop` (tiles by key) and
// `colours`; it gets `ready` or `error`, then pictures by key.
"use strict";

const NAME = ["name:de", "name"];
const GREEN = new Set(["park", "cemetery", "allotments", "village_green", "playground", "pitch", "golf_course", "grass", "grassland", "meadow", "recreation_ground", "garden"]);
const WOOD = new Set(["forest", "wood", "scrub", "nature_reserve"]);
const BROAD = new Set(["highway", "major_road"]);
const FONT = "'Fira Sans', sans-serif";
const LINE = 2; // Kinds of shapes, as vector tiles number them
const AREA = 3;

const SIDE = 256; // px
const AROUND = 16; // px of a neighbour that reach into a tile
const wanted = new Map(); // tiles by key
let drawing = null; // what is needed for it

/** Width of a street in pixels at a zoom: the same as in vector.js. */
function width(zoom) {
  if (zoom < 13) return 0.75;
  return Math.min(14, 1.5 * 1.55 ** (zoom - 13));
}

/** What is drawn, from below to above, and what is written, the most important first. */
function rules({ PolygonSymbolizer, LineSymbolizer, LineLabelSymbolizer, CenteredTextSymbolizer }, colours) {
  const area = (dataLayer, fill, filter) => ({ dataLayer, filter: (zoom, one) => one.geomType === AREA && (!filter || filter(one.props)), symbolizer: new PolygonSymbolizer({ fill }) });
  const line = (dataLayer, options, filter, minzoom = 0) => ({ dataLayer, minzoom, filter: (zoom, one) => one.geomType === LINE && filter(one.props), symbolizer: new LineSymbolizer({ lineCap: "round", lineJoin: "round", ...options }) });
  const text = (options) => ({ labelProps: NAME, fontFamily: FONT, fill: colours.name, stroke: colours.paper, width: 3, ...options });
  const minor = ({ kind }) => kind === "minor_road";
  const broad = ({ kind }) => BROAD.has(kind);
  return {
    paintRules: [
      area("earth", colours.paper),
      area("landuse", colours.green, ({ kind }) => GREEN.has(kind)),
      area("landuse", colours.wood, ({ kind }) => WOOD.has(kind)),
      area("water", colours.water),
      line("water", { color: colours.water, width: (zoom) => width(zoom) * 0.6 }, () => true, 12),
      area("buildings", colours.building),
      line("boundaries", { color: colours.district, width: 1.5, dash: [1.5, 4] }, ({ kind }) => kind === "district"),
      line("roads", { color: colours.border, width: 1, dash: [4, 3] }, ({ kind }) => kind === "rail", 12),
      line("roads", { color: colours.casing, width: (zoom) => Math.max(0.75, width(zoom) / 4) }, ({ kind }) => kind === "path", 15),
      line("roads", { color: colours.casing, width: (zoom) => width(zoom) + (zoom < 13 ? 1.25 : 2) }, minor),
      line("roads", { color: colours.casing, width: (zoom) => width(zoom) * 1.3 + (zoom < 13 ? 2 : 2.5) }, broad),
      line("roads", { color: colours.street, width: (zoom) => width(zoom) }, minor),
      line("roads", { color: colours.street, width: (zoom) => width(zoom) * 1.3 + 0.5 }, broad),
    ],
    labelRules: [
      { dataLayer: "places", maxzoom: 14, symbolizer: new CenteredTextSymbolizer(text({ fontSize: 14, fontWeight: 500 })) },
      { dataLayer: "roads", minzoom: 15, symbolizer: new LineLabelSymbolizer(text({ fontSize: 12 })) },
      { dataLayer: "pois", minzoom: 16, symbolizer: new CenteredTextSymbolizer(text({ fontSize: 12, fontWeight: 500 })) },
      { dataLayer: "buildings", minzoom: 17, filter: (zoom, { props }) => props.kind === "address", symbolizer: new CenteredTextSymbolizer(text({ labelProps: ["addr_housenumber"], fontSize: 10 })) },
    ],
  };
}

/** Load library and archive; throws where one of them cannot be had. */
async function begin({ archive, to, library, ratio, colours, fonts }) {
  importScripts(library);
  const answer = await fetch(archive, { headers: { Range: "bytes=0-6" } });
  if (answer.status !== 206 || (await answer.text()) !== "PMTiles") throw new Error(`${archive} is no archive.`);
  const [view] = protomapsL.sourcesToViews({ url: archive, maxDataZoom: to }).values();
  drawing = { view, ratio };
  await Promise.allSettled(fonts.map(({ family, weight, address }) => {
    const face = new FontFace(family, `url(${address})`, { weight });
    self.fonts.add(face);
    return face.load();
  }));
  recolour(colours);
  // A damaged archive shows itself in its first directory.
  await view.tileCache.source.p.getHeader();
}

function recolour(colours) {
  Object.assign(drawing, { colours, ...rules(protomapsL, colours) });
  const scratch = new OffscreenCanvas(1, 1).getContext("2d");
  // Names that reach over a border are drawn on both of its sides.
  drawing.labelers = new protomapsL.Labelers(scratch, drawing.labelRules, 16, (keys) => {
    for (const key of keys) if (wanted.has(key)) start(wanted.get(key));
  });
}

async function draw(tile) {
  const { key, x, y, z } = tile;
  tile.turn = (tile.turn || 0) + 1;
  const { turn } = tile;
  const current = () => wanted.get(key) === tile && tile.turn === turn;
  const { view, ratio, colours, paintRules, labelers } = drawing;
  const prepared = new Map([["", [await view.getDisplayTile({ x, y, z })]]]);
  if (!current()) return;
  labelers.add(z, prepared);
  if (!current()) return;
  const canvas = new OffscreenCanvas(SIDE * ratio, SIDE * ratio);
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.fillStyle = colours.outside;
  pen.fillRect(0, 0, SIDE, SIDE);
  const [left, top] = [x * SIDE, y * SIDE];
  const box = { minX: left - AROUND, minY: top - AROUND, maxX: left + SIDE + AROUND, maxY: top + SIDE + AROUND };
  protomapsL.paint(pen, z, prepared, labelers.getIndex(z), paintRules, box, { x: left, y: top }, false);
  const picture = canvas.transferToImageBitmap();
  postMessage({ key, picture }, [picture]);
}

/** Draw, or say that it was not possible. */
function start(tile) {
  draw(tile).catch((error) => {
    if (wanted.get(tile.key) !== tile) return;
    // The library lets go of other zooms, also of one that is shown again meanwhile.
    if (error.name === "AbortError") setTimeout(() => wanted.get(tile.key) === tile && start(tile), 100);
    else postMessage({ key: tile.key, error: error.message });
  });
}

onmessage = ({ data }) => {
  if (data.begin) begin(data.begin).then(() => postMessage({ ready: true }), (error) => postMessage({ error: error.message }));
  else if (data.drop) wanted.delete(data.drop);
  else if (data.draw) {
    wanted.set(data.draw.key, data.draw);
    start(data.draw);
  } else if (data.colours) {
    recolour(data.colours);
    for (const tile of wanted.values()) start(tile);
  }
};
