// What this device keeps until a report is sent: drafts, their photos, and the queue of what is to be sent.
import {database, storeOf} from "../offline/database.js";

const kept = database("anliegen", { drafts: "secret", photos: "id", queue: "client_key" });

export const { get, all, put, remove, change } = kept;
/** The rows of the queue (see offline/queue.js). */
export const queued = storeOf(kept, "queue");

/** Photos of a draft in the order they were chosen. */
export async function photosOf(secret) {
  const rows = await all("photos");
  return rows.filter((row) => row.secret === secret).sort((one, other) => one.at - other.at);
}

/** Change parts of a draft's row; makes it where there is none. Resolves to whether the device kept it. */
export async function keepDraft(secret, alter) {
  const written = await change("drafts", secret, (found) => {
    const row = found || { secret, fields: {}, report: null };
    alter(row);
    row.at = Date.now();
    return row;
  });
  return written !== undefined;
}

/** Forget a draft with its photos: it was sent, or is older than the server keeps it. */
export async function forget(secret) {
  for (const photo of await photosOf(secret)) await remove("photos", photo.id);
  await remove("drafts", secret);
}

/** Forget what is older than `days`, but nothing that still waits to be sent. */
export async function sweep(days = 30) {
  const oldest = Date.now() - days * 86_400_000;
  const rows = await queued.all();
  const waiting = new Set(rows.filter((row) => row.state !== "sent").map((row) => row.secret));
  for (const draft of await all("drafts")) if (draft.at < oldest && !waiting.has(draft.secret)) await forget(draft.secret);
  for (const photo of await all("photos")) if (photo.at < oldest && !waiting.has(photo.secret)) await remove("photos", photo.id);
  for (const row of rows) if (row.state === "sent" && (row.sent_at || row.at) < oldest) await queued.remove(row.client_key);
}
