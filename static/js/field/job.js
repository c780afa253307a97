// One job: what it is, where it is, and what can be done with it. Three deeds lie at the bottom, below the thumb.
import {pictureOf} from "./camera.js";
import {away, cleared, clock, counted, driveTo, fill, made, put, shortDay, slot, word} from "./dom.js";
import {half, inFront, nameOf} from "./halves.js";
import {isOver, marksOf} from "./marks.js";
import {position, positionState, watchPosition} from "./position.js";
import {openMore, openPhoto, openSheet} from "./sheets.js";

/** What can still be said about a job that is done with. */
const AFTERWARDS = ["notiz", "leitung"];

/** Draw the screen of the job `params.id`; see app.js for what a screen returns. */
export function show(root, context, { id }) {
  const view = { root, context, id, dialog: null, stop: null, camera: null, last: null, gone: false };
  cleared(root);
  root.onclick = (event) => clicked(view, event);
  view.stop = watchPosition(() => draw(view));
  draw(view);
  reopen(view);
  return {
    update() {
      draw(view);
    },
    leave() {
      view.gone = true;
      view.stop();
      view.dialog?.close();
      root.onclick = null;
    },
  };
}

const jobOf = ({ context, id }) => context.day?.jobs.find((one) => one.id === id);

/** What this phone may do with a job now: what the server offers, less what was done here already. */
function deedsOf(job) {
  return isOver(job) ? job.deeds.filter((deed) => AFTERWARDS.includes(deed)) : job.deeds.filter((deed) => deed !== "uebernehmen" || !job.mine);
}

// Drawing --------------------------------------------------------------------------------------------------------------
function draw(view) {
  const { root, context } = view;
  const job = jobOf(view);
  if (!job) {
    put(root, made("no-job"));
    return;
  }
  const waiting = job.needs.length ? counted("needs", job.needs.length) : job.waiting.length ? counted("waiting", job.waiting.length) : null;
  const deeds = deedsOf(job);
  const node = fill(made("job"), {
    title: job.title,
    place: job.place,
    marks: marksOf(job, context),
    far: farOf(job),
    waiting: Boolean(waiting),
    waitingText: waiting,
    ways: Boolean(job.point),
    photos: job.photos.map(shot),
    text: job.text,
    facts: factsOf(job),
    notesPart: job.notes.length > 0,
    notes: job.notes.map((note) => fill(made("told"), { who: note.by, at: clock(note.at), text: note.text })),
    contactPart: Boolean(job.contact),
    contact: job.contact ? contactOf(job.contact) : null,
    earlierPart: job.earlier.length > 0,
    earlier: job.earlier.map((one) => fill(made("told"), { who: one.number, at: [shortDay(one.at), one.state_label].join(", "), text: one.title })),
    thumbs: deeds.length > 0,
    camera: deeds.includes("notiz"),
  });
  if (job.point) {
    node.querySelector("[data-drive]").href = driveTo(job.point, job.title);
    node.querySelector("[data-map]").href = `#/karte/${job.id}`;
  }
  const [done, more] = [node.querySelector('[data-deed="erledigt"]'), node.querySelector("[data-more]")];
  done.hidden = !deeds.includes("erledigt");
  more.hidden = !deeds.some((deed) => deed !== "erledigt");
  if (job.needs.length) slot(node, "waiting").classList.add("job__note--needs");
  view.last = job;
  put(root, node);
  keepCamera(view);
}

/** The field stays the same one however often the screen is drawn: while the camera is open its photo comes to it. */
function keepCamera(view) {
  const field = view.root.querySelector("#camera");
  if (!view.camera) {
    view.camera = field;
    field.addEventListener("change", () => taken(view).finally(() => { delete field.dataset.busy; }));
    field.addEventListener("cancel", () => { delete field.dataset.busy; });
  } else if (field !== view.camera) {
    const focused = field === document.activeElement;
    field.replaceWith(view.camera);
    if (focused) view.camera.focus({ preventScroll: true });
  }
}

function farOf(job) {
  if (!job.point) return null;
  const state = positionState();
  if (state === "found") return away(position().point, job.point);
  if (state === "waiting") return word("gpsWait");
  if (state === "none") return word("gpsNone");
  const ask = fill(made("button"), { label: word("gpsAsk") });
  ask.dataset.gps = "";
  return ask;
}

const ROLES = { before: "before", after: "after", answer: "answered", report: "reported" };

