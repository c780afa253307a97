// Whether this device has room for what is to be kept on it, asked before a photo is taken.
import {database} from "./database.js";

/** What a photo needs at most once it is made smaller; one that cannot be made smaller may need more and is told then. */
const PHOTO = 1.5 * 2 ** 20;

/**
 * Whether there is room for `count` photos. Browsers tell everybody the same large number for the room that is left, so
 * it is tried: as much is written and deleted again.
 */
export async function roomFor(count) {
  const trial = database("anliegen-room", { trials: "id" });
  const kept = await trial.put("trials", { id: 1, blob: new Blob([new Uint8Array(count * PHOTO)]) });
  await trial.remove("trials", 1);
  return kept;
}

/** Ask the browser not to clear away what waits here when it needs room. */
export async function askToKeep() {
  try {
    if (!(await navigator.storage.persisted())) await navigator.storage.persist();
  } catch {
    // Browsers without it decide by themselves.
  }
}
