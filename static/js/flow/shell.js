// The whole report flow in one page, which opens without a network: the same parts as the server's steps, but what is
// typed stays in this browser's storage, and the report goes into the queue (offline/queue.js), which sends it.
//
// Addresses: `#neu` begins, `#<draft>` goes on where something is missing, `#<draft>/<step>` shows a step,
// `#<draft>/<step>/weiter` also goes on behind it, and `#<draft>/aendern` takes it out of the queue first. Served in place of `/melden/<draft>/<step>/` it opens that draft.
import {newKey} from "../offline/database.js";
import {reports} from "../offline/reports.js";
import {fieldsOf, fill, merged, pairsOf} from "./fields.js";
import {enqueue, takeOver} from "./keeping.js";
import {initPhotos} from "./photos.js";
import {initPlace} from "./place.js";
import {showQueued} from "./queued.js";
import {photoProblems, problemsOf, showProblems, shellWord, facts} from "./shell-checks.js";
import {drawCheck, drawDrafts, drawMore, onlyPlaceless, placeOfPhoto} from "./shell-draw.js";
import {get, keepDraft, photosOf, put, sweep} from "./store.js";
import {initWhat} from "./what.js";
import {later, say} from "./words.js";

const STEPS = ["ort", "was", "genauer", "kontakt", "pruefen"];
const home = document.documentElement.dataset.shell || location.pathname;
const root = () => document.getElementById("flow");
let page = null;

/** The draft of an address or of the page that this one stands in for: {id, step, on}. */
function wanted() {
  const [id = "", step = "", on = ""] = decodeURIComponent(location.hash.slice(1)).split("/");
  if (id) return { id, step, on: on === "weiter" };
  const parts = location.pathname.split("/").filter(Boolean);
  const last = parts.at(-1);
  return STEPS.includes(last) && parts.length > 2 ? { id: parts.at(-2), step: last, on: false } : { id: "", step: "", on: false };
}

/** Show what the address says. */
async function open() {
  const { id, step, on } = wanted();
  page?.leave();
  page = null;
  if (id === "neu") return begin();
  if (!id) {
    if (root().dataset.step !== "start") return location.reload();
    return drawDrafts(root(), begin);
  }
  const row = (await reports.all()).find((one) => one.secret === id && one.state !== "refused");
  if (row) return opened(row, step === "aendern");
  const draft = await get("drafts", id);
  if (!draft?.report) return show("gone");
  await keepDraft(id, takeOver);
  return draw(await get("drafts", id), step, on);
}

/** A draft that is in the queue: on request it is taken out and changed while nobody has it; else its fate is shown. */
async function opened(row, change) {
  if (change && (await reports.take(row.client_key))) {
    await keepDraft(row.secret, (draft) => {
      takeOver(Object.assign(draft, { report: draft.report || row.report }));
      if (row.tries || row.tried) draft.tried = row.tried || row.report;
    });
    return draw(await get("drafts", row.secret), "", false);
  }
  location.replace(row.receipt || facts.device);
  return undefined;
}

/** A new draft with what the link or the form brought: place, address, category. */
async function begin() {
  const query = new URLSearchParams(location.search);
  const [lat, lon] = [Number(query.get("lat") || NaN), Number(query.get("lon") || NaN)];
  const category = query.get("kategorie") || "";
  const key = newKey();
  const report = { client_key: key, municipality: facts.municipality, category: facts.categories[category] ? category : "", text: "", address: query.get("adresse") || "", answers: {}, contact: { email: "", name: "", phone: "", public_name: false } };
  if (query.get("objekt")) report.asset = query.get("objekt").trim().slice(0, 80);
  if (Number.isFinite(lat) && Number.isFinite(lon)) report.point = { type: "Point", coordinates: [lon, lat] };
  await keepDraft(key, (row) => Object.assign(row, { report, ahead: true, placeless: false, told: "", seen: false, draft: null }));
  history.replaceState(null, "", `${home}#${key}/ort`);
  return open();
}

/** The first step that still misses something. */
function gapOf(draft) {
  for (const step of STEPS.slice(0, 4)) {
    if (step === "genauer" && !asksMore(draft)) continue;
    if (problemsOf(step, draft).length) return step;
    if (step === "genauer" && draft.told !== draft.report.category) return step;
    if (step === "kontakt" && !draft.seen) return step;
  }
  return "pruefen";
}

