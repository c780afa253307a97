// No connection in the middle of the flow: it is said, what was typed is kept, and it may be sent later by itself.
import {word} from "./words.js";

const panel = () => document.getElementById("flow-offline");

/**
 * Show the note above the form. `fields` are the unsent [name, value] pairs of this step, `retry` tries again, `send`
 * (missing where it cannot be) gets the whole report to send it later.
 */
export function showOffline({ form, local }, { fields, retry, send }) {
  const note = panel();
  const report = merged(local, fields);
  const step = local.step;
  const ready = Boolean(send && report.category && report.text?.trim() && (report.point || report.address || local.placeless));
  const asks = ready && step !== "kontakt" && !report.contact.email;
  note.querySelector("[data-offline-text]").textContent = word(ready ? "later" : "retry");
  note.querySelector("[data-offline-later]").hidden = !asks;
  const button = note.querySelector("[data-offline-send]");
  button.hidden = !ready;
  button.onclick = () => {
    const email = note.querySelector("#later-email");
    if (asks) report.contact.email = email.value.trim();
    if (asks && ((!report.contact.email && !local.anonymous) || !email.checkValidity())) {
      email.setAttribute("aria-invalid", "true");
      email.focus();
      return;
    }
    send(report);
  };
  note.querySelector("[data-offline-retry]").onclick = () => {
    hideOffline();
    retry();
  };
  form.before(note);
  note.hidden = false;
  note.focus();
  note.scrollIntoView({ block: "start" });
}

/** Take the note away. */
export function hideOffline() {
  const note = panel();
  if (!note || note.hidden) return;
  note.hidden = true;
  // It lives beside the step, which is replaced.
  document.getElementById("flow").after(note);
}

/** The report as the server knows it, with the unsent fields of this step. */
function merged(local, fields) {
  const report = structuredClone(local.report);
  const one = (name) => fields.find(([key]) => key === name)?.[1] ?? "";
  if (local.step === "ort") {
    report.address = one("address").trim();
    delete report.point;
    if (one("lat") && one("lon")) report.point = { type: "Point", coordinates: [Number(one("lon")), Number(one("lat"))] };
  } else if (local.step === "was") {
    report.category = one("category");
    report.text = one("text");
    if (report.category !== local.report.category) report.answers = {};
  } else if (local.step === "genauer") {
    report.answers = answersOf(fields);
  } else if (local.step === "kontakt") {
    report.contact = { email: one("email").trim(), name: one("name"), phone: one("phone"), public_name: one("public_name") === "on" };
  }
  return report;
}

/** Answers by slug out of fields "q-<slug>"; several values under one name are a list. */
function answersOf(fields) {
  const answers = {};
  for (const [name, value] of fields) {
    if (!name.startsWith("q-") || value === "") continue;
    const slug = name.slice(2);
    answers[slug] = slug in answers ? [answers[slug], value].flat() : value;
  }
  return answers;
}
