// Whether this device has room for what is to be kept on it, asked before a photo is taken.

/** What a photo needs at most once it is made smaller; one that cannot be made smaller may need more and is told then. */
const PHOTO = 1.5 * 2 ** 20;

/** Whether there is room for `count` photos; true where the browser does not tell. */
export async function roomFor(count) {
  try {
    const { quota, usage } = await navigator.storage.estimate();
    return quota - usage > count * PHOTO;
  } catch {
    return true;
  }
}

/** Ask the browser not to clear away what waits here when it needs room. */
export async function askToKeep() {
  try {
    if (!(await navigator.storage.persisted())) await navigator.storage.persist();
  } catch {
    // Browsers without it decide by themselves.
  }
}
