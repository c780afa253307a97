// What opens from below over a job: the choice of deeds, the form of one deed, and a photo in full.
import {camera} from "./camera.js";
import {keepHalf, nameOf} from "./halves.js";
import {distance, fill, made, metres, slot, word} from "./dom.js";
import {position, positionState, watchPosition} from "./position.js";

/** What the form of each deed asks for; "must" words are needed. */
const FORMS = {
  erledigt: { photos: "after", text: "may", blocks: "blocks" },
  "nicht-moeglich": { photos: "", text: "must", blocks: "reasons" },
  leitung: { photos: "", text: "must" },
  notiz: { photos: "", text: "must" },
  ort: { place: true, text: "may" },
  zurueckgeben: { text: "must" },
  wiedervorlage: { day: true, text: "may" },
};
/** So long an address may be. */
const ADDRESS = 250;
/** A position that is less exact than this, in metres, is no place to move a job to. */
const EXACT = 100;

function opened(dialog) {
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]") || (event.target === dialog && outside(dialog, event))) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function outside(dialog, { clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

/** The choice of what else can be done: `chosen(deed)` is told. Returns the dialog. */
export function openMore(deeds, chosen) {
  const dialog = made("more");
  for (const row of dialog.querySelectorAll("[data-deed-row]")) row.hidden = !deeds.includes(row.dataset.deedRow);
  dialog.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-deed]");
    if (!choice) return;
    dialog.close();
    chosen(choice.dataset.deed);
  });
  return opened(dialog);
}

/** A photo that fills the screen, and can be looked at in its full size. Returns the dialog. */
export function openPhoto(photo, name) {
  const dialog = fill(made("photo"), { size: word("full") });
  const image = dialog.querySelector("img");
  image.alt = name;
  image.src = photo.full;
  image.onerror = () => {
    image.onerror = null;
    image.src = photo.thumb;
  };
  dialog.querySelector("[data-size]").onclick = () => {
    const large = dialog.classList.toggle("viewer--full");
    fill(dialog, { size: word(large ? "fit" : "full") });
  };
  return opened(dialog);
}

/**
 * The form of a deed, with what was filled in before (`half`, see halves.js). `keep(facts, photos, name)` is asked to keep it
 * and resolves to why it is not kept in words, "" where it is; the form closes only then. Returns the dialog.
 */
export function openSheet(kind, job, context, keep, half = null) {
  const form = FORMS[kind];
  const sheet = { kind, job, form, shots: null, half: null, dialog: made("sheet"), stop: () => undefined };
  const { dialog } = sheet;
  const blocks = (form.blocks && context.day?.[form.blocks]) || [];
  fill(dialog, {
    title: word(kind),
    hint: word(`${kind}Hint`),
    shooting: "photos" in form,
    gps: null,
    dayField: Boolean(form.day),
    blocks: blocks.length > 0,
    blocksName: word(form.blocks === "reasons" ? "reasons" : "blocks"),
    blocksAll: blocks.map(block),
    textName: word(`${kind}Text`),
    error: null,
    send: word(`${kind}Send`),
  });
  if (form.day) dialog.querySelector("#sheet-day").min = new Date(Date.now() + 86_400_000).toLocaleDateString("sv");
  const field = dialog.querySelector("#sheet-text");
  if (form.place) field.maxLength = ADDRESS;
  if (half) {
    field.value = half.values.text || "";
    dialog.querySelector("#sheet-day").value = half.values.day || "";
    for (const ready of dialog.querySelectorAll(".block")) ready.setAttribute("aria-pressed", String(field.value.includes(ready.dataset.text)));
  }
  if (form.place) {
    const told = () => fill(dialog, { gps: placeWords(sheet) });
    sheet.stop = watchPosition(told, true);
    told();
  }
  if ("photos" in form) {
    // What it has to say is said in the form: all else lies behind it.
    const here = { roomFor: context.roomFor, say: (text) => problem(sheet, text) };
    sheet.shots = camera(slot(dialog, "shooting"), here, { role: form.photos, first: kind === "erledigt" ? "erledigtShoot" : "photoTake", taken: half?.shots, onChange: () => sheet.half.changed() });
  }
  sheet.half = keepHalf(dialog.querySelector("form"), nameOf(kind, job.id), () => sheet.shots?.photos() || []);
  dialog.addEventListener("click", (event) => {
    const ready = event.target.closest(".block");
    if (ready) choose(sheet, ready);
    // Whoever cancels does not want it back; whoever only touched beside it does.
    if (event.target.closest("[data-close]")) sheet.half.forget();
  });
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    submit(sheet, keep);
  });
  dialog.addEventListener("close", async () => {
    sheet.stop();
    if (sheet.shots?.working()) await sheet.shots.ready();
    sheet.half.close();
    sheet.shots?.clear();
  });
  return opened(dialog);
}

function block(one) {
  const node = made("block");
  node.textContent = one.title || one.name || one.text || one;
  node.dataset.text = one.text || one;
  return node;
}

function placeWords({ job }) {
  const state = positionState();
  if (state === "none") return word("gpsNone");
  if (state !== "found") return word("gpsWait");
  const { point, accuracy } = position();
  if (!job.point) return word("gpsFound", { n: metres(accuracy) });
  return word("ortMoved", { a: metres(accuracy), b: metres(distance(point, job.point)) });
}

// In the form ----------------------------------------------------------------------------------------------------------
/** A ready sentence goes into the words, or out of them again. */
function choose({ dialog, half }, ready) {
  const field = dialog.querySelector("#sheet-text");
  const { text } = ready.dataset;
  const inside = field.value.includes(text);
  field.value = inside ? field.value.replace(text, "").replace(/\s{2,}/g, " ").trim() : [field.value.trim(), text].filter(Boolean).join(" ");
  ready.setAttribute("aria-pressed", String(!inside));
  half.changed();
}

function problem({ dialog }, text, field = null) {
  fill(dialog, { error: text });
  if (!field) return;
  dialog.querySelector(field).focus();
  // Not behind the bar below, which has just grown by what is said.
  dialog.querySelector(field).scrollIntoView({ block: "center" });
}

/** Press by press: a photo that is still being made smaller belongs to it. */
async function submit(sheet, keep) {
  const send = slot(sheet.dialog, "send").closest("button");
  if (send.disabled) return;
  send.disabled = true;
  try {
    await sheet.shots?.ready();
    if (sheet.dialog.open) await hand(sheet, keep);
  } catch (error) {
    problem(sheet, word("notKept"));
    throw error;
  } finally {
    send.disabled = false;
    sheet.half.hold(false);
  }
}

async function hand(sheet, keep) {
  const { dialog, form } = sheet;
  const photos = sheet.shots?.photos() || [];
  const text = dialog.querySelector("#sheet-text").value.trim();
  const day = dialog.querySelector("#sheet-day").value;
  const facts = { text };
  if (form.text === "must" && !text && !(sheet.kind === "notiz" && photos.length)) return problem(sheet, word("needText"), "#sheet-text");
  if (form.day) {
    if (!day || day <= new Date().toLocaleDateString("sv")) return problem(sheet, word("needDay"), "#sheet-day");
    facts.day = day;
  }
  if (form.place) {
    const here = position();
    if (!here || here.accuracy > EXACT) return problem(sheet, word("needPlace"));
    Object.assign(facts, { point: here.point, accuracy: here.accuracy });
  }
  sheet.half.hold(true);
  const why = await keep(facts, photos, nameOf(sheet.kind, sheet.job.id));
  if (why) return problem(sheet, why);
  sheet.half.forget();
  dialog.close();
  return undefined;
}
