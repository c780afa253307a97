// What a crew does, as a queue: each deed under its own `client_key`, with its time and what it was based on, sent in the
// order it was done, its photos before it, one by one. Nothing leaves the phone before the server has said it has it.
//
// A row: {client_key, user, case (null for a new report and for the order of a day), kind, at (ms), turn, based_on ({version} | {key}), text,
// photos [keys], day, point [lon, lat], accuracy, title; sent [keys of photos that arrived]}; of a new report also
// {category, address, number}; when it needs a person {state: "refused", status, reason, detail, errors, conflict, lost}.
import {Later, Queue, QUEUED, REFUSED, Refused, SENT, entered, reach} from "../offline/queue.js";
import {newKey} from "../offline/database.js";
import {days, deeds, photos, together, whose} from "./store.js";

const API = "/aussendienst/api/";
/** The form of the interface that this app speaks. */
export const SCHEMA = 1;
export const REPORT = "meldung";
const ORDER = "reihenfolge";
/** Deeds after which a job is off one's hands. */
export const OFF = ["nicht-moeglich", "zurueckgeben", "wiedervorlage"];
const TIME = 30_000;
/** Bytes per millisecond that a line must carry at least, or a photo is tried again. */
const SLOWEST = 4;
/** A photo that arrived damaged so often is damaged on the phone. */
const DAMAGED = 5;
/** So often photos are sent again of which the server says that they are not there. */
const RESENT = 3;

/** The queue of this phone; only rows of whoever is logged in are sent. */
export const actions = new Queue({ name: "aussendienst", rows: deeds, send, inOrder: true, lane: (row) => row.case || row.client_key, mine });

async function mine() {
  const user = await whose();
  return (row) => row.user === user?.id;
}

/** Headers of every request; `user` where something is sent for somebody. */
export function headersFor(user = null) {
  return { Accept: "application/json", "Field-Schema": String(SCHEMA), ...(user === null ? {} : { "Field-User": String(user) }) };
}

/**
 * The JSON of a good answer. Throws Later where waiting, a login or a newer app mends it, Refused where a person has to
 * decide: its facts are {reason, detail} and, for a conflict, {conflict: {job, since}}.
 */
export async function answered(answer) {
  if (answer.status >= 500 || [408, 425, 429].includes(answer.status)) throw new Later("server", Number(answer.headers.get("Retry-After")) || 0);
  let body = null;
  try {
    body = await answer.json();
  } catch {
    // Cut off in the middle, or a page of a hotel's network that wants a login first: not the answer of our server.
    if (answer.ok) throw new Later("network");
  }
  if (answer.status === 426 || (answer.ok && body?.schema !== SCHEMA)) throw new Later("schema");
  if (answer.ok) return body;
  const reason = body?.reason || "answer";
  if (answer.status === 401 || reason === "other_user") throw new Later(reason === "other_user" ? reason : "login");
  const conflict = reason === "conflict" && body.job ? { job: body.job, since: body.since || [] } : undefined;
  throw new Refused(answer.status, body?.errors || {}, { reason, detail: body?.detail || "", conflict });
}

const post = (path, row, body) => reach(API + path, { method: "POST", credentials: "same-origin", headers: { ...headersFor(row.user), "Content-Type": "application/json" }, body: JSON.stringify(body) }, TIME);

// Sending --------------------------------------------------------------------------------------------------------------
async function send(row, keep) {
  if (row.kind === REPORT) {
    if (!row.number) await keep(await sendReport(row));
    await sendPhotos(row, keep);
    await forgetPhotos(row);
    return {};
  }
  await sendPhotos(row, keep);
  const { client_key, kind, based_on, text, photos: keys, day, point, accuracy, team, order } = row;
  const said = { client_key, kind, case: row.case, at: new Date(row.at).toISOString(), based_on, text, photos: keys, day, point, accuracy, team, order };
  let body;
  try {
    body = await answered(await post("eintrag/", row, said));
  } catch (error) {
    // The server threw photos away that waited too long for their entry: they are still here.
    if (error instanceof Refused && error.facts.reason === "photos" && (row.resent || 0) < RESENT) {
      await keep({ sent: [], resent: (row.resent || 0) + 1 });
      throw new Later("server");
    }
    if (error instanceof Refused && error.facts.conflict) await draw(row.user, error.facts.conflict.job);
    throw error;
  }
  if (kind === ORDER) await days.change(row.user, (kept) => (kept && isFor(row, kept.data) ? { ...kept, data: arranged(kept.data, order) } : undefined));
  else if (OFF.includes(kind)) await strike(row.user, row.case);
  else if (body.job) await draw(row.user, body.job);
  await forgetPhotos(row);
  return { version: body.version, entry: body.entry };
}

