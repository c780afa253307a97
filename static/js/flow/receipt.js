// The receipt: print button, focus on the thanks, and nothing of the draft stays on this device.
import {reports} from "../offline/reports.js";
import {all, forget} from "./store.js";

const root = document.getElementById("flow");
const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
document.getElementById("question")?.focus();
for (const draft of await all("drafts")) {
  if (draft.report?.client_key === root?.dataset.key) await forget(draft.secret);
}
// It is in front of the reader, so no page announces it any more; the list of this device keeps number and link.
const row = (await reports.all()).find((one) => one.client_key === root?.dataset.key);
// A row that never had to wait leaves nothing behind.
const waited = row && (row.state === "sent" || !row.by);
const facts = { state: "sent", seen: true, report: null, tried: null, number: document.querySelector(".receipt__number")?.textContent.trim(), receipt: location.pathname };
if (row) await reports.edit(row.client_key, waited ? facts : null);
