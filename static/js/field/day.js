// The day of a crew on its phone: fetched, kept with its photos and its map, drawn with what was done since, and forgotten
// at logout, when somebody else logs in, or when it is too old.
import {Later, Refused, REFUSED, SENT, reach, waits} from "../offline/queue.js";
import {OFF, actions, answered, arranged, counted, headersFor, isFor} from "./actions.js";
import {DAY_CACHE, days, deeds, meta, photos, sweepPhotos, whose, wipe} from "./store.js";

const root = document.documentElement.dataset;
const TIME = 30_000;
const DAY = 86_400_000;
/** Bytes of photos and tiles at most, and where the person saves data; never more than a quarter of what is free. */
const BUDGET = 60 * 2 ** 20;
const FRUGAL = 8 * 2 ** 20;
const TILES = 500;
/** Zooms that are kept around a job, and how many tiles to each side. */
const AROUND = [[13, 1], [15, 1], [16, 1], [17, 1], [18, 1]];
const AT_ONCE = 4;
/** What has arrived is still shown for so long. */
const ARRIVED = DAY;
/** How often logging out tries to send what waits. */
const TURNS = 3;
let filling = null;
let denied = "";

// Reading --------------------------------------------------------------------------------------------------------------
/** The day of whoever is logged in: {user, etag, at, data}, null while there is none. One that is too old is forgotten. */
export async function load() {
  const user = await whose();
  const row = user && (await days.get(user.id));
  if (!row) return null;
  if (Date.now() - row.at < (row.data.keep_days || 1) * DAY) return row;
  await wipe();
  return null;
}

/**
 * The day with what this phone did and the server does not know yet drawn into it: each job gets `waiting` and `needs`
 * (rows), and photos of the queue ({id, thumb, full, role, local: true}; their addresses are blobs of `shown`, which
 * `applied` fills and whoever shows them releases).
 */
export async function applied(data, rows, shown = new Map()) {
  const blobs = new Map((await photos.all()).map((photo) => [photo.key, photo]));
  const unsent = rows.filter((row) => row.state !== SENT);
  const address = (key) => {
    if (!shown.has(key) && blobs.has(key)) shown.set(key, URL.createObjectURL(blobs.get(key).blob));
    return shown.get(key);
  };
  const local = (row) => row.photos.filter((key) => blobs.has(key)).map((key) => ({ id: key, thumb: address(key), full: address(key), role: blobs.get(key).role, local: true }));
  const jobs = data.jobs.map((job) => {
    const own = unsent.filter((row) => row.case === job.id);
    const drawn = { ...job, waiting: own.filter(waits), needs: own.filter((row) => row.state === REFUSED || row.state === "conflict"), photos: [...job.photos, ...own.flatMap(local)] };
    for (const row of drawn.waiting) drawDeed(drawn, row, data.user);
    return drawn;
  });
  return unsent.filter((row) => isFor(row, data)).reduce((day, row) => arranged(day, row.order), { ...data, jobs });
}

/** What a deed will make of a job. */
function drawDeed(job, row, user) {
  if (row.kind === "erledigt") job.closed = true;
  else if (OFF.includes(row.kind)) job.off = row.kind;
  else if (row.kind === "uebernehmen") Object.assign(job, { mine: true, assignee: user });
  else if (row.kind === "ort" && row.point) job.point = row.point;
  else if (row.text) job.notes = [...job.notes, { at: new Date(row.at).toISOString(), by: user.name, text: row.text, pending: true }];
}

// Fetching -------------------------------------------------------------------------------------------------------------
/** Why the server does not let this person in, after `sync` said "denied". */
export function denial() {
  return denied;
}

/**
 * Fetch the day, of another `team` or `day` where one is named. Resolves to "fresh", "same", "login" (nobody is logged in
 * any more), "denied" (who is logged in has no day), "schema" (this app is too old), "room" (the phone could not keep it) or
 * "network".
 */
