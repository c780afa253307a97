// The page of a case: text blocks without a round trip, the small map, and choosing the place on a map.
import "./contact.js";
import "./mails.js";
import "./presence.js";
import {createMap} from "../map/base.js";
import {pinOptions} from "../pin.js";

// The open case stands in sight in the list beside it.
const list = document.querySelector(".desk__list");
const current = list?.querySelector("[aria-current]")?.closest("li");
if (current) list.scrollTop = Math.max(0, current.offsetTop - (list.clientHeight - current.offsetHeight) / 2);

if (location.hash === "#tun") document.getElementById("tun")?.focus();

for (const blocks of document.querySelectorAll("[data-blocks]")) {
  const select = blocks.querySelector("select");
  const text = blocks.closest("form").elements.namedItem("text");
  const find = blocks.querySelector("[data-find]");
  const all = [...select.options].map((option) => ({
    option,
    group: option.parentElement,
    words: `${option.text} ${blocks.querySelector(`template[data-block="${CSS.escape(option.value)}"]`)?.content.textContent ?? ""}`.toLocaleLowerCase(),
  }));
  // Hidden options are not hidden in every browser, so those that do not fit are taken out.
  find.addEventListener("input", () => {
    const wanted = find.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const fitting = all.filter(({ option, words }) => !option.value || wanted.every((word) => words.includes(word)));
    for (const { option } of all) option.remove();
    for (const { option, group } of fitting) group.append(option);
    select.value = wanted.length && fitting.length > 1 ? fitting[1].option.value : "";
  });
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    blocks.querySelector("button").click();
  });
  if (all.length > 6) find.parentElement.hidden = false;
  blocks.querySelector("button").addEventListener("click", (event) => {
    event.preventDefault();
    const words = blocks.querySelector(`template[data-block="${CSS.escape(select.value)}"]`)?.content.textContent;
    if (!words) return;
    text.value = text.value.trim() ? `${text.value.trim()}\n\n${words}` : words;
    select.value = "";
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

const small = document.getElementById("small-map");
if (small) {
  small.hidden = false;
  const place = [Number(small.dataset.lat), Number(small.dataset.lon)];
  const still = { dragging: false, scrollWheelZoom: false, doubleClickZoom: false, touchZoom: false, boxZoom: false, keyboard: false };
  createMap(small, { center: place, zoom: 16, options: still })
    .then(({ map, L }) => {
      small.querySelector(".leaflet-control-zoom")?.remove();
      L.marker(place, { icon: L.divIcon(pinOptions(small.dataset.look, small.dataset.icon)), keyboard: false, interactive: false }).addTo(map);
    })
    .catch(() => {
      small.hidden = true;
    });
}

const chooser = document.getElementById("place-map");
if (chooser) {
  const form = chooser.closest("form").elements;
  const [lat, lon] = [form.namedItem("lat"), form.namedItem("lon")];
  const address = form.namedItem("address");
  const typed = () => (lat.value && lon.value ? [Number(lat.value.replace(",", ".")), Number(lon.value.replace(",", "."))] : null);
  let asked = 0;

  /** Ask the server for the address of a point; what was typed by hand stays. */
  const name = async (point, before) => {
    const turn = (asked += 1);
    const answer = await fetch(`${chooser.dataset.at}?lat=${point.lat}&lon=${point.lng}`);
    if (!answer.ok || turn !== asked) return;
    const found = await answer.json();
    if (found.text && address.value === before) address.value = found.text;
  };

  chooser.hidden = false;
  createMap(chooser, { center: typed(), zoom: 17 })
    .then(({ map, L }) => {
      const marker = L.marker(typed() || map.getCenter(), { icon: L.divIcon(pinOptions(chooser.dataset.look, chooser.dataset.icon)), draggable: true, keyboard: false });
      if (typed()) marker.addTo(map);
      const set = (point) => {
        lat.value = point.lat.toFixed(6);
        lon.value = point.lng.toFixed(6);
        marker.setLatLng(point).addTo(map);
        name(point, address.value).catch(() => {});
      };
      map.on("click", (event) => set(event.latlng));
      chooser.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.target !== chooser) return;
        event.preventDefault();
        set(map.getCenter());
      });
      marker.on("dragend", () => set(marker.getLatLng()));
      for (const input of [lat, lon]) {
        input.addEventListener("change", () => {
          const point = typed();
          if (!point || !point.every(Number.isFinite)) return;
          marker.setLatLng(point).addTo(map);
          map.setView(point, Math.max(map.getZoom(), 16));
        });
      }
    })
    .catch(() => {
      chooser.hidden = true;
    });
}
