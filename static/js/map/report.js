// The public page of a report: sharing, and its place as a map that moves once somebody asks for it.
import {share} from "./share.js";

share(document);

/** Put a live map where the picture of the place is. Nothing moves; the picture stays until the ground is drawn. */
async function comeAlive(element) {
  const [{ createMap }, { pinOptions }] = await Promise.all([import("./base.js"), import("../pin.js")]);
  const { lat, lon, look, icon, label } = element.dataset;
  const place = [Number(lat), Number(lon)];
  const pictures = [...element.children];
  const { map, L, ground } = await createMap(element, { center: place, zoom: 16 });
  L.marker(place, { icon: L.divIcon(pinOptions(look, icon)), keyboard: false, interactive: false }).addTo(map);
  element.classList.add("no-print");
  element.setAttribute("role", "application");
  element.setAttribute("aria-label", label);
  element.focus({ preventScroll: true });
  for (const one of pictures) if (one.localName !== "img") one.remove();
  await ground;
  for (const one of pictures) one.remove();
}

const element = document.getElementById("small-map");
const button = element?.querySelector("button");
if (button) {
  button.hidden = false;
  // Anywhere on the picture; the button is for those who tell it by its words or by the keyboard.
  element.addEventListener("click", () => {
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    // The link below leads to the map all the same.
    comeAlive(element).catch(() => button.remove());
  });
}
