// A small layer over IndexedDB: rows in stores, blobs among them. Where it is missing (private windows of old browsers)
// nothing is kept and everything else still works. Written for a phone that is switched off at any moment.

/** Pauses in milliseconds before a database that could not be opened is tried again. */
const PAUSES = [100, 300, 600];

/**
 * The database `name` with its `stores` ({store: key path}). A new `version` only ever adds stores: what stands in the
 * others may still wait to be sent.
 */
export function database(name, stores, version = 1) {
  let opening = null;

  function open() {
    opening ||= patiently();
    return opening;
  }

  /** Just after a crash a browser may refuse once, because what held the files is only being cleared away. */
  async function patiently() {
    for (const pause of globalThis.indexedDB ? PAUSES : []) {
      const opened = await once();
      if (opened) return opened;
      await new Promise((resolve) => { setTimeout(resolve, pause); });
    }
    return once();
  }

  /** One try: the opened database, or null. */
  function once() {
    return new Promise((resolve) => {
      let request;
      try {
        request = indexedDB.open(name, version);
      } catch {
        resolve(null);
        return;
      }
      request.onupgradeneeded = () => {
        const known = request.result.objectStoreNames;
        for (const [store, keyPath] of Object.entries(stores)) if (!known.contains(store)) request.result.createObjectStore(store, { keyPath });
      };
      request.onsuccess = () => {
        const opened = request.result;
        // A newer page wants to add a store, or the browser closed it: it is opened anew when it is needed.
        opened.onversionchange = () => { opened.close(); opening = null; };
        opened.onclose = () => { opening = null; };
        resolve(opened);
      };
      request.onerror = () => resolve(null);
    });
  }

  /** Run `deed(store)`; resolves to the result of the request it returns once everything is on the disk. */
  async function within(store, mode, deed) {
    const opened = await open();
    if (!opened) return undefined;
    return new Promise((resolve, reject) => {
      const transaction = opened.transaction(store, mode, mode === "readwrite" ? { durability: "strict" } : {});
      const request = deed(transaction.objectStore(store), transaction);
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }

  /** One row by its key, undefined if there is none. */
  const get = (store, key) => within(store, "readonly", (rows) => rows.get(key));

  /** All rows of a store. */
  const all = async (store) => (await within(store, "readonly", (rows) => rows.getAll())) || [];

  /**
   * Write a row. Resolves to false where the device refuses (full, private), so that nobody is told it were kept. It is
   * committed at once, so that a page which is just being left gets it through.
   */
  async function put(store, row) {
    try {
      const deed = (rows, transaction) => {
        const request = rows.put(row);
        transaction.commit?.();
        return request;
      };
      return (await within(store, "readwrite", deed)) !== undefined;
    } catch {
      return false;
    }
  }

  /** Delete a row; one that is gone is no error. */
  const remove = (store, key) => within(store, "readwrite", (rows) => rows.delete(key)).catch(() => undefined);

  /**
   * Read and write a row in one go, so that pages and the worker do not overwrite each other. `deed(row)` gets a row or
   * undefined and returns what to write, undefined for nothing. Resolves to what was written; undefined also where the
   * device refuses.
   */
  async function change(store, key, deed) {
    let written;
    try {
      await within(store, "readwrite", (rows) => {
        const request = rows.get(key);
        request.onsuccess = () => {
          written = deed(request.result);
          if (written !== undefined) rows.put(written);
        };
        return request;
      });
    } catch {
      return undefined;
    }
    return written;
  }

  /**
   * Several stores in one go, all of it or nothing: `deed(transaction)` makes the requests. Resolves to whether it stands
   * on the disk; false where the device refuses.
   */
  async function together(names, deed) {
    const opened = await open();
    if (!opened) return false;
    return new Promise((resolve) => {
      try {
        const transaction = opened.transaction(names, "readwrite", { durability: "strict" });
        transaction.oncomplete = () => resolve(true);
        transaction.onabort = transaction.onerror = () => resolve(false);
        deed(transaction);
      } catch {
        resolve(false);
      }
    });
  }

  return { get, all, put, remove, change, together };
}

/** One store of a database by itself: the same verbs without its name. */
export function storeOf(base, store) {
  return {
    get: (key) => base.get(store, key),
    all: () => base.all(store),
    put: (row) => base.put(store, row),
    remove: (key) => base.remove(store, key),
    change: (key, deed) => base.change(store, key, deed),
  };
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
