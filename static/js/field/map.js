// The jobs of the day on a map, which works without a network as far as its tiles or the ground are kept.
import {createMap} from "../map/base.js";
import {pinOptions} from "../pin.js";
import {around} from "./around.js";
import {cleared, driveTo, fill, made, slot, word} from "./dom.js";
import {position, positionState, watchPosition} from "./position.js";

/** Metres around the middle in which open reports are shown. */
const AROUND = 500;
const NEAR = 17;
/** Without tiles there is little to see so near. */
const NEAR_GROUND = 15;
/** Pixels that a pin takes up above its point. */
const PIN = 56;
const ROOM = { padding: [32, 32], maxZoom: 16 };

/** The screen; `params.id` is the job that it opens at. */
export function show(root, context, params) {
  const node = made("map");
  const element = node.querySelector(".map");
  const tools = { here: node.querySelector("[data-here]"), around: node.querySelector("[data-around]") };
  let open = null;
  let pins = [];
  let others = [];
  let drawn = "";
  let me = null;
  let stop = null;
  let left = false;
  let latest = context;
  cleared(root);
  root.append(node);
  fill(node, { failed: false, card: false });

  const town = context.day?.town || {};
  Object.assign(element.dataset, { ground: town.ground_url || document.documentElement.dataset.ground });
  if (town.bounds) element.dataset.bounds = town.bounds.join(",");
  if (town.tiles?.url) Object.assign(element.dataset, { tiles: town.tiles.url, tilesTo: town.tiles.max_zoom, attribution: town.tiles.attribution || "" });

  start().catch(() => fill(node, { failed: true }));

  async function start() {
    const chosen = placed(context.day).find((job) => job.id === params.id);
    const middle = chosen?.point || town.center;
    const made_ = await createMap(element, { center: middle && [middle[1], middle[0]], zoom: chosen ? (town.tiles?.url ? NEAR : NEAR_GROUND) : town.zoom || 13 });
    if (left) return void made_.map.remove();
    open = made_;
    const { L, map } = open;
    if (!chosen && placed(latest.day).length) map.fitBounds(L.latLngBounds(placed(latest.day).map(({ point: [lon, lat] }) => [lat, lon])), ROOM);
    if (latest.day?.team?.depot) mark(latest.day.team.depot, word("depot"));
    draw(latest);
    if (chosen) choose(jobCard(chosen), chosen.point);
  }

  /** A round mark with a name. */
  function mark([lon, lat], name) {
    return open.L.circleMarker([lat, lon], { radius: 9, weight: 3, className: "field-here" }).bindTooltip(name).addTo(open.map);
  }

  /** A pin that eye, ear and keyboard find; `deed` when it is chosen. */
  function pin([lon, lat], options, name, deed) {
    const one = open.L.marker([lat, lon], { icon: open.L.divIcon(options), title: name, riseOnHover: true }).addTo(open.map);
    one.on("click", deed);
    one.getElement().setAttribute("aria-label", name);
    one.getElement().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      deed();
    });
    return one;
  }

  function draw(now) {
    latest = now;
    if (!open) return;
    const jobs = placed(now.day);
    const looks = JSON.stringify(jobs.map(({ id, point, closed, off, title }) => [id, point, closed, off, title]));
    if (looks === drawn) return;
    drawn = looks;
    for (const one of pins) one.remove();
    pins = jobs.map((job) => pin(job.point, pinOptions(job.closed || job.off ? "done" : "working", job.icon), word("stopName", { a: job.number, b: job.title }), () => choose(jobCard(job), job.point)));
  }

  function jobCard(job) {
    return card(job, `#/auftrag/${job.id}`);
  }

  function card(one, address) {
    const made_ = fill(made("card"), { number: one.number, title: one.title, place: one.place || one.state_label || "", marks: false });
    const link = made_.querySelector("[data-open]");
    link.hidden = !address;
    if (address) link.href = address;
    made_.querySelector("[data-drive]").href = driveTo(one.point, one.title);
    return made_;
  }

  /** The card of a pin, which stays in sight above it. */
  function choose(shown, [lon, lat]) {
    fill(node, { card: shown });
    const covered = Math.max(0, element.getBoundingClientRect().bottom - slot(node, "card").getBoundingClientRect().top);
    open.map.panInside([lat, lon], { paddingTopLeft: [PIN, PIN], paddingBottomRight: [PIN / 2, covered + PIN / 4], animate: false });
  }

  tools.here.addEventListener("click", () => {
    const on = tools.here.getAttribute("aria-pressed") !== "true";
    tools.here.setAttribute("aria-pressed", String(on));
    stop?.();
    stop = null;
    me?.remove();
    me = null;
    if (!on || !open) return;
    context.say(word("gpsWait"));
    stop = watchPosition(stand, true);
    stand(position());
  });

  function stand(found) {
    if (!found) {
      if (positionState() !== "none") return;
      tools.here.setAttribute("aria-pressed", "false");
      context.say(word("gpsNone"));
      return;
    }
    const [lon, lat] = found.point;
    if (me) return void me.setLatLng([lat, lon]);
    me = mark([lon, lat], word("youAre"));
    open.map.setView([lat, lon], Math.max(open.map.getZoom(), 16));
    context.say(word("youAre"));
  }

  tools.around.addEventListener("click", async () => {
    const on = tools.around.getAttribute("aria-pressed") !== "true";
    for (const one of others) one.remove();
    others = [];
    tools.around.setAttribute("aria-pressed", String(on));
    if (!on || !open) return;
    const { lat, lng } = open.map.getCenter();
    try {
      const items = await around([lng, lat], AROUND);
      if (left) return;
      const known = new Set(placed(latest.day).map((job) => job.number));
      const fresh = items.filter((one) => !known.has(one.number) && one.point);
      others = fresh.map((one) => pin(one.point, pinOptions("received", one.icon), word("stopName", { a: one.number, b: one.title }), () => choose(card(one, one.public_url), one.point)));
      context.say(fresh.length ? word("aroundFound", { n: fresh.length }) : word("noneAround"));
    } catch {
      tools.around.setAttribute("aria-pressed", "false");
      context.say(word("aroundFailed"));
    }
  });

  return {
    update: draw,
    leave() {
      left = true;
      stop?.();
      open?.map.remove();
    },
  };
}

const placed = (day) => (day?.jobs || []).filter((job) => job.point);
