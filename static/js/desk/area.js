// Drawing the area of a row of responsibility: what is drawn stands as GeoJSON in the form; without this script it is pasted.
import {createMap} from "../map/base.js";

const MOST = 400;
const box = document.querySelector("[data-area-box]");
const element = document.getElementById("area-map");
const text = document.querySelector("textarea[name=geojson]");
const places = [...document.querySelectorAll("input[name=where]")];
const hint = box.querySelector("[data-draw-hint]");
const buttons = Object.fromEntries([...box.querySelectorAll("[data-draw]")].map((one) => [one.dataset.draw, one]));
const chosen = () => places.find((one) => one.checked)?.value;

/** Whether two lines between corners cross each other (touching neighbours do not count). */
function crossed(corners) {
  const turn = (a, b, c) => Math.sign((b.lng - a.lng) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lng - a.lng));
  const lines = corners.map((one, at) => [one, corners[(at + 1) % corners.length]]);
  return lines.some(([a, b], i) => lines.some(([c, d], j) => {
    if (Math.abs(i - j) < 2 || Math.abs(i - j) === lines.length - 1) return false;
    return turn(a, b, c) !== turn(a, b, d) && turn(c, d, a) !== turn(c, d, b);
  }));
}

class Area {
  constructor(map, L) {
    Object.assign(this, { map, L, corners: null, shown: null });
    this.colour = getComputedStyle(element).color;
  }

  /** What stands in the form, on the map; null where it is no GeoJSON. */
  show(fit = true) {
    this.shown?.remove();
    this.shown = null;
    try {
      if (text.value.trim()) this.shown = this.L.geoJSON(JSON.parse(text.value), { style: { color: this.colour, weight: 2, fillOpacity: 0.1, interactive: false } }).addTo(this.map);
    } catch {
      return; // The server says what is wrong with it.
    }
    if (fit && this.shown) this.map.fitBounds(this.shown.getBounds(), { padding: [24, 24], maxZoom: 17 });
  }

  begin() {
    this.corners = [];
    this.shown?.remove();
    this.line = this.L.polygon([], { color: this.colour, weight: 2, fillOpacity: 0.06, interactive: false }).addTo(this.map);
    this.dots = this.L.layerGroup().addTo(this.map);
    this.map.doubleClickZoom.disable();
    element.classList.add("is-drawing");
  }

  draw() {
    this.line.setLatLngs(this.corners);
    this.dots.clearLayers();
    for (const corner of this.corners) this.L.circleMarker(corner, { radius: 5, color: this.colour, interactive: false }).addTo(this.dots);
  }

  end() {
    this.line?.remove();
    this.dots?.remove();
    this.corners = null;
    this.map.doubleClickZoom.enable();
    element.classList.remove("is-drawing");
  }

  get geojson() {
    const ring = [...this.corners, this.corners[0]].map((one) => [Number(one.lng.toFixed(6)), Number(one.lat.toFixed(6))]);
    return JSON.stringify({ type: "Polygon", coordinates: [ring] });
  }
}

/** The other rows' areas, thin and with their names, so that one sees what borders on what. */
async function others(map, L) {
  const answer = await fetch(element.dataset.areas, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const style = { color: getComputedStyle(element).color, weight: 1, dashArray: "3 4", fill: false, interactive: false };
  L.geoJSON(await answer.json(), { style }).addTo(map);
}

function wire(area) {
  const show = () => {
    const on = area.corners !== null;
    buttons.area.hidden = on;
    buttons.cancel.hidden = !on;
    buttons.undo.hidden = !on || !area.corners.length;
    buttons.done.hidden = !on || area.corners.length < 3;
  };
  const add = (point) => {
    if (!area.corners || area.corners.length >= MOST) return;
    area.corners.push(point);
    area.draw();
    show();
  };
  buttons.area.addEventListener("click", () => {
    area.begin();
    hint.textContent = hint.dataset.begin;
    show();
    element.focus();
  });
  buttons.undo.addEventListener("click", () => {
    area.corners.pop();
    area.draw();
    show();
    if (buttons.undo.hidden) element.focus();
  });
  buttons.cancel.addEventListener("click", () => {
    area.end();
    area.show(false);
    hint.textContent = "";
    show();
    buttons.area.focus();
  });
  buttons.done.addEventListener("click", () => {
    if (crossed(area.corners)) {
      hint.textContent = hint.dataset.crossed;
      return;
    }
    text.value = area.geojson;
    area.end();
    area.show(false);
    hint.textContent = hint.dataset.done;
    show();
    buttons.area.focus();
  });
  area.map.on("click", (event) => add(event.latlng));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== element || !area.corners) return;
    event.preventDefault();
    add(area.map.getCenter());
  });
  text.addEventListener("change", () => area.show());
}

let ready = null;

/** The map stands there only while an area is what was chosen; fields of the other choices go. */
function fit() {
  const where = chosen();
  const hide = (name, on) => {
    const field = document.querySelector(`[name=${name}]`)?.closest(".kern-form-input");
    if (field) field.hidden = on;
  };
  hide("district", where !== "ortsteil");
  hide("area_name", where === "ueberall");
  document.querySelector("[data-geojson]").hidden = where !== "gebiet";
  box.hidden = where !== "gebiet";
  if (where !== "gebiet" || ready) return;
  ready = createMap(element).then(({ map, L }) => {
    const area = new Area(map, L);
    area.show();
    wire(area);
    others(map, L).catch(() => {});
  }).catch(() => {
    box.hidden = true;
  });
}

for (const one of places) one.addEventListener("change", fit);
fit();
