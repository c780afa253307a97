// What this device keeps until a report is sent: drafts, their photos, and the queue of what is to be sent.
// IndexedDB; where it is missing (private windows of old browsers) nothing is kept and everything else still works.

const NAME = "anliegen";
const STORES = { drafts: "secret", photos: "id", queue: "client_key" };
let opening = null;

function open() {
  opening ||= new Promise((resolve) => {
    let request;
    try {
      request = indexedDB.open(NAME, 1);
    } catch {
      resolve(null);
      return;
    }
    request.onupgradeneeded = () => {
      for (const [store, keyPath] of Object.entries(STORES)) request.result.createObjectStore(store, { keyPath });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => resolve(null);
  });
  return opening;
}

async function run(store, mode, deed) {
  const database = await open();
  if (!database) return undefined;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode);
    const request = deed(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

/** One row by its key, undefined if there is none. */
export const get = (store, key) => run(store, "readonly", (rows) => rows.get(key));
/** All rows of a store. */
export const all = async (store) => (await run(store, "readonly", (rows) => rows.getAll())) || [];
/** Write a row. Resolves to false where the device refuses (full, private), so that nobody is told it were kept. */
export async function put(store, row) {
  try {
    return (await run(store, "readwrite", (rows) => rows.put(row))) !== undefined;
  } catch {
    return false;
  }
}
/** Delete a row; one that is gone is no error. */
export const remove = (store, key) => run(store, "readwrite", (rows) => rows.delete(key)).catch(() => undefined);

/** Photos of a draft in the order they were chosen. */
export async function photosOf(secret) {
  const rows = await all("photos");
  return rows.filter((row) => row.secret === secret).sort((one, other) => one.at - other.at);
}

/** Change parts of a draft's row; makes it where there is none. */
export async function keepDraft(secret, change) {
  const row = (await get("drafts", secret)) || { secret, fields: {}, report: null };
  change(row);
  row.at = Date.now();
  return put("drafts", row);
}

/** Forget a draft with its photos: it was sent, or is older than the server keeps it. */
export async function forget(secret) {
  for (const photo of await photosOf(secret)) await remove("photos", photo.id);
  await remove("drafts", secret);
}

/** Forget what is older than `days`. */
export async function sweep(days = 30) {
  const oldest = Date.now() - days * 86_400_000;
  for (const draft of await all("drafts")) if (draft.at < oldest) await forget(draft.secret);
  for (const photo of await all("photos")) if (photo.at < oldest) await remove("photos", photo.id);
}

/** A random key, also where crypto.randomUUID is missing (http without localhost). */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