function asksMore({ report }) {
  const category = facts.categories[report.category];
  return Boolean(category && (category.asks || category.danger !== null));
}

/** Draw a step of a draft. A report that the server refused opens where something is wrong. */
async function draw(draft, asked, on) {
  const refused = (await reports.all()).find((row) => row.secret === draft.secret && row.state === "refused");
  const gap = gapOf(draft);
  const faults = refused ? faultsOf(refused.errors) : new Map();
  const first = STEPS.find((step) => faults.has(step));
  let step = STEPS.includes(asked) ? asked : first || gap;
  if (step === "genauer" && !asksMore(draft)) step = "was";
  // What comes after a gap cannot be filled in yet, such as the questions of a category that is not chosen.
  if (STEPS.indexOf(gap) < STEPS.indexOf(step)) step = gap;
  history.replaceState(history.state, "", `${location.pathname === new URL(home, location.href).pathname ? "" : home}#${draft.secret}/${step}`);
  show(step);
  const form = root().querySelector("[data-flow-form]");
  const local = { secret: draft.secret, step, report: draft.report, photos: null, check: null, anonymous: facts.anonymous, placeless: draft.placeless };
  const current = { form, local, draft, settled: async () => {}, keep: () => {}, leave: () => {} };
  page = current;
  back(draft, step);
  if (step === "genauer") drawMore(root(), draft);
  fill(form, pairsOf(draft.report, step));
  // What comes late from a step that was left must not overwrite what was typed since.
  const save = () => { if (page === current) store(current); };
  current.keep = later(save, 200);
  addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", save);
  current.leave = () => {
    removeEventListener("pagehide", save);
    document.removeEventListener("visibilitychange", save);
  };
  form.addEventListener("input", current.keep);
  form.addEventListener("change", save);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    next(current, event.submitter);
  });
  await bring(current);
  const told = [...(faults.get(step) || [])];
  if (told.length) showProblems(root(), told, shellWord("refused"));
  else if (on) await next(current, null);
}

/** Each step's own life. */
async function bring(current) {
  const { form, local, draft } = current;
  for (const plain of root().querySelectorAll("[data-plain]")) plain.hidden = true;
  if (local.step === "ort") {
    const map = form.querySelector("#place-map");
    // Tiles are not kept on the device: our own ground is, once it was seen.
    delete map.dataset.tiles;
    delete map.dataset.archive;
    delete map.dataset.attribution;
    await initPlace(current);
  } else if (local.step === "was") {
    onlyPlaceless(form, draft);
    current.placeOf = (row) => placeOfPhoto(row, draft.report);
    initWhat(current);
    await initPhotos(current);
  } else if (local.step === "kontakt") {
    const shown = facts.categories[draft.report.category]?.public;
    const name = form.elements.public_name?.closest(".kern-form-check");
    if (name) name.hidden = !shown;
  } else if (local.step === "pruefen") await drawCheck(root(), draft);
}

/** Put a step's template into the page, as the server's page has it. */
function show(name) {
  const fresh = document.querySelector(`template[data-step="${name}"]`).content.cloneNode(true);
  root().dataset.step = name;
  root().replaceChildren(fresh);
  const heading = root().querySelector("#question");
  const count = root().querySelector(".stepper__count");
  document.title = `${[count?.textContent.trim(), heading.textContent.trim()].filter(Boolean).join(": ")} – ${facts.title}`;
  if (count) {
    count.id = "step-count";
    heading.setAttribute("aria-describedby", "step-count");
  }
  scrollTo({ top: 0, behavior: "instant" });
  heading.focus({ preventScroll: true });
}

/** Where the link "back" leads. */
function back(draft, step) {
  const before = { ort: "", was: "ort", genauer: "was", kontakt: asksMore(draft) ? "genauer" : "was", pruefen: "kontakt" }[step];
  root().querySelector(".link--back").href = before ? `#${draft.secret}/${before}` : facts.start;
  for (const link of root().querySelectorAll(".answers__change a")) link.href = `#${draft.secret}/${link.getAttribute("href").slice(1)}`;
}

