// The map beside the list: a pin for each case of the page; a section or a drawn area becomes a filter.
import {createMap} from "../map/base.js";
import {pinOptions} from "../pin.js";

const STORE = "desk-map";

function remembered() {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null;
  }
}

function remember(value) {
  try {
    localStorage.setItem(STORE, value);
  } catch {
    // Then the next page begins as it always does.
  }
}

/** Go to the list with other places, from its first page. */
function filterBy(name, value) {
  const address = new URL(location.href);
  for (const other of ["bbox", "flaeche", "seite"]) address.searchParams.delete(other);
  address.searchParams.set(name, value);
  location.href = address;
}

const words = (point) => `${point.lng.toFixed(5)},${point.lat.toFixed(5)}`;

class ListMap {
  constructor(element, map, L) {
    Object.assign(this, { element, map, L, markers: new Map(), corners: null });
  }

  /** Pins for the rows that stand in the list now. */
  draw(fit = false) {
    for (const marker of this.markers.values()) marker.remove();
    this.markers.clear();
    for (const row of document.querySelectorAll("[data-rows] .desk-row[data-lat]")) {
      const { lat, lon, look, icon } = row.dataset;
      const link = row.querySelector(".desk-row__title");
      const name = `${link.textContent.trim()} – ${row.querySelector(".desk-row__label").textContent}`;
      const marker = this.L.marker([Number(lat), Number(lon)], { icon: this.L.divIcon(pinOptions(look, icon)), title: name, alt: name, riseOnHover: true }).addTo(this.map);
      marker.on("click", () => !this.corners && link.click());
      const pin = marker.getElement();
      pin.setAttribute("aria-label", name);
      pin.tabIndex = -1; // the list beside it holds the same
      this.markers.set(row.id, marker);
    }
    const places = [...this.markers.values()].map((marker) => marker.getLatLng());
    if (fit && places.length) this.map.fitBounds(this.L.latLngBounds(places), { padding: [40, 40], maxZoom: 16 });
  }

  lift(id) {
    for (const [of, marker] of this.markers) {
      marker.getElement()?.querySelector(".pin")?.classList.toggle("is-lifted", of === id);
      marker.setZIndexOffset(of === id ? 10000 : 0);
    }
  }

  /** What the address bar asks for already. */
  showAsked() {
    const style = { color: getComputedStyle(this.element).color, weight: 2, fillOpacity: 0.06, interactive: false };
    const corners = (this.element.dataset.area || "").split(";").map((part) => part.split(",").map(Number).reverse());
    if (corners.length >= 3) this.asked = this.L.polygon(corners, style).addTo(this.map);
    const [west, south, east, north] = (this.element.dataset.box || "").split(",").map(Number);
    if (Number.isFinite(north)) this.asked = this.L.rectangle([[south, west], [north, east]], style).addTo(this.map);
    if (this.asked) this.map.fitBounds(this.asked.getBounds(), { padding: [16, 16] });
  }

  begin() {
    this.corners = [];
    this.asked?.remove();
    this.line = this.L.polygon([], { color: getComputedStyle(this.element).color, weight: 2, fillOpacity: 0.06, interactive: false }).addTo(this.map);
    this.dots = this.L.layerGroup().addTo(this.map);
    this.map.doubleClickZoom.disable();
    this.element.classList.add("is-drawing");
  }

  add(point) {
    this.corners.push(point);
    this.line.setLatLngs(this.corners);
    this.L.circleMarker(point, { radius: 5, color: getComputedStyle(this.element).color, interactive: false }).addTo(this.dots);
  }

  end() {
    this.line?.remove();
    this.dots?.remove();
    this.corners = null;
    this.map.doubleClickZoom.enable();
    this.element.classList.remove("is-drawing");
  }
}

function drawing(view, box) {
  const buttons = Object.fromEntries([...box.querySelectorAll("[data-draw]")].map((one) => [one.dataset.draw, one]));
  const hint = box.querySelector("[data-draw-hint]");
  const show = (on) => {
    buttons.box.hidden = buttons.area.hidden = on;
    buttons.cancel.hidden = !on;
    buttons.done.hidden = true;
    hint.hidden = !on;
  };
  const add = (point) => {
    if (!view.corners || view.corners.length >= 60) return;
    view.add(point);
    buttons.done.hidden = view.corners.length < 3;
  };
  buttons.box.addEventListener("click", () => {
    const now = view.map.getBounds();
    filterBy("bbox", [now.getWest(), now.getSouth(), now.getEast(), now.getNorth()].map((part) => part.toFixed(5)).join());
  });
  buttons.area.addEventListener("click", () => {
    view.begin();
    show(true);
    view.element.focus();
  });
  buttons.cancel.addEventListener("click", () => {
    view.end();
    show(false);
    buttons.area.focus();
  });
  buttons.done.addEventListener("click", () => filterBy("flaeche", view.corners.map(words).join(";")));
  view.map.on("click", (event) => add(event.latlng));
  view.element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== view.element || !view.corners) return;
    event.preventDefault();
    add(view.map.getCenter());
  });
}

/** Show the map where there is room or somebody asks for it; resolves to a function that draws the pins anew. */
export function listMap() {
  const box = document.querySelector("[data-map-box]");
  const element = document.getElementById("listmap");
  const toggle = document.querySelector("[data-map-toggle]");
  if (!box || !element) return () => {};
  let view = null;

  const open = async () => {
    box.hidden = false;
    if (view) {
      view.map.invalidateSize();
      return;
    }
    const { map, L } = await createMap(element);
    view = new ListMap(element, map, L);
    view.draw(!element.dataset.area && !element.dataset.box);
    view.showAsked();
    drawing(view, box);
  };
  const set = (on) => {
    if (toggle) {
      toggle.setAttribute("aria-expanded", String(on));
      toggle.textContent = on ? toggle.dataset.hide : toggle.dataset.show;
    }
    if (on) open().catch(() => (box.hidden = true));
    else box.hidden = true;
  };

  if (toggle) {
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      set(box.hidden);
      if (!box.hidden) box.scrollIntoView({ block: "nearest" });
      remember(box.hidden ? "off" : "on");
    });
  }
  const wanted = remembered();
  const asked = Boolean(element.dataset.area || element.dataset.box);
  set(asked || (wanted ? wanted === "on" : matchMedia("(min-width: 80rem)").matches));

  const list = document.getElementById("liste");
  for (const [begin, end] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    list.addEventListener(begin, (event) => view?.lift(event.target.closest(".desk-row")?.id || ""));
    list.addEventListener(end, () => view?.lift(""));
  }
  return () => view?.draw();
}