export async function sync({ team = null, day = null } = {}, again = false) {
  if (await meta.get("leaving")) {
    if (!(await goodbye())) return "network";
    return "login";
  }
  const begun = Date.now();
  const user = await whose();
  const known = user && (await days.get(user.id));
  const chosen = team || known?.team || null;
  const query = new URLSearchParams([["team", chosen], ["day", day]].filter(([, value]) => value));
  const same = known && (known.team || null) === chosen && (known.day || null) === day;
  const headers = { ...headersFor(), ...(same && known.etag ? { "If-None-Match": known.etag } : {}) };
  try {
    const asked = !known && !query.toString() ? await early() : null;
    const answer = asked || (await reach(`${root.api}tag/?${query}`, { headers, credentials: "same-origin", cache: "no-store" }, TIME));
    if (answer.status === 304) await days.change(user.id, (row) => (row ? { ...row, at: Date.now() } : undefined));
    else {
      const data = await answered(answer);
      if (await left(user, data.user)) return again ? "login" : sync({}, true);
      await become(data.user);
      if (!(await days.put({ user: data.user.id, etag: answer.headers.get("ETag"), at: Date.now(), team: chosen, day, data }))) return "room";
    }
    await tidy();
    // What arrived while the day was under way is not in it yet.
    if (!again && (await deeds.all()).some((row) => row.state === SENT && row.sent_at >= begun)) return sync({ team, day }, true);
    return answer.status === 304 ? "same" : "fresh";
  } catch (error) {
    return said(error);
  }
}

/** The answer that was asked for before the app was here (early.js), once; null where there is none. */
async function early() {
  const answer = await globalThis.early;
  globalThis.early = null;
  return answer || null;
}

/** Whether `user` logged out, or gave the phone to somebody else than `found`, while the day was under way. */
async function left(user, found) {
  if (await meta.get("leaving")) return true;
  const now = await whose();
  return Boolean(user) && now?.id !== user.id && now?.id !== found.id;
}

function said(error) {
  if (error instanceof Refused && error.facts.reason === "denied") {
    denied = error.facts.detail;
    return "denied";
  }
  if (error instanceof Later) return ["login", "schema"].includes(error.reason) ? error.reason : "network";
  if (error instanceof Refused) return "network";
  throw error;
}

/** From now on it is the phone of `user`. What was kept for somebody else goes, except what waits to be sent for them. */
async function become(user) {
  const before = await whose();
  if (before && before.id !== user.id) await wipe();
  if (before?.id !== user.id || before.who !== user.name) await meta.put({ name: "user", id: user.id, who: user.name });
  if (before && before.id !== user.id) actions.tell();
}

/** Forget what has arrived long ago, and photos that belong to nothing. */
async function tidy() {
  for (const row of await deeds.all()) if (row.state === SENT && row.sent_at < Date.now() - ARRIVED) await deeds.remove(row.client_key);
  await sweepPhotos();
}

/** Tell the desk what waits here; it is no harm if that fails. */
export async function report() {
  const user = await whose();
  if (!user || navigator.onLine === false) return;
  const { here, sending, needs } = counted(await actions.all(), user);
  const headers = { ...headersFor(user.id), "Content-Type": "application/json" };
  await reach(`${root.api}stand/`, { method: "POST", headers, body: JSON.stringify({ waiting: here + sending, needs_you: needs }), credentials: "same-origin" }, TIME).catch(() => undefined);
}

// Photos and map -------------------------------------------------------------------------------------------------------
/** Keep photos and map of the day within the budget, what matters most first; goes on where it was interrupted. */
export function fill(data) {
  filling ||= fillAll(data).catch(() => undefined).finally(() => { filling = null; });
  return filling;
}

async function fillAll(data) {
  if (!globalThis.caches || !("serviceWorker" in navigator)) return;
  const owner = data.user.id;
  const frugal = Boolean(navigator.connection?.saveData);
  const wanted = addresses(data, frugal);
  const cache = await caches.open(DAY_CACHE);
  const sizes = { ...(await meta.get("sizes"))?.of };
  for (const request of await cache.keys()) {
    const address = addressOf(request.url);
    if (wanted.includes(address)) continue;
    await cache.delete(request);
    delete sizes[address];
  }
  const { quota = 4 * BUDGET, usage = 0 } = (await navigator.storage?.estimate?.().catch(() => undefined)) || {};
  const held = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  const budget = Math.min(frugal ? FRUGAL : BUDGET, held + Math.max(0, quota - usage) / 4);
  let room = budget - held;
  const missing = wanted.filter((address) => !(address in sizes));
  const next = async () => {
    for (let address = missing.shift(); address && room > 0; address = missing.shift()) {
      const answer = await reach(address, { credentials: "same-origin" }, TIME);
      if (!answer.ok) continue;
      const blob = await answer.blob();
      // Somebody else may have logged in, or out, meanwhile.
      if (blob.size > room || (await whose())?.id !== owner) continue;
      room -= blob.size;
      await cache.put(address, new Response(blob, { headers: { "Content-Type": answer.headers.get("Content-Type") || blob.type } }));
      sizes[address] = blob.size;
      await meta.put({ name: "sizes", of: sizes });
    }
  };
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, next));
  // Logged out while the last of them was under way.
  if ((await whose())?.id !== owner) await caches.delete(DAY_CACHE);
  const failed = results.find(({ status }) => status === "rejected");
  if (failed) throw failed.reason;
}

