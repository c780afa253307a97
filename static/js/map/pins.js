// Pins and clusters of the map page. Colours and icons come from the data, words from the page.
import {clusterOptions, pinOptions} from "../pin.js";
import {gathered} from "./gathered.js";

const MANY = 40;
const NEAR_FROM = 14; // nearer, a few reports may touch each other

/** A layer of pins; `onPick(properties, marker)` is called when one is chosen. */
export class Pins {
  constructor(map, L, words, onPick) {
    Object.assign(this, { map, L, words, onPick });
    this.markers = new Map();
    this.within = new Map(); // reports that stand in a cluster, by number
    this.lifted = "";
  }

  /** Draw GeoJSON features; what is drawn already stays, so that nothing flickers. */
  show(features) {
    const shown = features.length > MANY || this.map.getZoom() < NEAR_FROM ? gathered(this.map, features) : features;
    this.within = new Map(shown.flatMap((one) => one.properties.of || []).map((one) => [one.properties.number, one]));
    const wanted = new Map(shown.map((one) => [keyOf(one), one]));
    for (const [key, marker] of this.markers) {
      if (wanted.has(key)) continue;
      marker.remove();
      this.markers.delete(key);
    }
    this.map.getContainer().classList.toggle("is-dense", shown.length > MANY);
    for (const [key, feature] of wanted) if (!this.markers.has(key)) this.markers.set(key, this.draw(feature));
    this.lift(this.lifted);
  }

  draw({ geometry, properties }) {
    const [lon, lat] = geometry.coordinates;
    const options = properties.count ? clusterOptions(properties.count, properties.looks) : pinOptions(properties.look, properties.icon);
    const name = properties.count ? this.words.cluster.replace("{n}", properties.count) : `${properties.title}: ${properties.state}`;
    const marker = this.L.marker([lat, lon], { icon: this.L.divIcon(options), title: name, riseOnHover: true }).addTo(this.map);
    const choose = () => {
      if (properties.count) this.map.setView([lat, lon], Math.min(this.map.getZoom() + 2, this.map.getMaxZoom()));
      else this.onPick(properties, marker);
    };
    marker.on("click", choose);
    // Leaflet makes it a button for the eye and the ear, but not for the keyboard.
    const element = marker.getElement();
    element.setAttribute("aria-label", name);
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      choose();
    });
    return marker;
  }

  /** Lift the pin of a report ("" for none) above the others. */
  lift(number) {
    this.pinOf(this.lifted)?.classList.remove("is-lifted");
    this.markers.get(this.lifted)?.setZIndexOffset(0);
    if (this.lifted !== number && this.within.has(this.lifted)) {
      this.markers.get(this.lifted)?.remove();
      this.markers.delete(this.lifted);
    }
    this.lifted = number;
    // Out of its cluster, as long as it is the one that matters
    if (this.within.has(number) && !this.markers.has(number)) this.markers.set(number, this.draw(this.within.get(number)));
    this.pinOf(number)?.classList.add("is-lifted");
    this.markers.get(number)?.setZIndexOffset(10000);
  }

  pinOf(number) {
    return this.markers.get(number)?.getElement()?.querySelector(".pin");
  }

  /** Move the map so that the pin of a report can be seen. */
  reveal(number) {
    const marker = this.markers.get(number);
    if (marker) this.map.panInside(marker.getLatLng(), { padding: [60, 80] });
  }
}

function keyOf({ geometry, properties }) {
  return properties.number || `${geometry.coordinates.join()} ${properties.count}`;
}
