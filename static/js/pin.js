// Icons and pins for scripts: the same markup as the template tags `icon` and `pin`.

const sprite = document.documentElement.dataset.sprite;

/** Markup of an icon of the sprite; `name` comes from our own data, never from a citizen's text. */
export function icon(name, classes = "") {
  return `<svg class="icon ${classes}" aria-hidden="true"><use href="${sprite}#${name}"/></svg>`;
}

/** Markup of a map pin: category icon in the colour of the state (received, working, waiting, done, closed, withdrawn). */
export function pin(state, name) {
  const mark = state === "received" || state === "working" ? "" : icon(`state-${state}`, "pin__mark");
  return `<span class="pin pin--${state}">${icon(name, "pin__icon")}${mark}</span>`;
}

/** Options of a Leaflet divIcon for a pin: its point stands on the place. */
export function pinOptions(state, name) {
  return { className: "pin-box", html: pin(state, name), iconSize: [40, 46], iconAnchor: [20, 45], popupAnchor: [0, -44] };
}

/** Options of a Leaflet divIcon for a cluster of `count` reports. */
export function clusterOptions(count) {
  const [size, modifier] = count < 100 ? [44, ""] : count < 1000 ? [52, " cluster--l"] : [60, " cluster--xl"];
  const shown = count < 10000 ? String(count) : `${Math.round(count / 1000)}k`;
  return { className: "pin-box", html: `<span class="cluster${modifier}">${shown}</span>`, iconSize: [size, size] };
}