async function sendReport(row) {
  const { client_key, category, point, accuracy, text, address } = row;
  const said = { client_key, at: new Date(row.at).toISOString(), category, point, accuracy, text, address, photos_follow: row.photos.length };
  const { number, url, released } = await answered(await post("meldung/", row, said));
  return { number, url, released };
}

/** Send what is left of the photos. Each that arrived is written down, so that a bad line loses at most one way. */
async function sendPhotos(row, keep) {
  const sent = [...(row.sent || [])];
  for (const key of row.photos.filter((one) => !sent.includes(one))) {
    const photo = await photos.get(key);
    const blob = photo && (await readable(photo.blob));
    if (!blob || (row.damaged || 0) >= DAMAGED) throw new Refused(0, {}, { reason: "photo", detail: "", lost: [key] });
    const body = new FormData();
    if (row.kind === REPORT) body.append("report", row.client_key);
    else body.append("case", row.case);
    body.append("key", key);
    body.append("sha256", photo.sha256);
    body.append("role", photo.role);
    body.append("taken_at", new Date(photo.at).toISOString());
    body.append("file", blob, `${row.photos.indexOf(key) + 1}.${blob.type === "image/png" ? "png" : "jpg"}`);
    const answer = await reach(`${API}foto/`, { method: "POST", credentials: "same-origin", headers: headersFor(row.user), body }, TIME + blob.size / SLOWEST);
    try {
      await answered(answer);
    } catch (error) {
      // No picture the server can use: the deed can go without it.
      if (error instanceof Refused && [400, 413].includes(error.status) && error.facts.reason === "invalid") throw new Refused(error.status, error.errors, { ...error.facts, lost: [key] });
      if (!(error instanceof Refused) || error.facts.reason !== "damaged") throw error;
      await keep({ damaged: (row.damaged || 0) + 1 });
      throw new Later("network");
    }
    sent.push(key);
    await keep({ sent, damaged: 0 });
  }
}

/** The blob if it can still be read, else null: what a phone cleared away must not stop the queue without a word. */
async function readable(blob) {
  try {
    await blob.slice(0, 1).arrayBuffer();
    return blob;
  } catch {
    return null;
  }
}

async function forgetPhotos(row) {
  for (const key of row.photos) await photos.remove(key);
}

/** Whether the order of a row is that of this day. */
export function isFor(row, data) {
  return row.kind === ORDER && row.day === data.day && row.team === data.team?.id;
}

/** The day in another order; how long an order of one's own is, only the server knows. */
export function arranged(data, order) {
  const place = (job) => (order.includes(job.id) ? order.indexOf(job.id) : order.length + (job.position || 0));
  const jobs = [...data.jobs].sort((one, other) => place(one) - place(other)).map((job) => (order.includes(job.id) ? { ...job, position: order.indexOf(job.id) + 1 } : job));
  const short = order.join() === (data.proposed || []).join();
  return { ...data, jobs, lengths: { ...data.lengths, entered: short ? data.lengths?.proposed || 0 : 0 } };
}

/** A job that is off one's hands, out of the day that is kept. */
async function strike(user, id) {
  await days.change(user, (row) => (row ? { ...row, data: { ...row.data, jobs: row.data.jobs.filter((job) => job.id !== id) } } : undefined));
}

/** A job as the server has it now, into the day that is kept. */
async function draw(user, job) {
  await days.change(user, (row) => (row ? { ...row, data: { ...row.data, jobs: row.data.jobs.map((one) => (one.id === job.id ? { ...one, ...job } : one)) } } : undefined));
}

// Doing ----------------------------------------------------------------------------------------------------------------
/**
 * Do something with a job; without one a new report ("meldung", facts {category, point, accuracy, text, address}) or the
 * order of a day ("reihenfolge", facts {team, day, order}). `taken`: photos {blob, role, taken_at (Date or ms)}. `half` is
 * the name of the form that it comes of (see halves.js), `who` the id of the person whose screen it is. Resolves to the row
 * once it stands on the disk with its photos; throws an Error with reason "room" where the phone refused, "login" where
 * nobody is logged in, or somebody else in another tab.
 */
export function act(kind, job, facts = {}, taken = [], half = "", who = null) {
  const what = { ...facts, kind, case: job?.id ?? null, title: facts.title || job?.title || "", number_of: job?.number || "" };
  return enter(what, taken, half, who, (rows) => (job ? baseFor(rows, job) : null));
}

/** What an action is based on: the phone's own last one for this case while the job shown is not its result. */
export function baseFor(rows, job) {
  const last = rows.filter((row) => row.case === job.id).sort((one, other) => one.turn - other.turn).at(-1);
  return last && !(last.state === SENT && (last.version || 0) <= job.version) ? { key: last.client_key } : { version: job.version };
}

