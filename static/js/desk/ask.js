// "Who is responsible here?": a click on the map asks at once. Without this script an address or coordinates are typed.
import {createMap} from "../map/base.js";
import {pinOptions} from "../pin.js";

const element = document.getElementById("ask-map");
const form = element.closest("form");
const [lat, lon, address] = ["lat", "lon", "adresse"].map((name) => form.elements.namedItem(name));
const typed = () => {
  const found = [lat, lon].map((one) => Number(one.value.replace(",", ".")));
  return lat.value && lon.value && found.every(Number.isFinite) ? found : null;
};

element.hidden = false;
createMap(element, { center: typed(), zoom: 15 })
  .then(async ({ map, L }) => {
    const marker = L.marker(typed() || map.getCenter(), { icon: L.divIcon(pinOptions("received", "pin")), keyboard: false, interactive: false });
    if (typed()) marker.addTo(map);
    const ask = (point) => {
      lat.value = point.lat.toFixed(6);
      lon.value = point.lng.toFixed(6);
      address.value = "";
      marker.setLatLng(point).addTo(map);
      form.requestSubmit();
    };
    map.on("click", (event) => ask(event.latlng));
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== element) return;
      event.preventDefault();
      ask(map.getCenter());
    });
    const answer = await fetch(element.dataset.areas, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const colour = getComputedStyle(element).color;
    const wins = Number(element.dataset.wins);
    const style = (one) => ({ color: colour, weight: one.id === wins ? 4 : 1.5, fillOpacity: one.id === wins ? 0.12 : 0.03, dashArray: one.id === wins ? "" : "3 4", interactive: false });
    L.geoJSON(await answer.json(), { style }).addTo(map);
  })
  .catch(() => {
    element.hidden = true;
  });

// Typed words mean another place than the one that stands in the numbers.
address.addEventListener("input", () => {
  lat.value = "";
  lon.value = "";
});