function shot(photo, index) {
  const node = fill(made("shot"), { role: word(ROLES[photo.role] || "reported") });
  const image = node.querySelector("img");
  image.src = photo.thumb;
  image.alt = word("photoOf", { n: index + 1, a: word(ROLES[photo.role] || "reported") });
  const open = node.querySelector("button");
  open.dataset.photo = open.dataset.key = photo.id;
  return node;
}

function factsOf(job) {
  const facts = [[word("number"), job.number], [word("state"), job.state_label], [word("asset"), job.asset], ...job.answers];
  return facts.filter(([, value]) => value).map(([name, value]) => fill(made("fact"), { name, value: typeof value === "object" ? value.name || value.title || value.label : value }));
}

function contactOf({ name, phone, email }) {
  const link = (href, label) => Object.assign(document.createElement("a"), { href, textContent: label, className: "job__reach" });
  const parts = [];
  if (name) parts.push(Object.assign(document.createElement("b"), { textContent: name }));
  if (phone) parts.push(link(`tel:${phone.replace(/[^+\d]/g, "")}`, word("call", { n: phone })));
  if (email) parts.push(link(`mailto:${email}`, word("write", { n: email })));
  return parts;
}

// Deeds ----------------------------------------------------------------------------------------------------------------
async function clicked(view, event) {
  const job = jobOf(view);
  const pressed = event.target.closest("button, label[for=camera], input");
  if (!job || !pressed) return;
  if (pressed.matches("label")) {
    event.preventDefault();
    await openCamera(view);
  } else if (pressed.id === "camera" && event.isTrusted) {
    event.preventDefault();
    await openCamera(view);
  } else if ("gps" in pressed.dataset) {
    view.stop();
    view.stop = watchPosition(() => draw(view), true);
    draw(view);
  } else if (pressed.dataset.photo) {
    view.dialog = openPhoto(job.photos.find((one) => String(one.id) === pressed.dataset.photo), pressed.querySelector("img").alt);
  } else if ("more" in pressed.dataset) {
    view.dialog = openMore(deedsOf(job), (deed) => begin(view, deed));
  } else if (pressed.dataset.deed) begin(view, pressed.dataset.deed);
}

/** The camera opens only where its photo can be kept. */
async function openCamera(view) {
  const { context } = view;
  if (!(await context.roomFor(2))) {
    context.say(word("room"));
    return;
  }
  view.camera.dataset.busy = "";
  view.camera.click();
}

/** A photo by the thumb is kept at once: the first one shows how it was, those that follow how it became. */
async function taken(view) {
  const [file] = view.camera.files;
  const job = jobOf(view) || view.last;
  if (!file) return;
  const role = job.photos.some((photo) => photo.role === "before") ? "after" : "before";
  const at = Date.now();
  view.camera.dataset.busy = "";
  view.camera.value = "";
  const blob = await pictureOf(file);
  if (!blob) return view.context.say(word("photoBroken"));
  const why = await done(view, "notiz", job, {}, [{ blob, role, taken_at: at }]);
  if (why) view.context.say(why);
  else view.context.say(word(role === "before" ? "keptBefore" : "keptAfter"));
}

/** The form that was open when the phone closed the app, for instance because its camera needed the room. */
async function reopen(view) {
  const left = await inFront();
  if (left?.id === view.id && deedsOf(jobOf(view) || { deeds: [], needs: [] }).includes(left.kind)) await begin(view, left.kind);
}

async function begin(view, kind) {
  const job = jobOf(view);
  if (!job) return;
  if (kind === "uebernehmen") {
    done(view, kind, job, {}, []).then((why) => view.context.say(why || word("kept")));
    return;
  }
  const before = await half(nameOf(kind, job.id));
  if (view.gone || view.dialog?.open) return;
  const keep = async (facts, photos, name) => {
    const now = jobOf(view) || job;
    const why = await done(view, kind, now, facts, photos, name);
    if (why) return why;
    const off = ["erledigt", "nicht-moeglich", "zurueckgeben", "wiedervorlage"].includes(kind);
    view.context.say(word("kept"));
    if (off) view.context.go("#/heute");
    return "";
  };
  view.dialog = openSheet(kind, job, view.context, keep, before);
}

/** Resolves to why the phone has not kept it, in words; "" where it has. */
async function done({ context }, kind, job, facts, photos, name = "") {
  try {
    await context.act(kind, job, facts, photos, name);
    return "";
  } catch (error) {
    if (!error.reason) console.error(error);
    return word(error.reason === "login" ? "notLoggedIn" : "notKept");
  }
}
