// The page of one report: a small map of the place, and sharing.
import {createMap} from "./base.js";
import {share} from "./share.js";
import {pinOptions} from "../pin.js";

share(document);

const element = document.getElementById("small-map");
if (element) {
  element.hidden = false;
  const { lat, lon, look, icon } = element.dataset;
  const place = [Number(lat), Number(lon)];
  const still = { dragging: false, scrollWheelZoom: false, doubleClickZoom: false, touchZoom: false, boxZoom: false, keyboard: false };
  createMap(element, { center: place, zoom: 16, options: still })
    .then(({ map, L }) => {
      map.zoomControl?.remove();
      element.querySelector(".leaflet-control-zoom")?.remove();
      L.marker(place, { icon: L.divIcon(pinOptions(look, icon)), keyboard: false, interactive: false }).addTo(map);
    })
    .catch(() => {
      element.hidden = true;
    });
}
