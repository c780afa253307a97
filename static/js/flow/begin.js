// The start of the flow: drafts that only this device knows are offered beside those of the server.
import {reports} from "../offline/reports.js";
import {all} from "./store.js";

const section = document.querySelector("[data-device-drafts]");
const { shell } = document.documentElement.dataset;
const model = section?.querySelector("template");
const queued = new Set((await reports.all()).map((row) => row.secret));
const drafts = (await all("drafts")).filter(({ secret, report }) => !queued.has(secret) && report && (report.text || report.address || report.point || report.category));
for (const { secret, report, at } of drafts.sort((one, other) => other.at - one.at).slice(0, 3)) {
  if (!model || document.querySelector(`a[href*="${CSS.escape(secret)}"]`)) continue;
  const item = model.content.cloneNode(true);
  item.querySelector("a").href = `${shell}#${secret}`;
  const day = new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  item.querySelector(".choice__hint").textContent = [report.address, day].filter(Boolean).join(" · ");
  section.querySelector("ul").append(item);
  section.hidden = false;
}