const addressOf = (url) => {
  const { pathname, search } = new URL(url, location.href);
  return pathname + search;
};

/** Addresses to keep: the ground, small photos, tiles around the jobs, large photos in the order of the day. */
function addresses({ jobs, town }, frugal) {
  const ground = [town?.ground_url, town?.boundary_url, root.ground];
  const shots = jobs.flatMap((job) => job.photos);
  const tiles = town?.tiles?.url ? tilesOf(jobs, town.tiles) : [];
  const all = [...ground, ...shots.map((photo) => photo.thumb), ...(frugal ? [] : [...tiles, ...shots.map((photo) => photo.full)])];
  return [...new Set(all.filter(Boolean).map(addressOf))];
}

/** Tiles around each job, the far views first, because all jobs share them. */
function tilesOf(jobs, { url, max_zoom: deepest = 18 }) {
  const found = new Set();
  for (const [zoom, reach_] of AROUND.filter(([one]) => one <= deepest)) {
    for (const { point } of jobs.filter((job) => job.point)) {
      const [x, y] = tileAt(point, zoom);
      for (let column = x - reach_; column <= x + reach_; column += 1) {
        for (let row = y - reach_; row <= y + reach_; row += 1) {
          if (found.size < TILES) found.add(url.replace("{z}", zoom).replace("{x}", column).replace("{y}", row));
        }
      }
    }
  }
  return [...found];
}

/** Column and row of the tile (web mercator, XYZ) that holds [lon, lat] at a zoom. */
function tileAt([lon, lat], zoom) {
  const turn = (lat * Math.PI) / 180;
  const across = 2 ** zoom;
  return [Math.floor(((lon + 180) / 360) * across), Math.floor(((1 - Math.log(Math.tan(turn) + 1 / Math.cos(turn)) / Math.PI) / 2) * across)];
}

// Leaving --------------------------------------------------------------------------------------------------------------
/**
 * Log out: what waits is sent first. Resolves to false, and nothing has happened, while something of this person still
 * waits, unless `anyway`. Then, or when all is sent, the day, its photos, its map and what has arrived are deleted; what
 * waits or needs a decision stays on this phone and is this person's.
 */
export async function leave(anyway = false) {
  const user = await whose();
  if (!user) return true;
  const unsent = async () => (await actions.all()).some((row) => row.user === user.id && waits(row));
  // The worker may be the one that is sending.
  for (let turn = 0; turn < TURNS && (await unsent()); turn += 1) {
    if (turn) await new Promise((resolve) => { setTimeout(resolve, 700); });
    await actions.run("person");
  }
  if (!anyway && (await unsent())) return false;
  await meta.put({ name: "leaving", at: Date.now() });
  await meta.remove("user");
  await wipe();
  actions.tell();
  await goodbye();
  return true;
}

/** End the session on the server; resolves to whether it knows. Whoever logs in anew calls it before. */
export async function goodbye() {
  if (!(await meta.get("leaving"))) return true;
  globalThis.early = null;
  try {
    const answer = await reach(root.logout, { method: "POST", headers: headersFor(), credentials: "same-origin" }, TIME);
    if (!answer.ok && answer.status !== 401) return false;
  } catch {
    return false;
  }
  await meta.remove("leaving");
  return true;
}

/** Rows as screens get them: a conflict is a state of its own. */
export function told(rows) {
  return rows.map((row) => (row.state === REFUSED && row.conflict ? { ...row, state: "conflict" } : row));
}
