// What the page without a network draws out of a draft: the list to go on with, the questions, the last look.
import {answerOf, watch} from "../form-conditions.js";
import {reports} from "../offline/reports.js";
import {icon} from "../pin.js";
import {boundaryHolds} from "./boundary.js";
import {fill, pairsOf} from "./fields.js";
import {facts, shellWord} from "./shell-checks.js";
import {showable} from "./shrink.js";
import {all, photosOf} from "./store.js";
import {word} from "./words.js";

const FAR = 100;

/** The start: drafts of this device to go on with, and the button that begins. */
export async function drawDrafts(root, begin) {
  const queued = new Set((await reports.all()).map((row) => row.secret));
  const drafts = (await all("drafts")).filter((row) => holds(row.report) && !queued.has(row.secret)).sort((one, other) => other.at - one.at);
  const section = root.querySelector("[data-drafts]");
  if (!section) return;
  section.hidden = !drafts.length;
  section.querySelector("ul").replaceChildren(...drafts.slice(0, 3).map(drawDraft));
  root.querySelector("[data-plain]").hidden = true;
  const button = root.querySelector("[data-begin]");
  button.hidden = false;
  root.querySelector("[data-wait]")?.removeAttribute("data-wait");
  button.querySelector("button").onclick = begin;
}

/** Whether a draft holds anything worth going on with. */
export function holds(report) {
  return Boolean(report && (report.text || report.address || report.point || report.category));
}

function drawDraft({ secret, report, at }) {
  const item = document.getElementById("shell-draft").content.cloneNode(true);
  item.querySelector("a").href = `#${secret}`;
  const name = facts.categories[report.category]?.name;
  item.querySelector("[data-name]").textContent = [shellWord("draft"), name].filter(Boolean).join(": ");
  const day = new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  item.querySelector(".choice__hint").textContent = [report.address, day].filter(Boolean).join(" · ");
  return item;
}

/** Danger and questions of the chosen category. */
export function drawMore(root, { report }) {
  const category = facts.categories[report.category];
  const danger = root.querySelector("[data-danger-note]");
  danger.hidden = category.danger === null;
  if (category.danger !== null) {
    const line = danger.querySelector("[data-danger-words]");
    line.textContent = category.danger;
    line.hidden = !category.danger;
    root.querySelector("#question").textContent = shellWord(category.asks ? "callAndAsk" : "call");
  }
  root.querySelector("[data-category-name]").textContent = category.asks ? category.name : "";
  const block = blockOf(report.category);
  if (!block) return;
  root.querySelector("[data-asked]").append(block);
  fill(root.querySelector("[data-flow-form]"), pairsOf(report, "genauer"));
  watch(root.querySelector("[data-questions]"));
}

function blockOf(slug) {
  return document.querySelector(`template[data-questions-of="${CSS.escape(slug)}"]`)?.content.cloneNode(true) || null;
}

/** Without a place only what needs none can be chosen. */
export function onlyPlaceless(form, { placeless }) {
  for (const input of form.querySelectorAll("input[name=category]")) {
    const shown = !placeless || !facts.categories[input.value]?.placed;
    input.closest("li").hidden = !shown;
    input.disabled = !shown;
  }
}

/** The place of a photo as a proposal, null when it is none, is outside, or is the one chosen already. */
export function placeOfPhoto({ place }, { point }) {
  if (!place || !boundaryHolds([place.longitude, place.latitude])) return null;
  if (point && metres(point.coordinates, [place.longitude, place.latitude]) < FAR) return null;
  return { lat: place.latitude, lon: place.longitude, text: "" };
}

function metres([lon, lat], [other, north]) {
  const east = (other - lon) * Math.cos((lat * Math.PI) / 180);
  return Math.hypot(east, north - lat) * 111_320;
}

/** Everything once, before it goes into the queue. */
export async function drawCheck(root, draft) {
  const { report } = draft;
  const category = facts.categories[report.category];
  const set = (slot, text) => { root.querySelector(`[data-${slot}]`).textContent = text; };
  set("place-words", report.address || (report.point ? shellWord("map") : shellWord("placeless")));
  root.querySelector("[data-place-note]").hidden = !(report.address && !report.point);
  root.querySelector("[data-category-icon]").innerHTML = icon(category.icon);
  set("category-name", category.name);
  root.querySelector("[data-asset-row]").hidden = !report.asset;
  set("asset", report.asset || "");
  set("words", report.text);
  drawAnswers(root, report);
  const { email, name, phone, public_name: shown } = report.contact;
  set("contact", [name, email, phone].filter(Boolean).join("\n"));
  root.querySelector("[data-no-contact]").hidden = Boolean(name || email || phone);
  root.querySelector("[data-name-note]").hidden = !(shown && name);
  root.querySelector("[data-if-public]").hidden = !category.public;
  root.querySelector("[data-if-private]").hidden = category.public;
  await drawPhotos(root, draft.secret);
}

/** The answers in the words of the questions, read from the same controls that asked them. */
function drawAnswers(root, report) {
  const model = root.querySelector("[data-answer]");
  const block = blockOf(report.category);
  if (block && Object.keys(report.answers).length) {
    const form = document.createElement("form");
    form.append(block);
    fill(form, pairsOf(report, "genauer"));
    watch(form.querySelector("[data-questions]"));
    for (const question of form.querySelectorAll("[data-question]")) {
      if (question.hidden || answerOf(question) === null) continue;
      const row = model.cloneNode(true);
      row.hidden = false;
      row.removeAttribute("data-answer");
      const [label, value] = row.children;
      label.textContent = question.dataset.label;
      value.textContent = spoken(question);
      row.querySelector("a .kern-sr-only").textContent = ` ${question.dataset.label}`;
      model.before(row);
    }
  }
  model.remove();
}

function spoken(question) {
  if (question.dataset.type === "agree") return shellWord("yes");
  const controls = [...question.querySelectorAll("input, select, textarea")];
  const chosen = controls.filter((control) => ["radio", "checkbox"].includes(control.type) && control.checked);
  if (chosen.length) return chosen.map((control) => labelOf(question, control)).join(", ");
  const [control] = controls;
  return control.tagName === "SELECT" ? control.selectedOptions[0].textContent : control.value;
}

function labelOf(question, control) {
  return question.querySelector(`label[for="${CSS.escape(control.id)}"]`)?.textContent.trim() || control.value;
}

async function drawPhotos(root, secret) {
  const rows = await photosOf(secret);
  root.querySelector("[data-no-photos]").hidden = rows.length > 0;
  const list = root.querySelector("[data-photo-list]");
  for (const [index, row] of rows.entries()) {
    const item = document.createElement("li");
    item.className = "upload-list__item";
    const text = word("photo", index + 1);
    if (await showable(row.blob)) {
      const image = document.createElement("img");
      image.src = URL.createObjectURL(row.blob);
      image.alt = text;
      image.width = image.height = 200;
      item.append(image);
    } else {
      const wait = document.createElement("span");
      wait.className = "upload-list__wait";
      wait.textContent = text;
      item.append(wait);
    }
    list.append(item);
  }
}
