// No connection in the middle of the flow: it is said, what was typed is kept, and it may be sent later by itself.
import {merged} from "./fields.js";
import {word} from "./words.js";

const panel = () => document.getElementById("flow-offline");

/**
 * Show the note above the form. `fields` are the unsent [name, value] pairs of this step, `retry` tries again, `on` goes
 * on without a connection (missing in browsers that cannot), `send` (missing where it cannot be) gets the whole report
 * to send it later.
 */
export function showOffline({ form, local }, { fields, retry, on = null, send = null }) {
  const note = panel();
  const report = merged(local.report, local.step, fields);
  const step = local.step;
  const ready = Boolean(send && report.category && report.text?.trim() && (report.point || report.address || local.placeless));
  const asks = ready && step !== "kontakt" && !report.contact.email;
  note.querySelector("[data-offline-text]").textContent = word(on ? "goOn" : ready ? "later" : "retry");
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
  const further = note.querySelector("[data-offline-on]");
  further.hidden = !on;
  further.onclick = on;
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
