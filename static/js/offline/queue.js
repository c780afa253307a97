// A queue of things that wait on this device until the server says that it has them. One row is one thing under its own
// `client_key`, which makes it safe to send twice; so the server is the truth, and the lock below only spares work.
//
//   queued ──claim──▶ sending ──▶ sent
//     ▲                  │ no answer, 5xx, 408, 425, 429: queued again, with a pause that grows
//     └── corrected ── refused    any other 4xx: kept with what is wrong
//
// With lanes (a field app: one lane per case) a row that was refused holds back only those behind it in its lane, until
// a person has decided; a server that cannot be reached holds back everything, so that nothing overtakes.
//
// A row found "sending" by whoever holds the lock was left by a tab or a worker that died: it is sent again. Pages and
// the service worker run the same code; nothing in here touches a page.
import {database} from "./database.js";

export const QUEUED = "queued";
export const SENDING = "sending";
export const SENT = "sent";
export const REFUSED = "refused";

const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 15 * 60_000;
/** Nobody is asked to wait longer: a row that says so was written before the clock was set back. */
const FAR = 60 * 60_000;
const LEASE = 180_000;
const LOCK_WAIT = 4_000;
/** A row that our server failed on so often holds back only its own lane: the others may be fine. */
const MANY = 8;
/** Answers that waiting mends. */
const PASSING = [408, 425, 429];
const leases = database("anliegen-leases", { leases: "name" });

/** No reception, or the server asks to come again after so many `seconds`. */
export class Later extends Error {
  constructor(reason, seconds = 0) {
    super(reason);
    this.reason = reason;
    this.seconds = seconds;
  }
}

/** The server will not have it as it is: `errors` are messages by field ("" for the whole), `facts` go into the row. */
export class Refused extends Error {
  constructor(status, errors = {}, facts = {}) {
    super(`Answer ${status}`);
    this.status = status;
    this.errors = errors;
    this.facts = facts;
  }
}

/** Fetch with a time limit. Throws Later("network") without an answer. */
export async function reach(url, options, milliseconds) {
  try {
    return await fetch(url, { ...options, signal: AbortSignal.timeout ? AbortSignal.timeout(milliseconds) : undefined });
  } catch {
    throw new Later("network");
  }
}

/** The JSON of a good answer; throws Later or Refused for every other. */
export async function judged(answer) {
  if (answer.status >= 500 || PASSING.includes(answer.status)) throw new Later("server", Number(answer.headers.get("Retry-After")) || 0);
  let body = null;
  try {
    body = await answer.json();
  } catch {
    // Cut off in the middle, or a page of a hotel's network that wants a login first: not the answer of our server.
    if (answer.ok) throw new Later("network");
  }
  if (!answer.ok) throw new Refused(answer.status, body?.errors || (body?.detail ? { "": [body.detail] } : {}));
  return body;
}

/** How long to wait after `tries` failures, in milliseconds. */
export function pauseAfter(tries) {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.max(0, tries - 1)) * (0.75 + Math.random() / 2);
}

export class Queue {
  #name;
  #rows;
  #send;
  #inOrder;
  #lane;
  #mine;
  #running = null;
  #again = null;
  #missed = null;
  #timer = 0;
  #listeners = [];
  #channel = null;

  /** Set while the page is being left. */
  leaving = false;
  /** This page or worker. A row whose `by` is this one is on its way by other means and left alone. */
  me = Math.random().toString(36).slice(2);

  /**
   * `rows` is a store whose key path is `client_key`. `send(row, keep)` sends one row: it calls `keep(facts)` for what
   * must not be forgotten when it dies in the middle, returns the facts of a row that is sent, and throws Later or
   * Refused. `inOrder`: nothing overtakes what waits. `lane(row)` names what must stay in order after a refusal (see
   * above). `mine()` resolves to a test of rows; what fails it belongs to somebody else and is left alone.
   */
  constructor({ name, rows, send, inOrder = false, lane = null, mine = null }) {
    this.#name = name;
    this.#rows = rows;
    this.#send = send;
    this.#inOrder = inOrder;
    this.#lane = lane;
    this.#mine = mine;
    if (typeof BroadcastChannel !== "undefined") {
      this.#channel = new BroadcastChannel(name);
      this.#channel.onmessage = () => this.#call();
    }
  }

