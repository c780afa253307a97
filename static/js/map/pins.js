// Pins and clusters of the map page. Colours and icons come from the data, words from the page.
import {clusterOptions, pinOptions} from "../pin.js";
import {onScheme} from "./base.js";
import {joined} from "./gathered.js";
import {levelOf} from "./tiles.js";

const MANY = 40;
const NEAR_FROM = 14; // nearer, a few reports may touch each other
const BESIDE = 0.25; // of the view's size: pins around it are there before the map moves
const AT_ONCE = 6; // elements made for one frame

/**
 * A layer of pins; `onPick(properties)` is called when one is chosen.
 *
 * Up to MANY in view are elements that keyboard and screen reader reach, more are drawn on a canvas; whichever is lifted or
 * under the pointer is an element then as well. All hold reports of a list, which keyboards have beside the map.
 */
export class Pins {
  constructor(map, L, words, onPick) {
    Object.assign(this, { map, L, words, onPick, tiles: [], shown: [], lifted: "", crowd: null, pointed: null });
    this.markers = new Map();
    map.on("moveend", () => this.arrange());
    map.on("click", ({ layerPoint }) => this.choose(this.crowd?.hit(layerPoint)));
    if (matchMedia("(hover: hover)").matches) map.on("mousemove", ({ layerPoint }) => this.point(this.crowd?.hit(layerPoint)));
  }

  /** Draw tiles as `Tiles` gives them; what is drawn already stays, so that nothing flickers. */
  show(tiles) {
    this.tiles = tiles;
    this.arrange();
  }

  /** Everything in a section of the map that reaches `beside` of its size further on each side. */
  within(features, beside = 0) {
    const side = 256 * 2 ** this.map.getZoom();
    const { min, max } = this.map.getPixelBounds();
    const [wide, high] = [(max.x - min.x) * beside, (max.y - min.y) * beside];
    const [left, right, top, bottom] = [(min.x - wide) / side, (max.x + wide) / side, (min.y - high) / side, (max.y + high) / side];
    return features.filter(({ u, v }) => u >= left && u <= right && v >= top && v <= bottom);
  }

  arrange() {
    const seen = this.tiles.reduce((sum, { features }) => sum + this.within(features).length, 0);
    const gather = seen > MANY || levelOf(this.map) < NEAR_FROM;
    if (this.drawnOf !== this.tiles || this.gather !== gather) {
      const lists = this.tiles.map((tile) => (gather ? tile.gathered : tile.features));
      this.shown = joined(this.tiles, lists, gather);
      Object.assign(this, { drawnOf: this.tiles, gather });
    }
    const inView = this.within(this.shown);
    const dense = inView.length > MANY;
    this.map.getContainer().classList.toggle("is-dense", dense);
    // What is in view comes first.
    this.elements(dense ? [] : [...new Set([...inView, ...this.within(this.shown, BESIDE)])]);
    this.gone = !dense;
    if (dense || this.crowd) this.draw(dense ? this.shown : [], inView);
  }

  /** Many are drawn by a module that few people need. */
  async draw(features, inView) {
    this.loading ||= import("./crowd.js").then(({ Crowd }) => { this.crowd = new Crowd(this.map, this.L, onScheme); });
    await this.loading;
    if (this.gone === features.length > 0) return; // another move was quicker
    this.crowd.show(features);
    const count = inView.reduce((sum, { properties }) => sum + (properties.count || 1), 0);
    this.crowd.pane.setAttribute("aria-label", this.words.crowd.replace("{n}", new Intl.NumberFormat(document.documentElement.lang).format(count)));
  }

  elements(features) {
    const wanted = new Map(features.map((one) => [keyOf(one), one]));
    for (const [key, marker] of this.markers) {
      if (wanted.has(key) && same(marker.feature, wanted.get(key))) continue;
      marker.remove();
      this.markers.delete(key);
    }
    this.make([...wanted].filter(([key]) => !this.markers.has(key)));
  }

