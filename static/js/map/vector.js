// The base map out of one archive of vector tiles (PMTiles, layers as Protomaps names them), in the colours of our ground.
const NAME = ["name:de", "name"];
const GREEN = new Set(["park", "cemetery", "allotments", "village_green", "playground", "pitch", "golf_course", "grass", "grassland", "meadow", "recreation_ground", "garden"]);
const WOOD = new Set(["forest", "wood", "scrub", "nature_reserve"]);
const BROAD = new Set(["highway", "major_road"]);
const FONT = "'Fira Sans', sans-serif";
const LINE = 2; // Kinds of shapes, as vector tiles number them
const AREA = 3;

/** Load a script; what comes of it is a task of its own, so that a slow phone answers in between. */
export function script(src) {
  return new Promise((resolve, reject) => {
    const node = document.createElement("script");
    node.src = src;
    node.onload = () => setTimeout(resolve);
    node.onerror = () => reject(new Error(`${src} could not be loaded.`));
    document.head.append(node);
  });
}

/** Width of a street in pixels at a zoom. */
export function width(zoom) {
  if (zoom < 13) return 0.75;
  return Math.min(14, 1.5 * 1.55 ** (zoom - 13));
}

let library = null;

/**
 * The layer of `data-archive`, to be added to a map; rejects where archive or library cannot be had.
 *
 * `layer.recolour(colours)` draws it in other colours.
 */
export async function vectorLayer(map, element, colours) {
  const { archive, archiveTo, archiveScript } = element.dataset;
  library ||= script(archiveScript);
  library.catch(() => { library = null; });
  const [answer] = await Promise.all([fetch(archive, { headers: { Range: "bytes=0-6" } }), library]);
  if (answer.status !== 206 || (await answer.text()) !== "PMTiles") throw new Error(`${archive} is no archive.`);
  const { protomapsL } = window;
  // Not among the tiles of others, which are darkened as a whole.
  map.createPane("vector").style.zIndex = 200;
  const layer = protomapsL.leafletLayer({ url: archive, maxDataZoom: Number(archiveTo), pane: "vector", attribution: "", lang: "de", backgroundColor: colours.outside, ...rules(protomapsL, colours) });
  layer.recolour = (fresh) => {
    Object.assign(layer, { backgroundColor: fresh.outside, ...rules(protomapsL, fresh) });
    layer.clearLayout();
    layer.rerenderTiles();
  };
  return layer;
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
