// Step 1: the map moves under a fixed crosshair; search, device position and photo move it too.
import {createMap, boundsOf} from "../map/base.js";
import {learnBoundary} from "./boundary.js";
import {combobox} from "./combo.js";
import {newKey} from "../offline/database.js";
import {gpsOf, shrunk} from "./shrink.js";
import {put} from "./store.js";
import {later, say, word} from "./words.js";

const CLOSE = 15;
const CROSS = 26; // px, half the crosshair and a little

/** Bring the place step to life; without map or network the address form stays as it is. */
export async function initPlace({ form, local, keep }) {
  const box = form.querySelector("[data-place]");
  const element = form.querySelector("#place-map");
  const fields = { lat: form.elements.lat, lon: form.elements.lon, pinned: form.elements.pinned, address: form.elements.address };
  const none = form.querySelector("[data-no-map]");
  box.hidden = none.hidden = false;
  let made;
  try {
    const known = fields.lat.value && fields.lon.value ? [Number(fields.lat.value), Number(fields.lon.value)] : null;
    const options = { scrollWheelZoom: "center", touchZoom: "center", doubleClickZoom: "center", bounceAtZoomLimits: false };
    made = await createMap(element, { center: known, zoom: 17.5, cross: CROSS, options });
  } catch {
    plain(form, box);
    say(word("mapFailed"));
    return;
  }
  const { map } = made;
  made.ground.then(learnBoundary);
  const found = form.querySelector("[data-found]");
  /** Tell below the map; what stands in the address field already is only read out. */
  const tell = (text, shown = true) => {
    found.classList.toggle("kern-sr-only", !shown);
    found.replaceChildren(text);
  };
  let edited = Boolean(fields.address.value) && !fields.pinned.value && !fields.lat.value;
  let touched = Boolean(fields.lat.value);
  if (touched) fields.pinned.value = "on";

  const look = later(() => lookUp(), 350);
  let asked = 0;

  /** The crosshair's place is the chosen one, if the map is close enough to mean something. */
  function choose() {
    if (!touched) return;
    if (map.getZoom() < CLOSE) {
      fields.lat.value = fields.lon.value = fields.pinned.value = "";
      tell(word("closer"));
      keep();
      return;
    }
    const middle = map.getCenter();
    fields.lat.value = middle.lat.toFixed(7);
    fields.lon.value = middle.lng.toFixed(7);
    fields.pinned.value = "on";
    keep();
    look();
  }

  async function lookUp() {
    asked += 1;
    const turn = asked;
    try {
      const answer = await fetch(`${element.dataset.at}?lat=${fields.lat.value}&lon=${fields.lon.value}`);
      const place = await answer.json();
      if (turn !== asked || !fields.lat.value) return;
      if (!answer.ok) throw new TypeError("refused");
      told(place);
    } catch {
      if (turn === asked) tell(word("atUnknown"));
    }
  }

  function told(place) {
    if (!place.inside) {
      tell(place.owner ? word("belongs", place.owner.name) : word("outside"));
      if (place.owner) {
        const anchor = document.createElement("a");
        anchor.href = `${place.owner.url}/melden/`;
        anchor.textContent = place.owner.name;
        found.append(" ", anchor);
      }
      return;
    }
    if (!edited) fields.address.value = place.text || "";
    tell(place.text ? word("at", place.text) : word("atUnknown"), !place.text || fields.address.value !== place.text);
    keep();
  }

  /** Move the crosshair to a place that was searched, located or photographed. */
  function moveTo(lat, lon, zoom = 18) {
    touched = true;
    edited = false;
    map.setView([lat, lon], Math.max(zoom, map.getZoom()));
  }

  map.on("dragstart", () => { touched = true; });
  element.addEventListener("keydown", (event) => { if (/^Arrow|^[+\-=]$/.test(event.key)) touched = true; });
  element.addEventListener("wheel", () => { touched = true; }, { passive: true });
  element.addEventListener("dblclick", () => { touched = true; });
  element.addEventListener("touchstart", () => { touched = true; }, { passive: true });
  element.querySelector(".leaflet-control-zoom")?.addEventListener("click", () => { touched = true; });
  map.on("moveend", choose);
  fields.address.addEventListener("input", () => { edited = fields.address.value.trim() !== ""; });
  if (touched) lookUp();

  combobox(form.querySelector("#place-search"), form.querySelector("#place-hits"), {
    near: () => map.getCenter(),
    chosen: (hit) => {
      if (hit.lat === null) {
        fields.address.value = hit.label;
        edited = true;
        fields.address.focus();
        return;
      }
      moveTo(hit.lat, hit.lon, hit.kind === "district" ? 15 : 18);
    },
  });
  position(form, element, tell, moveTo);
  photo(form, local, tell, moveTo);
  none.addEventListener("click", () => {
    fields.lat.value = fields.lon.value = fields.pinned.value = "";
    plain(form, box);
    fields.address.focus();
  });
  addEventListener("resize", later(() => map.invalidateSize({ pan: false }), 200));
}

/** The address form as without scripts. */
function plain(form, box) {
  box.hidden = form.querySelector("[data-no-map]").hidden = true;
  for (const one of form.querySelectorAll("[data-plain]")) one.hidden = false;
}

/** "Mein Standort": asks the device only when pressed. */
function position(form, element, tell, moveTo) {
  const button = form.querySelector("[data-gps]");
  if (!navigator.geolocation) {
    button.hidden = true;
    return;
  }
  button.addEventListener("click", () => {
    tell(word("locating"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const bounds = boundsOf(element);
        const [[south, west], [north, east]] = bounds || [[-90, -180], [90, 180]];
        if (coords.latitude < south || coords.latitude > north || coords.longitude < west || coords.longitude > east) {
          tell(word("notHere"));
          return;
        }
        say(word("located"));
        moveTo(coords.latitude, coords.longitude, 18);
      },
      () => tell(word("noPosition")),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 },
    );
  });
}

/** A photo that knows its place moves the map, and comes along with the report. */
function photo(form, local, tell, moveTo) {
  const input = form.elements.place_photo;
  const button = form.querySelector('button[name="photo"]');
  button.hidden = true;
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    tell(word("working"));
    const place = await gpsOf(file);
    // It comes along with the report: the next step sends it, or it stays on this device until there is a network.
    const blob = place || !local.photos ? (await shrunk(file)) || file : file;
    const kept = await put("photos", { id: newKey(), secret: local.secret, key: "", name: file.name || "foto", at: Date.now(), blob, place: null });
    if (place) {
      if (!kept && local.photos) send(local.photos, blob, file.name);
      moveTo(place.latitude, place.longitude, 18);
      form.querySelector("#place-map").scrollIntoView({ block: "center" });
    } else if (local.photos) {
      // Some formats only the server can read.
      form.requestSubmit(button);
      return;
    } else tell(word("photoWithoutPlace"));
    input.value = "";
  });
}

function send(url, blob, name) {
  const body = new FormData();
  body.append("photo", blob, name);
  fetch(url, { method: "POST", body }).catch(() => undefined);
}