/** Keep what is typed on this step. Resolves to whether the device did. */
function store({ form, local, draft }) {
  if (local.step === "pruefen") return true;
  Object.assign(draft, { report: merged(draft.report, local.step, fieldsOf(form)) });
  local.report = draft.report;
  if (draft.report.point || (local.step === "ort" && draft.report.address)) draft.placeless = local.placeless = false;
  draft.at = Date.now();
  return put("drafts", draft);
}

/** On to the next step, if nothing is missing on this one. */
async function next(current, submitter) {
  const { form, local, draft } = current;
  const { step } = local;
  const name = submitter?.name;
  if (name === "take_place") return takePlace(current);
  if (name === "anonymous") fill(form, [["email", ""], ["name", ""], ["phone", ""]]);
  if (step === "pruefen") return send(current);
  if (name === "placeless") fill(form, [["address", ""], ["lat", ""], ["lon", ""], ["pinned", ""]]);
  await current.settled();
  await store(current);
  if (name === "placeless") draft.placeless = true;
  const problems = name === "placeless" ? [] : [...problemsOf(step, draft, form), ...(step === "was" ? photoProblems(draft.report, (await photosOf(draft.secret)).length) : [])];
  if (problems.length) return showProblems(root(), problems);
  if (step === "was" && draft.told !== draft.report.category) draft.told = "";
  if (step === "genauer") draft.told = draft.report.category;
  if (step === "kontakt") draft.seen = true;
  const kept = await put("drafts", draft);
  if (!kept) say(shellWord("full"));
  let after = STEPS[STEPS.indexOf(step) + 1];
  if (after === "genauer" && !asksMore(draft)) after = "kontakt";
  if (draft.seen && step !== "kontakt") after = gapOf(draft);
  if (page === current) location.hash = `#${local.secret}/${after}`;
  return undefined;
}

/** The place of a photo becomes the place of the report. */
async function takePlace(current) {
  const { draft, form } = current;
  const [lat, lon] = form.querySelector("[data-proposal]").dataset.at.split(",").map(Number);
  await store(current);
  draft.report = { ...draft.report, point: { type: "Point", coordinates: [lon, lat] }, address: "" };
  current.local.report = draft.report;
  draft.placeless = current.local.placeless = false;
  await store(current);
  form.querySelector("[data-proposal]").hidden = true;
  say(shellWord("map"));
}

/** Into the queue, and on its way at once where there is a network. */
async function send({ draft, form }) {
  const category = facts.categories[draft.report.category];
  const gap = gapOf(draft);
  if (gap !== "pruefen") {
    location.hash = `#${draft.secret}/${gap}`;
    return;
  }
  form.querySelector("[data-send]").disabled = true;
  const kept = await enqueue({ secret: draft.secret, report: draft.report, check: null, draft: draft.draft || null, title: category.name, place: draft.report.address });
  if (!kept) {
    form.querySelector("[data-send]").disabled = false;
    showProblems(root(), [{ anchor: "", message: shellWord("full") }], shellWord("refused"));
    return;
  }
  page.leave();
  page = null;
  history.replaceState(null, "", home);
  await showQueued(draft.report.client_key, { leave: navigator.onLine !== false });
  reports.run("reception");
}

/** What the server refused, by step: [{anchor, message}]. */
function faultsOf(errors) {
  const of = { point: ["ort", "address"], address: ["ort", "address"], category: ["was", "id_category"], text: ["was", "text"], photos: ["was", "photos"], "contact.email": ["kontakt", "email"], "contact.name": ["kontakt", "name"], "contact.phone": ["kontakt", "phone"], email: ["kontakt", "email"] };
  const found = new Map();
  for (const [field, messages] of Object.entries(errors || {})) {
    const [step, anchor] = field.startsWith("answers.") ? ["genauer", `id_q-${field.slice(8)}`] : of[field] || ["pruefen", ""];
    found.set(step, [...(found.get(step) || []), ...[messages].flat().map((message) => ({ anchor, message }))]);
  }
  return found;
}

function reception() {
  document.getElementById("shell-note").hidden = navigator.onLine !== false;
}

addEventListener("hashchange", open);
addEventListener("online", reception);
addEventListener("offline", reception);
reception();
sweep();
open();