async function enter(facts, taken, half, who, base) {
  const user = await whose();
  if (!user || (who !== null && who !== user.id)) throw Object.assign(new Error("Nobody is logged in."), { reason: "login" });
  const key = newKey();
  const shots = await Promise.all(taken.map((shot) => photographed(shot, { action: key, case: facts.case, user: user.id })));
  let row = null;
  const kept = await together(["actions", "photos", "halves"], (transaction) => {
    const rows = transaction.objectStore("actions");
    transaction.objectStore("halves").delete(half);
    for (const shot of shots) transaction.objectStore("photos").put(shot);
    rows.getAll().onsuccess = ({ target }) => {
      const known = target.result;
      const turn = known.reduce((most, one) => Math.max(most, one.turn), 0) + 1;
      row = entered({ ...facts, client_key: key, user: user.id, turn, text: facts.text || "", photos: shots.map((shot) => shot.key), based_on: base(known.filter((one) => one.user === user.id)) });
      rows.put(row);
    };
  });
  if (!kept) throw Object.assign(new Error("The phone did not keep it."), { reason: "room" });
  actions.tell();
  askForSync();
  actions.run();
  return row;
}

/** A photo as it is kept: its bytes, read once, and their digest. */
async function photographed({ blob, role = "", taken_at: at = Date.now() }, owner) {
  const bytes = await blob.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { ...owner, key: newKey(), blob: new Blob([bytes], { type: blob.type || "image/jpeg" }), sha256, role, at: Number(at) };
}

/** The browser shall wake the worker when there is reception, also when this page is closed by then. */
export async function askForSync() {
  try {
    const { sync } = (await globalThis.navigator?.serviceWorker?.ready) || {};
    await sync?.register("aussendienst");
  } catch {
    // Without Background Sync it is sent on opening and when reception is back.
  }
}

// Deciding -------------------------------------------------------------------------------------------------------------
/**
 * What becomes of a row that needs its person: "again" (based on what is there now, without photos that are lost), "note"
 * (as a note, whatever it was), "drop". `facts` are corrections. Resolves to whether the phone kept it.
 */
export async function settle({ client_key: key }, choice, facts = {}) {
  const done = await together(["actions", "photos"], (transaction) => {
    const rows = transaction.objectStore("actions");
    rows.getAll().onsuccess = ({ target }) => {
      const row = target.result.find((one) => one.client_key === key);
      if (row?.state !== REFUSED) return;
      const base = row.conflict ? { version: row.conflict.job.version } : row.based_on;
      if (choice === "drop") {
        drop(transaction, row, target.result, base);
        return;
      }
      for (const lost of row.lost || []) transaction.objectStore("photos").delete(lost);
      const kind = choice === "note" ? "notiz" : row.kind;
      const left = row.photos.filter((one) => !row.lost?.includes(one));
      const { conflict: _seen, lost: _lost, reason: _reason, detail: _detail, status: _status, ...rest } = row;
      rows.put({ ...rest, ...facts, kind, photos: left, based_on: base, damaged: 0, state: QUEUED, tries: 0, next: 0, errors: null });
    };
  });
  actions.tell();
  if (done) actions.run("person");
  return done;
}

/** Take back what was not tried yet; resolves to false where it may already be with the server. */
export async function undo(row) {
  if (!(await actions.take(row.client_key, untried))) return false;
  await together(["actions", "photos"], (transaction) => {
    transaction.objectStore("actions").getAll().onsuccess = ({ target }) => drop(transaction, row, target.result, row.based_on);
  });
  actions.tell();
  return true;
}

const untried = (row) => row.state === QUEUED && !row.tries && !row.sent?.length;

/** Forget a row with its photos; what was based on it is based on `base` from now on. */
function drop(transaction, row, all, base) {
  const rows = transaction.objectStore("actions");
  rows.delete(row.client_key);
  for (const photo of row.photos) transaction.objectStore("photos").delete(photo);
  for (const other of all) if (other.based_on?.key === row.client_key) rows.put({ ...other, based_on: base });
}

// Telling --------------------------------------------------------------------------------------------------------------
/** How many rows of `user` are {here (waiting), sending, arrived, needs (a decision)}, and of somebody else (foreign). */
export function counted(rows, user) {
  const own = rows.filter((row) => row.user === user?.id);
  const count = (...states) => own.filter((row) => states.includes(row.state)).length;
  return { here: count(QUEUED), sending: count("sending"), arrived: count(SENT), needs: count(REFUSED), foreign: rows.filter((row) => row.user !== user?.id && row.state !== SENT).length };
}
