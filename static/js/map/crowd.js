// Very many pins and clusters, drawn on canvases of one cell each: moving the map moves them, and only new cells are drawn.
import {Stamps, reach} from "./stamps.js";

const CELL = 256; // px
const BESIDE = 128; // px around the view that are drawn as well
const FAR = 768; // px from the view where cells are let go
const AT_ONCE = 100; // pins drawn for one frame: what a canvas is told is painted when the frame is
const TOUCH = 24; // px

export class Crowd {
  /** `onScheme(redraw)` calls back when light and dark change; returns what ends it. */
  constructor(map, L, onScheme) {
    Object.assign(this, { map, L, features: [], plate: null, stamps: null, queue: [] });
    this.pane = map.createPane("crowd");
    this.pane.style.zIndex = 590;
    this.pane.style.pointerEvents = "none";
    this.pane.setAttribute("role", "img");
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    const follow = (zoom, origin) => {
      for (const plate of [this.plate, this.before]) if (plate) this.place(plate, zoom, origin);
    };
    map.on("zoomanim", ({ zoom, center }) => follow(zoom, map._getNewPixelOrigin(center, zoom)));
    map.on("zoom viewreset", () => follow(map.getZoom(), map.getPixelOrigin()));
    map.on("move", () => this.reachOut());
    const fresh = () => this.prepare(true);
    map.on("unload", onScheme(fresh));
    map.on("unload", () => { this.features = []; this.queue = []; });
    document.fonts?.load("600 16px 'Fira Sans'").then((faces) => faces.length && this.stamps && fresh(), () => {});
  }

  /** Draw these features ({u, v, properties}); nothing hides the layer. */
  show(features) {
    this.features = features;
    this.pane.hidden = !features.length;
    if (this.stamps) this.arrange();
    else this.prepare();
  }

  async prepare(anew = false) {
    if (this.preparing && !anew) return;
    this.preparing = true;
    this.stamps = await Stamps.of(this.map.getContainer(), this.ratio);
    for (const cell of this.plate?.cells.values() || []) cell.drawn = null;
    this.arrange();
  }

  /** Put every feature into the cells that it touches; cells that hold the same as before stay as they are. */
  arrange() {
    const { map, L } = this;
    const [zoom, origin] = [map.getZoom(), map.getPixelOrigin()];
    if (!this.plate || this.plate.zoom !== zoom || !this.plate.origin.equals(origin)) {
      this.before?.root.remove();
      this.before = this.plate;
      this.plate = { zoom, origin, root: L.DomUtil.create("div", "leaflet-zoom-animated", this.pane), cells: new Map() };
      this.place(this.plate, zoom, origin);
    }
    const held = new Map();
    const side = 256 * 2 ** zoom;
    for (const feature of this.features) {
      const [x, y] = [feature.u * side - origin.x, feature.v * side - origin.y];
      const [left, up, right, down] = reach(feature);
      for (let column = Math.floor((x - left) / CELL); column * CELL < x + right; column += 1) {
        for (let row = Math.floor((y - up) / CELL); row * CELL < y + down; row += 1) {
          const key = `${column} ${row}`;
          if (!held.has(key)) held.set(key, []);
          held.get(key).push({ feature, x, y });
        }
      }
    }
    this.held = held;
    this.reachOut();
  }

  /** Draw the cells in view, those of its middle first, and let go what is far from it. */
  reachOut() {
    if (!this.stamps || !this.plate || this.plate.zoom !== this.map.getZoom()) return;
    const { held, plate } = this;
    const min = this.map.containerPointToLayerPoint([0, 0]);
    const max = min.add(this.map.getSize());
    const middle = min.add(max).divideBy(2);
    for (const [key, cell] of plate.cells) {
      const away = Math.max(min.x - cell.x - CELL, cell.x - max.x, min.y - cell.y - CELL, cell.y - max.y);
      if (held.has(key) && away < FAR) continue;
      cell.canvas.remove();
      plate.cells.delete(key);
    }
    this.queue = [];
    for (let column = Math.floor((min.x - BESIDE) / CELL); column * CELL < max.x + BESIDE; column += 1) {
      for (let row = Math.floor((min.y - BESIDE) / CELL); row * CELL < max.y + BESIDE; row += 1) {
        const key = `${column} ${row}`;
        const [all, cell] = [held.get(key), plate.cells.get(key)];
        if (!all) continue;
        if (cell?.drawn && alike(cell.drawn, all)) {
          cell.drawn = all;
          continue;
        }
        this.queue.push({ key, x: column * CELL, y: row * CELL, far: Math.hypot((column + 0.5) * CELL - middle.x, (row + 0.5) * CELL - middle.y) });
      }
    }
    this.queue.sort((a, b) => b.far - a.far);
    cancelAnimationFrame(this.later);
    if (this.queue.length) this.later = requestAnimationFrame(() => this.work());
    else this.work();
  }

  /** Draw as much as a slow phone can for one frame, then go on with the next. */
  work() {
    let drawn = 0;
    while (this.queue.length) {
      const next = this.queue.pop();
      drawn += this.held.get(next.key).length;
      this.fill(next);
      if (drawn < AT_ONCE || !this.queue.length) continue;
      this.later = requestAnimationFrame(() => this.work());
      return;
    }
    this.before?.root.remove();
    this.before = null;
  }

  fill({ key, x, y }) {
    const { plate, ratio } = this;
    let cell = plate.cells.get(key);
    if (!cell) {
      const canvas = this.L.DomUtil.create("canvas", "", plate.root);
      Object.assign(canvas.style, { position: "absolute", left: `${x}px`, top: `${y}px`, width: `${CELL}px`, height: `${CELL}px` });
      canvas.setAttribute("aria-hidden", "true");
      cell = { x, y, canvas };
      plate.cells.set(key, cell);
    }
    const all = this.held.get(key);
    cell.canvas.width = cell.canvas.height = CELL * ratio;
    const pen = cell.canvas.getContext("2d");
    pen.imageSmoothingEnabled = false;
    // What lies farther south stands in front.
    all.sort((a, b) => a.y - b.y);
    for (const one of all) this.stamps.draw(pen, one.feature, one.x - x, one.y - y);
    cell.drawn = all;
  }

  /** Where a plate stands while the map goes from its zoom to another. */
  place(plate, zoom, origin) {
    const scale = 2 ** (zoom - plate.zoom);
    this.L.DomUtil.setTransform(plate.root, plate.origin.multiplyBy(scale).subtract(origin), scale);
  }

  /** The feature that a point of the layer means: the nearest whose picture it touches, null for none. */
  hit({ x, y }, tolerance = matchMedia("(hover: hover)").matches ? 2 : 8) {
    if (this.pane.hidden || !this.held || this.plate?.zoom !== this.map.getZoom()) return null;
    let best = null;
    let least = Infinity;
    const near = new Set();
    for (const dx of [-TOUCH, TOUCH]) for (const dy of [-TOUCH, TOUCH]) near.add(`${Math.floor((x + dx) / CELL)} ${Math.floor((y + dy) / CELL)}`);
    for (const key of near) {
      for (const one of this.held.get(key) || []) {
        const [left, up, right] = reach(one.feature);
        const half = (left + right) / 2;
        const far = Math.hypot(x - one.x, y - one.y + (one.feature.properties.count ? 0 : up - half));
        if (far > half + tolerance || far >= least) continue;
        least = far;
        best = one.feature;
      }
    }
    return best;
  }
}

function alike(some, others) {
  if (some === others) return true;
  if (some.length !== others.length) return false;
  const known = new Set(some.map((one) => one.feature));
  return others.every((one) => known.has(one.feature));
}
