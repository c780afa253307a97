// A new report on the way: photo, position, category, done.
import {around} from "./around.js";
import {camera} from "./camera.js";
import {cleared, fill, icon, made, metres, slot, word} from "./dom.js";
import {position, positionState, watchPosition} from "./position.js";

/** Metres in which a report may be the same. */
const NEAR = 30;
/** With more categories than this there is a search. */
const FEW = 9;

/** The screen; what was typed is gone when one leaves it. */
export function show(root, context) {
  const form = made("fresh");
  let place = null;
  let end = () => undefined;
  let drawn = "";
  cleared(root);
  root.append(form);
  fill(form, { around: false, error: false, none: false, gps: false });
  const shots = camera(form, context);

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
    fill(form, { search: kinds.length > FEW });
    slot(form, "kinds").replaceChildren(...kinds.map((kind) => {
      const label = fill(made("kind"), { mark: icon(kind.icon), name: kind.name });
      Object.assign(label.querySelector("input"), { value: kind.slug, id: `kind-${kind.slug}` });
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

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = new FormData(form);
    const kind = (context.day?.categories || []).find((one) => one.slug === said.get("category"));
    const [address, text, photos] = [said.get("address").trim(), said.get("text").trim(), shots.photos()];
    const problem = missing(kind, address, photos);
    fill(form, { error: problem && word(problem) });
    if (problem) return;
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      await context.act("meldung", null, { category: kind.slug, title: kind.name, point: place?.point || null, accuracy: place?.accuracy ?? null, address, text }, photos);
    } catch (error) {
      button.disabled = false;
      fill(form, { error: word("notKept") });
      if (!error.reason) throw error;
      return;
    }
    // Nothing half written is left that would keep a new release waiting.
    form.reset();
    context.say(word("kept"));
    context.go("#/heute");
  });

  draw(context);
  locate();
  return {
    update: draw,
    leave() {
      end();
      shots.clear();
    },
  };
}
