// A new report on the way: photo, position, category, done.
import {around} from "./around.js";
import {camera} from "./camera.js";
import {cleared, fill, icon, made, metres, slot, word} from "./dom.js";
import {half, keepHalf, nameOf} from "./halves.js";
import {position, positionState, watchPosition} from "./position.js";

/** Metres in which a report may be the same. */
const NEAR = 30;
/** With more categories than this there is a search. */
const FEW = 9;

const NAME = nameOf("meldung");
/** Where what is missing is filled in; not a field of words, which would call the keyboard over what is read. */
const MISSING = { needKind: "[name=category]", needWhere: "[data-locate]", needPhoto: "#fresh-camera" };

/** The screen; what was filled in is there again when one comes back. */
export function show(root, context) {
  const form = made("fresh");
  const view = { left: false, draw: () => undefined, stop: () => undefined };
  cleared(root);
  root.append(form);
  form.inert = true;
  half(NAME).then((before) => {
    if (view.left) return;
    bring(form, context, view, before);
    form.inert = false;
  });
  return {
    update: (now) => view.draw(now),
    leave() {
      view.left = true;
      view.stop();
    },
  };
}

function bring(form, context, view, before) {
  let place = before?.values.place ? JSON.parse(before.values.place) : null;
  let end = () => undefined;
  let drawn = "";
  let chosen = before?.values.category || "";
  for (const name of ["address", "text"]) form.elements[name].value = before?.values[name] || "";
  fill(form, { around: false, error: false, none: false, gps: false });
  const shots = camera(form, context, { taken: before?.shots, onChange: () => kept.changed() });
  const kept = keepHalf(form, NAME, () => shots.photos(), () => ({ place: place && JSON.stringify(place) }));

  function locate() {
    if (!place) fill(form, { gps: word("gpsWait") });
    end();
    end = watchPosition(stand, true);
    stand(position());
  }

  function stand(found) {
    if (!found) {
      if (positionState() === "none") fill(form, { gps: word("gpsNone") });
      return;
    }
    const first = !place;
    place = found;
    fill(form, { gps: word("gpsFound", { n: metres(found.accuracy) }) });
    if (first) look();
  }

  /** Whether somebody reported it already; without reception nobody can tell. */
  async function look() {
    try {
      const items = await around(place.point, NEAR);
      fill(form, { around: items.length > 0 });
      slot(form, "aroundRows").replaceChildren(...items.map((one) => fill(made("told"), { who: one.number, at: metres(one.distance), text: `${one.title} (${one.state_label})` })));
    } catch {
      fill(form, { around: false });
    }
  }

  function draw({ day }) {
    const kinds = day?.categories || [];
    const looks = JSON.stringify(kinds);
    if (looks === drawn) return;
    drawn = looks;
    chosen = form.querySelector("[name=category]:checked")?.value || chosen;
    fill(form, { search: kinds.length > FEW });
    slot(form, "kinds").replaceChildren(...kinds.map((kind) => {
      const label = fill(made("kind"), { mark: icon(kind.icon), name: kind.name });
      Object.assign(label.querySelector("input"), { value: kind.slug, id: `kind-${kind.slug}`, checked: kind.slug === chosen });
      return label;
    }));
  }

  form.querySelector("#fresh-search").addEventListener("input", ({ target }) => {
    const wanted = target.value.trim().toLowerCase();
    let shown = 0;
    for (const label of slot(form, "kinds").children) {
      label.hidden = !label.textContent.toLowerCase().includes(wanted) && !label.querySelector("input").checked;
      shown += label.hidden ? 0 : 1;
    }
    fill(form, { none: !shown });
  });
  form.querySelector("[data-locate]").addEventListener("click", locate);

  function missing(kind, address, photos) {
    if (!kind) return "needKind";
    if (!place && !address) return "needWhere";
    return kind.photo === "required" && !photos.length ? "needPhoto" : "";
  }

  const button = form.querySelector("[type=submit]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    await shots.ready();
    if (!view.left) await hand();
    button.disabled = false;
  });

  async function hand() {
    const said = new FormData(form);
    const kind = (context.day?.categories || []).find((one) => one.slug === said.get("category"));
    const [address, text, photos] = [said.get("address").trim(), said.get("text").trim(), shots.photos()];
    const problem = missing(kind, address, photos);
    fill(form, { error: problem && word(problem) });
    if (problem) return void form.querySelector(MISSING[problem]).focus();
    kept.hold(true);
    try {
      await context.act("meldung", null, { category: kind.slug, title: kind.name, point: place?.point || null, accuracy: place?.accuracy ?? null, address, text }, photos, NAME);
    } catch (error) {
      kept.hold(false);
      fill(form, { error: word(error.reason === "login" ? "notLoggedIn" : "notKept") });
      if (!error.reason) console.error(error);
      return;
    }
    await kept.forget();
    // Nothing half written is left that would keep a new release waiting.
    form.reset();
    context.say(word("kept"));
    context.go("#/heute");
  }

  view.draw = draw;
  view.stop = async () => {
    end();
    if (shots.working()) await shots.ready();
    kept.close();
    shots.clear();
  };
  draw(context);
  if (place) fill(form, { gps: word("gpsFound", { n: metres(place.accuracy) }) });
  else locate();
}
