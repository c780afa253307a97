// The reports of the section that a map shows, tile by tile: what is there stays, what is new is asked for, what left is let go.
import {gathered} from "./gathered.js";

const SIDE = 512; // px of a tile, so that a phone needs two to four of them
const DEEPEST = 19;
const KEPT = 64; // tiles
const FRESH = 1000; // ms; older ones are asked about again, and mostly nothing has changed
const WHILE_MOVING = 200; // ms

/** Place on the whole map, both 0 to 1, as Web Mercator draws it. */
function placed(feature) {
  const [lon, lat] = feature.geometry.coordinates;
  const sine = Math.sin((lat * Math.PI) / 180);
  feature.u = lon / 360 + 0.5;
  feature.v = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  return feature;
}

/** The zoom for which reports are gathered: half steps show the one before. */
export function levelOf(map) {
  return Math.max(1, Math.min(DEEPEST, Math.floor(map.getZoom() + 0.01)));
}

/**
 * Keeps the tiles of `address` (a tile's address with 0/0/0 in the place of zoom, column and row).
 *
 * `changed(tiles)` is called with the tiles to be shown, each `{key, z, x, y, level, features, gathered}`; `failed()` when one could not
 * be had. Of other zooms or filters nothing is shown before everything in view is there, so that the map is never empty.
 */
export class Tiles {
  constructor(map, address, { changed, failed = () => {} }) {
    Object.assign(this, { map, address, changed, failed });
    this.query = "";
    this.kept = new Map(); // tiles by key, what was needed last stands last
    this.asked = new Map(); // what is on its way, by key
    this.missing = new Set();
    this.shown = "";
    this.again = 0;
    map.on("move", () => {
      if (!this.wanted) return;
      this.again ||= setTimeout(() => {
        this.again = 0;
        if (!this.gone) this.load(false);
      }, WHILE_MOVING);
    });
    map.on("unload", () => {
      this.gone = true;
      clearTimeout(this.again);
      for (const one of this.asked.values()) one.ending.abort();
    });
  }

  /** Show what the filters of an address bar ask for; resolves when everything in view is there. */
  ask(query) {
    const text = query.toString();
    if (text !== this.query) {
      this.query = text;
      for (const one of this.asked.values()) one.ending.abort();
      this.asked.clear();
      this.kept.clear();
    }
    return this.load(true);
  }

  /** Tiles that meet the view, those of its middle first. */
  needed() {
    const level = levelOf(this.map);
    const z = level - 1;
    const side = SIDE * 2 ** (this.map.getZoom() - level);
    const { min, max } = this.map.getPixelBounds();
    const last = 2 ** z - 1;
    const [left, top, right, bottom] = [min.x, min.y, max.x - 1, max.y - 1].map((one) => Math.max(0, Math.min(last, Math.floor(one / side))));
    const found = [];
    for (let x = left; x <= right; x += 1) for (let y = top; y <= bottom; y += 1) found.push({ key: `${z}/${x}/${y}`, z, x, y, level });
    const far = ({ x, y }) => Math.hypot(x + 0.5 - (min.x + max.x) / 2 / side, y + 0.5 - (min.y + max.y) / 2 / side);
    return found.sort((a, b) => far(a) - far(b));
  }

  /** Ask for what the view lacks, and, at rest, whether the rest of it is still so. */
  async load(rests) {
    const wanted = this.needed();
    const keys = new Set(wanted.map((one) => one.key));
    for (const [key, one] of this.asked) {
      if (keys.has(key)) continue;
      one.ending.abort();
      this.asked.delete(key);
    }
    this.wanted = wanted;
    this.missing.clear();
    const now = performance.now();
    for (const one of wanted) {
      const tile = this.kept.get(one.key);
      if (tile) {
        this.kept.delete(one.key);
        this.kept.set(one.key, tile);
      }
      if (!this.asked.has(one.key) && (!tile || (rests && now - tile.at > FRESH))) this.fetch(one, tile);
    }
    for (const key of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      if (!keys.has(key)) this.kept.delete(key);
    }
    this.tell();
    await Promise.all(wanted.map((one) => this.asked.get(one.key)?.done));
  }

  fetch(one, old) {
    const ending = new AbortController();
    const address = this.address.replace("0/0/0", one.key);
    const mine = { ending };
    this.asked.set(one.key, mine);
    const get = async () => {
      try {
        const answer = await fetch(`${address}?groesse=${SIDE}${this.query && `&${this.query}`}`, { signal: ending.signal, priority: old ? "low" : "auto" });
        if (!answer.ok) throw new Error(String(answer.status));
        const tag = answer.headers.get("ETag");
        const same = old && tag && tag === old.tag;
        const features = same ? old.features : (await answer.json()).features.map(placed);
        if (this.asked.get(one.key) !== mine) return;
        const at = performance.now();
        if (same) old.at = at;
        else this.kept.set(one.key, { ...one, tag, at, features, gathered: gathered({ ...one, features }) });
        this.asked.delete(one.key);
        if (!same) this.tell();
      } catch (error) {
        if (this.asked.get(one.key) !== mine) return;
        this.asked.delete(one.key);
        if (error.name === "AbortError") return;
        this.missing.add(one.key);
        this.tell();
        this.failed();
      }
    };
    mine.done = get();
  }

  /** Hand over what can be shown now, if it is something else than before. */
  tell() {
    const [{ z }] = this.wanted;
    const generation = `${z}?${this.query}`;
    if (generation !== this.shown && this.wanted.some((one) => !this.kept.has(one.key) && !this.missing.has(one.key))) return;
    const tiles = [...this.kept.values()].filter((one) => one.z === z && this.near(one));
    if (generation === this.shown && tiles.length === this.told.length && tiles.every((one) => this.told.includes(one))) return;
    this.shown = generation;
    this.told = tiles;
    this.changed(tiles);
  }

  /** Whether a tile is in view or beside it: what lies there is drawn already when the map moves. */
  near({ x, y }) {
    return this.wanted.some((one) => Math.abs(one.x - x) < 2 && Math.abs(one.y - y) < 2);
  }
}
