// From the flow to this device and back: what a draft holds, handing it to the queue, going on without the server.
import {askToKeep} from "../offline/room.js";
import {reports} from "../offline/reports.js";
import {merged} from "./fields.js";
import {get, keepDraft, photosOf} from "./store.js";

const data = document.documentElement.dataset;

/** Whether the page that works without a network is on this device. */
export async function canGoOn() {
  if (!data.shell || !navigator.serviceWorker?.controller) return false;
  try {
    return Boolean(await caches.match(data.shell, { ignoreSearch: true, ignoreVary: true }));
  } catch {
    return false;
  }
}

/** Hand a draft over to the page that works without a network; it goes on behind `step` if nothing is missing there. */
export async function goOn(local, step, fields) {
  await keepDraft(local.secret, (row) => {
    row.fields[step] = { ...row.fields[step], typed: fields };
    takeOver(row);
  });
  location.assign(`${data.shell}#${local.secret}/${step}/weiter`);
}

/** From now on this device leads: everything that was typed and not sent goes into the report. */
export function takeOver(row) {
  if (row.ahead) return;
  for (const step of ["ort", "was", "genauer", "kontakt"]) {
    const typed = row.fields[step]?.typed;
    if (!typed) continue;
    row.report = merged(row.report, step, typed);
    if (step === "ort" && (row.report.point || row.report.address)) row.placeless = false;
  }
  row.fields = {};
  row.ahead = true;
}

/**
 * Put a report into the queue: `{secret, report, check, draft}` and what the list of this device shows of it (`title`,
 * `place`). With `by` this page is about to send it itself, and the queue takes over if it dies meanwhile. Resolves to
 * whether the device kept it.
 */
export async function enqueue(row) {
  const tried = (await get("drafts", row.secret))?.tried || null;
  const photos = (await photosOf(row.secret)).length;
  const kept = await reports.add({ by: "", ...row, client_key: row.report.client_key, photos, tried, language: document.documentElement.lang });
  if (!kept || row.by) return kept;
  askToKeep();
  try {
    const registration = await navigator.serviceWorker?.getRegistration();
    await registration?.sync?.register("anliegen-reports");
  } catch {
    // Not allowed here: it is sent when a page is opened or the network comes back.
  }
  return true;
}