  /** Make elements, a few for each frame, so that a slow phone answers in between. */
  make(missing) {
    cancelAnimationFrame(this.later);
    for (const [key, feature] of missing.splice(0, AT_ONCE)) this.markers.set(key, this.marker(feature));
    if (missing.length) this.later = requestAnimationFrame(() => this.make(missing));
    this.lift(this.lifted);
  }

  marker(feature) {
    const { properties } = feature;
    const options = properties.count ? clusterOptions(properties.count, properties.looks) : pinOptions(properties.look, properties.icon);
    const name = this.nameOf(properties);
    const marker = this.L.marker(this.placeOf(feature), { icon: this.L.divIcon(options), title: name, riseOnHover: true }).addTo(this.map);
    marker.feature = feature;
    marker.on("click", () => this.choose(feature));
    // Leaflet makes it a button for the eye and the ear, but not for the keyboard.
    const element = marker.getElement();
    element.setAttribute("aria-label", name);
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      this.choose(feature);
    });
    return marker;
  }

  nameOf(properties) {
    return properties.count ? this.words.cluster.replace("{n}", properties.count) : `${properties.title}: ${properties.state}`;
  }

  placeOf({ u, v }) {
    return this.map.unproject([u * 256, v * 256], 0);
  }

  choose(feature) {
    if (!feature) return;
    const { properties } = feature;
    if (properties.count) this.map.setView(this.placeOf(feature), Math.min(this.map.getZoom() + 2, this.map.getMaxZoom()));
    else this.onPick(properties);
  }

  /** What of the crowd is under the pointer becomes an element: it stands out, tells its name and can be chosen. */
  point(feature) {
    const key = feature ? keyOf(feature) : "";
    if (key === (this.pointed?.key || "")) return;
    this.pointed?.marker.remove();
    this.pointed = null;
    if (!feature || key === this.lifted) return;
    const marker = this.marker(feature).setZIndexOffset(5000);
    marker.on("mouseout", () => this.point(null));
    this.pointed = { key, marker };
  }

  /** Lift the pin of a report ("" for none) above the others, out of its cluster or crowd as long as it matters. */
  lift(number) {
    const feature = number && this.reportOf(number);
    if (this.lifted !== number || !feature || (this.apart && !same(this.apart.feature, feature))) {
      this.raised()?.getElement()?.querySelector(".pin").classList.remove("is-lifted");
      this.raised()?.setZIndexOffset(0);
      this.apart?.remove();
      this.apart = null;
    }
    this.lifted = number;
    if (!feature) return;
    if (this.markers.has(number)) {
      this.apart?.remove();
      this.apart = null;
    } else this.apart ||= this.marker(feature);
    this.raised()?.getElement()?.querySelector(".pin").classList.add("is-lifted");
    this.raised()?.setZIndexOffset(10000);
  }

  raised() {
    return this.apart || this.markers.get(this.lifted);
  }

  reportOf(number) {
    for (const { features } of this.tiles) {
      const found = features.find(({ properties }) => properties.number === number);
      if (found) return found;
    }
    return null;
  }

  /** Move the map so that the pin of a report can be seen. */
  reveal(number) {
    const feature = this.reportOf(number);
    if (feature) this.map.panInside(this.placeOf(feature), { padding: [60, 80] });
  }
}

function keyOf({ u, v, properties }) {
  return properties.number || `${u} ${v} ${properties.count}`;
}

/** Whether two features of one key look the same, at the same place. */
function same(one, other) {
  const [mine, theirs] = [one.properties, other.properties];
  if (one === other || one.u !== other.u || one.v !== other.v) return one === other;
  if (mine.count) return JSON.stringify(mine.looks) === JSON.stringify(theirs.looks);
  return mine.look === theirs.look && mine.icon === theirs.icon && mine.state === theirs.state && mine.title === theirs.title;
}
