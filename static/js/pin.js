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

/** Options of a Leaflet divIcon for a cluster of `count` reports; with `looks` (reports by state) a ring shows their shares. */
export function clusterOptions(count, looks = null) {
  const [size, modifier] = count < 100 ? [44, ""] : count < 1000 ? [52, " cluster--l"] : [60, " cluster--xl"];
  const shown = count < 10000 ? String(count) : `${Math.round(count / 1000)}k`;
  const ringed = looks ? " cluster--ringed" : "";
  return { className: "pin-box", html: `<span class="cluster${modifier}${ringed}">${looks ? ring(looks, count) : ""}<span>${shown}</span></span>`, iconSize: [size, size] };
}

/** The looks of states in the order in which rings show them. */
export const ORDER = ["received", "working", "waiting", "done", "closed", "withdrawn"];

/** Markup of a ring whose arcs are the shares of the states. */
function ring(looks, count) {
  let from = 0;
  const arcs = ORDER.filter((look) => looks[look]).map((look) => {
    const part = (100 * looks[look]) / count;
    const arc = `<circle class="is-${look}" cx="22" cy="22" r="18" pathLength="100" stroke-dasharray="${part} ${100 - part}" stroke-dashoffset="${-from}"/>`;
    from += part;
    return arc;
  });
  return `<svg class="cluster__ring" viewBox="0 0 44 44" aria-hidden="true">${arcs.join("")}</svg>`;
}
