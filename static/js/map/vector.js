// The base map out of one archive of vector tiles (PMTiles), drawn by a worker, so that moving the map never waits for it.

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

/**
 * The layer of `data-archive`, to be added to a map; rejects where archive, library or canvases in workers cannot be had.
 *
 * `layer.recolour(colours)` draws it in other colours.
 */
export async function vectorLayer(L, map, element, colours) {
  const { archive, archiveTo, archiveScript, archiveWorker } = element.dataset;
  if (!window.OffscreenCanvas || !window.ImageBitmapRenderingContext) throw new Error("No canvas in workers.");
  const worker = new Worker(archiveWorker);
  map.on("unload", () => worker.terminate());
  const absolute = (address) => new URL(address, location.href).href;
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.ready ? resolve() : reject(new Error(data.error)));
    worker.onerror = () => reject(new Error(`${archiveWorker} could not be run.`));
    worker.postMessage({ begin: { archive: absolute(archive), to: Number(archiveTo), library: absolute(archiveScript), ratio, colours, fonts: fonts() } });
  }).catch((error) => {
    worker.terminate();
    throw error;
  });
  const layer = new (tiled(L))({ pane: "vector", worker, ratio });
  // Not among the tiles of others, which are darkened as a whole.
  map.createPane("vector").style.zIndex = 200;
  worker.onmessage = ({ data }) => layer.take(data);
  layer.recolour = (fresh) => worker.postMessage({ colours: fresh });
  return layer;
}

/** The faces of the page's stylesheets, which a worker has to load itself: family, weight and address. */
function fonts() {
  const sheets = [...document.styleSheets].filter((one) => one.href?.startsWith(location.origin));
  return sheets.flatMap((sheet) => [...sheet.cssRules].filter((one) => one instanceof CSSFontFaceRule).map(({ style }) => {
    const [, address] = /url\(["']?([^"')]+)/.exec(style.getPropertyValue("src")) || [];
    return { family: style.getPropertyValue("font-family").replace(/["']/g, ""), weight: style.getPropertyValue("font-weight"), address: address && new URL(address, sheet.href).href };
  })).filter((one) => one.address);
}

/** Tiles of which the worker draws the pictures: made when Leaflet is there. */
function tiled(L) {
  return L.GridLayer.extend({
    createTile(coords, done) {
      const tile = L.DomUtil.create("canvas", "leaflet-tile");
      tile.width = tile.height = 256 * this.options.ratio;
      const key = this._tileCoordsToKey(coords);
      (this.waiting ||= new Map()).set(key, { tile, done });
      this.on("tileunload", (event) => {
        if (event.tile !== tile) return;
        this.waiting.delete(key);
        this.options.worker.postMessage({ drop: key });
      });
      this.options.worker.postMessage({ draw: { key, x: coords.x, y: coords.y, z: coords.z } });
      return tile;
    },
    /** A picture of the worker; what is drawn later once more is shown in the same place. */
    take({ key, picture, error }) {
      const one = this.waiting?.get(key);
      if (!one) {
        picture?.close();
        return;
      }
      if (picture) one.tile.getContext("bitmaprenderer").transferFromImageBitmap(picture);
      one.done?.(error ? new Error(error) : null, one.tile);
      one.done = null;
    },
  });
}
