// The receipt: print button, focus on the thanks, and nothing of the draft stays on this device.
import {all, forget, remove} from "./store.js";
import "./outbox.js";

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
for (const item of await all("queue")) {
  if (item.client_key === root?.dataset.key) {
    await remove("queue", item.client_key);
    document.getElementById(`outbox-${item.client_key}`)?.remove();
  }
}
