// The page of one report: a small map of the place, and sharing.
import {createMap} from "./base.js";
import {share} from "./share.js";
import {pinOptions} from "../pin.js";

share(document);

/** Draw the map of the place; without it the page says the address all the same. */
async function draw(element) {
  const { lat, lon, look, icon } = element.dataset;
  const place = [Number(lat), Number(lon)];
  const still = { dragging: false, scrollWheelZoom: false, doubleClickZoom: false, touchZoom: false, boxZoom: false, keyboard: false };
  const { map, L } = await createMap(element, { center: place, zoom: 16, options: still });
  map.zoomControl?.remove();
  element.querySelector(".leaflet-control-zoom")?.remove();
  L.marker(place, { icon: L.divIcon(pinOptions(look, icon)), keyboard: false, interactive: false }).addTo(map);
}

const element = document.getElementById("small-map");
if (element) {
  element.hidden = false;
  // Not before somebody comes near it: on a phone it lies below the photos.
  const near = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    near.disconnect();
    draw(element).catch(() => (element.hidden = true));
  }, { rootMargin: "100px" });
  near.observe(element);
}
