// What a crew's phone keeps: the day, what was done and waits to be sent, its photos. IndexedDB "aussendienst".
//
//   days     {user, etag, at (ms, when it was fetched), data (as the API gave it)}, one per user
//   actions  rows of the queue (see actions.js)
//   photos   {key, action (client_key), case, user, blob, sha256 (hex), role, at (ms)}
//   meta     {name: "user", id, who}: whose phone it is now; {name: "sizes", of: {address: bytes}}: what the cache holds;
//            {name: "leaving", at}: logged out here, the server does not know yet
//   halves   what is half filled in (see halves.js), by the name of its form
import {database, storeOf} from "../offline/database.js";

const kept = database("aussendienst", { days: "user", actions: "client_key", photos: "key", meta: "name", halves: "name" }, 2);

export const days = storeOf(kept, "days");
export const deeds = storeOf(kept, "actions");
export const photos = storeOf(kept, "photos");
export const meta = storeOf(kept, "meta");
export const halves = storeOf(kept, "halves");
/** Several of the stores in one go (see offline/database.js). */
export const together = kept.together;
/** The cache with photos, tiles and ground of the day. */
export const DAY_CACHE = "aussendienst-day";

/** Whose phone it is now: {id, who}, null while nobody is logged in. */
export async function whose() {
  const row = await meta.get("user");
  return row ? { id: row.id, who: row.who } : null;
}

/** A queued photo's row, undefined once it has arrived. */
export function photoOf(key) {
  return photos.get(key);
}

/** Forget the day, the cache, what is half filled in and what has arrived of everybody; what still waits stays bound to who did it. */
export async function wipe() {
  for (const { user } of await days.all()) await days.remove(user);
  for (const row of await deeds.all()) if (row.state === "sent") await deeds.remove(row.client_key);
  for (const { name } of await halves.all()) await halves.remove(name);
  await sweepPhotos();
  await meta.remove("sizes");
  await globalThis.caches?.delete(DAY_CACHE);
}

/** Photos whose action is gone or has arrived. Those of an action that is just being written stand in the same commit. */
export async function sweepPhotos() {
  const waiting = new Set((await deeds.all()).filter((row) => row.state !== "sent").map((row) => row.client_key));
  for (const photo of await photos.all()) if (!waiting.has(photo.action)) await photos.remove(photo.key);
}