  /** All rows, oldest first; by their `turn` where they have one, which no clock can set back. */
  async all() {
    return (await this.#rows.all()).sort((one, other) => one.turn - other.turn || one.at - other.at);
  }

  /** The rows that are still to be sent and need nobody for it. */
  async waiting() {
    const mine = this.#mine ? await this.#mine() : () => true;
    const held = new Set();
    return (await this.all()).filter((row) => {
      if (!mine(row)) return false;
      if (this.#lane && row.state === REFUSED) held.add(this.#lane(row));
      return waits(row) && row.by !== this.me && !(this.#lane && held.has(this.#lane(row)));
    });
  }

  /** Put a row into the queue. Resolves to whether the device kept it. */
  async add(row) {
    const kept = await this.#rows.put(entered(row));
    this.tell();
    return kept;
  }

  /** Change a row, or with no facts forget it. */
  async edit(key, facts) {
    if (facts === null) await this.#rows.remove(key);
    else await this.#rows.change(key, (row) => (row ? { ...row, ...facts } : undefined));
    this.tell();
  }

  /**
   * Take a row out to work on it again; resolves to false while it is under way or already with the server, and where
   * `allowed(row)` says no.
   */
  async take(key, allowed = () => true) {
    let taken = false;
    await this.#locked(async () => {
      const row = await this.#rows.get(key);
      taken = Boolean(row) && row.state !== SENT && !row.number && allowed(row);
      if (taken) await this.#rows.remove(key);
    }, LOCK_WAIT);
    this.tell();
    return taken;
  }

  /** Call `deed` after every change, in whatever page or worker it was made. */
  onChange(deed) {
    this.#listeners.push(deed);
  }

  /** Say to all pages that something changed. */
  tell() {
    this.#channel?.postMessage("changed");
    this.#call();
  }

  /**
   * Send what is due. `why`: "timer" keeps all pauses, "reception" (a page was opened, the network is back) skips those
   * that were made for the network, "person" skips all.
   */
  run(why = "timer") {
    if (this.#running) {
      if (why !== "timer") this.#again = why;
      return this.#running;
    }
    this.#running = this.#turn(why).finally(() => { this.#running = null; });
    return this.#running;
  }

  async #turn(why) {
    for (let next = why; next; next = this.#again) {
      this.#again = null;
      // Somebody else holds the lock, perhaps a page that is just being left: the same turn again, a little later.
      this.#missed = (await this.#locked(() => this.#sendAll(next))) ? null : next;
    }
    await this.#wake();
  }

  async #sendAll(why) {
    const held = new Set();
    for (const seen of await this.waiting()) {
      if (globalThis.navigator?.onLine === false && why !== "person") return;
      const lane = this.#lane?.(seen);
      if (held.has(lane)) continue;
      const row = await this.#rows.change(seen.client_key, (found) => (found && waits(found) && due(found, why) ? { ...found, state: SENDING, by: "" } : undefined));
      if (row) this.tell();
      const verdict = row ? await this.#sendOne(row) : "pause";
      if (row) this.tell();
      if (verdict === null) continue;
      if (this.#lane && (verdict === "refused" || (verdict !== "network" && seen.reason === "server" && seen.tries >= MANY))) held.add(lane);
      else if (verdict === "network" || this.#inOrder) return;
    }
  }

  /** One try; resolves to why it did not work, null when it did. */
  async #sendOne(row) {
    const { client_key: key } = row;
    const keep = (facts) => this.#rows.change(key, (found) => (found ? { ...found, ...facts } : undefined));
    try {
      const facts = await this.#send(row, keep);
      await keep({ ...facts, state: SENT, sent_at: Date.now(), errors: null });
      return null;
    } catch (error) {
      if (error instanceof Refused) {
        await keep({ ...error.facts, state: REFUSED, status: error.status, errors: error.errors });
        return "refused";
      }
      const later = error instanceof Later ? error : new Later("server");
      if (later !== error) console.error(error);
      // A page that is left breaks off what it sends: the next one goes on at once.
      if (this.leaving) return later.reason;
      const tries = (row.tries || 0) + 1;
      await keep({ state: QUEUED, tries, reason: later.reason, next: Date.now() + Math.min(FAR, Math.max(later.seconds * 1000, pauseAfter(tries))) });
      return later.reason;
    }
  }

  /** Come back when the next row is due, while this page is open. */
  async #wake() {
    clearTimeout(this.#timer);
    const waiting = await this.waiting();
    if (!waiting.length) return;
    const first = Math.min(...waiting.map((row) => row.next || 0));
    const pause = this.#missed ? 1000 : Math.max(1000, Math.min(LONGEST_PAUSE, first - Date.now()));
    this.#timer = setTimeout(() => this.run(this.#missed || "timer"), pause);
  }

  /**
   * Only one page or worker at a time; whoever comes second waits so many milliseconds, then leaves it to the first.
   * Resolves to whether it was done.
   */
  async #locked(deed, wait = 0) {
    if (globalThis.navigator?.locks) {
      const options = wait && AbortSignal.timeout ? { signal: AbortSignal.timeout(wait) } : { ifAvailable: true };
      try {
        return await navigator.locks.request(this.#name, options, async (lock) => {
          if (lock) await deed();
          return Boolean(lock);
        });
      } catch (error) {
        if (error.name !== "TimeoutError" && error.name !== "AbortError") throw error;
        return false;
      }
    }
    const mine = () => leases.change("leases", this.#name, (held) => (held && held.until > Date.now() && held.owner !== this.me ? undefined : { name: this.#name, owner: this.me, until: Date.now() + LEASE }));
    const end = Date.now() + wait;
    while (!(await mine())) {
      if (Date.now() >= end) return false;
      await new Promise((resolve) => { setTimeout(resolve, 250); });
    }
    try {
      await deed();
    } finally {
      await leases.remove("leases", this.#name);
    }
    return true;
  }

  #call() {
    for (const deed of this.#listeners) deed();
  }
}

/** A row as it enters the queue. */
export function entered(row) {
  return { at: Date.now(), ...row, state: QUEUED, tries: 0, next: 0, errors: null };
}

/** Whether a row is still to be sent ("waiting" is what earlier versions wrote). */
export function waits(row) {
  return row.state === QUEUED || row.state === SENDING || row.state === "waiting";
}

function due(row, why) {
  if (why === "person" || !row.next || row.next <= Date.now() || row.next > Date.now() + FAR) return true;
  return (why === "reception" && row.reason === "network") || (why === "login" && row.reason !== "server");
}
