// The field view: opens the screen that the address names, keeps the day fresh, says what waits, sends it.
import {actions, act, askForSync, counted, settle, undo} from "./actions.js";
import {applied, denial, fill, goodbye, leave, load, report, sync, told} from "./day.js";
import {whose} from "./store.js";
import {inFront} from "./halves.js";
import {askToKeep, roomFor} from "../offline/room.js";
import {word} from "./dom.js";
import * as today from "./today.js";
import * as job from "./job.js";
import * as map from "./map.js";
import * as fresh from "./fresh.js";
import * as queue from "./queue-screen.js";

const root = document.documentElement.dataset;
const screen = document.getElementById("screen");
const line = document.getElementById("state");
const said = document.getElementById("say");
const tabs = document.getElementById("tabs");
const screens = { heute: today, karte: map, auftrag: job, neu: fresh, warteschlange: queue };
const FRESH = 5 * 60_000;
const SAID = 8_000;
const UPDATES = 30 * 60_000;
/** Nobody touched the phone for so long: it may load a new release. */
const IDLE = 20_000;
const context = { user: null, day: null, at: 0, rows: [], foreign: [], counts: counted([], null), online: navigator.onLine, waitsForLogin: false, outdated: false, actions, act: (kind, job, facts, taken, half) => act(kind, job, facts, taken, half, context.user?.id ?? null), settle, undo, roomFor, go, say, sync: fetchDay, retry: () => actions.run("person"), logout };
let shown = null;
let told_at = "";
let blobs = new Map();
let silence = 0;
let registration = null;
let stale = false;
let touched = Date.now();

// What the screens get -------------------------------------------------------------------------------------------------
/** Read anew what is kept; the screen redraws itself. Calls that come together are one. */
let gathering = null;
let again = false;
function gather() {
  if (gathering) {
    again = true;
    return gathering;
  }
  gathering = (async () => {
    do {
      again = false;
      await gatherOnce();
    } while (again);
  })().finally(() => { gathering = null; });
  return gathering;
}

async function gatherOnce() {
  const [user, kept, all] = [await whose(), await load(), await actions.all()];
  const rows = told(all);
  const before = context.user?.id;
  context.user = user && { id: user.id, name: user.who };
  context.rows = rows.filter((row) => row.user === user?.id);
  context.foreign = rows.filter((row) => row.user !== user?.id && row.state !== "sent");
  context.counts = counted(all, user);
  context.online = navigator.onLine;
  context.at = kept?.at || 0;
  const addresses = new Map();
  for (const [key, address] of blobs) addresses.set(key, address);
  context.day = kept ? await applied(kept.data, context.rows, addresses) : null;
  const needed = new Set((context.day?.jobs || []).flatMap((one) => one.photos.map((photo) => photo.id)));
  for (const [key, address] of addresses) {
    if (needed.has(key)) continue;
    URL.revokeObjectURL(address);
    addresses.delete(key);
  }
  blobs = addresses;
  tell();
  tabs.hidden = !context.user;
  const name = document.querySelector("[data-team]");
  if (name && context.day?.team) name.textContent = context.day.team.name;
  if (shown && before && context.user && before !== context.user.id) start();
  else if (shown) redraw();
}

/** Somebody else logged in, in another tab: what is open here is not theirs. */
function start() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  go("#/heute");
}

/** The line that always says where everything is. */
function tell() {
  const { here, sending, needs, foreign } = context.counts;
  const kept = here + foreign;
  const state = needs ? "needs" : sending ? "sending" : kept ? "waiting" : "calm";
  const texts = { needs: needs === 1 ? word("stateNeedsOne") : word("stateNeedsMany", { n: needs }), sending: word("stateSending", { n: here + sending }), waiting: word("stateWaiting", { n: kept }), calm: word("stateCalm") };
  if (line.dataset.state !== state) line.dataset.state = state;
  const text = line.querySelector("[data-text]");
  if (text.textContent !== texts[state]) text.textContent = texts[state];
  const held = (...reasons) => context.rows.some((row) => row.state === "queued" && reasons.includes(row.reason));
  document.getElementById("ask-login").hidden = !context.waitsForLogin && !held("login", "other_user");
  document.getElementById("ask-update").hidden = !context.outdated && !held("schema");
}

/** Say something once, for eyes and for screen readers. */
function say(text) {
  clearTimeout(silence);
  said.textContent = text;
  said.hidden = false;
  silence = setTimeout(() => { said.textContent = ""; }, SAID);
}

// Screens --------------------------------------------------------------------------------------------------------------
function go(hash) {
  if (location.hash === hash) route();
  else location.hash = hash;
}

/** Open the screen that the address names. */
function route() {
  if (stale && !busy()) return void location.reload();
  const [name, id = ""] = location.hash.replace(/^#\//, "").split("/");
  const key = Object.hasOwn(screens, name) ? name : "heute";
  const params = { id: /^\d+$/.test(id) ? Number(id) : id };
  shown?.view?.leave?.();
  const mine = { key, params, view: null, module: screens[key] };
  shown = mine;
  for (const tab of tabs.querySelectorAll("a")) {
    if (tab.dataset.tab === key) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  mine.view = mine.module.show(screen, context, params) || null;
  scrollTo(0, 0);
  if (told_at && told_at !== location.hash) (screen.querySelector("h1[tabindex]") || screen).focus({ preventScroll: true });
  told_at = location.hash || "#/heute";
}

function redraw() {
  if (shown.view?.update) shown.view.update(context);
  else if (!busy()) shown.view = shown.module.show(screen, context, shown.params) || null;
}

/** Whether somebody is in the middle of something that must not be drawn over or loaded anew. */
function busy() {
  const active = document.activeElement;
  return Boolean(document.querySelector("dialog[open], [data-busy]")) || (screen.contains(active) && active.matches("input:not([type=file]), textarea, select")) || [...screen.querySelectorAll("textarea")].some((field) => field.value);
}

// Fetching and sending -------------------------------------------------------------------------------------------------
/** Fetch the day and send what waits. Resolves to what day.sync says. */
async function fetchDay(choice) {
  const result = await sync(choice);
  context.waitsForLogin = result === "login" || result === "denied";
  if (result === "denied") say(denial());
  if (result === "room") say(word("dayNotKept"));
  if (result === "schema") registration?.update().catch(() => undefined);
  context.outdated = result === "schema";
  await gather();
  if (result !== "fresh" && result !== "same") return result;
  actions.run("login");
  const kept = await load();
  if (kept) fill(kept.data);
  return result;
}

/** There may be reception again: send, fetch. */
async function wake() {
  context.online = navigator.onLine;
  actions.run("reception");
  if (Math.abs(Date.now() - context.at) > FRESH || context.waitsForLogin) await fetchDay();
}

/** Log out; see day.leave. */
async function logout(anyway = false) {
  if (!(await leave(anyway))) {
    await gather();
    return false;
  }
  context.waitsForLogin = true;
  location.hash = "#/heute";
  await gather();
  return true;
}

let beat = 0;
let before = "";
/** The desk hears when what waits here has changed. */
function heartbeat() {
  const { here, sending, needs } = context.counts;
  const now = `${here + sending}/${needs}`;
  if (now === before) return;
  clearTimeout(beat);
  beat = setTimeout(() => { before = now; report(); }, 5_000);
}

// Release --------------------------------------------------------------------------------------------------------------
/** Keep the worker; a new one takes over when nobody is in the middle of something. It waits until the page is calm. */
async function keepWorker() {
  if (!("serviceWorker" in navigator)) return;
  try {
    if (!root.worker) {
      await (await navigator.serviceWorker.getRegistration(root.shell))?.unregister();
      return;
    }
    registration = await navigator.serviceWorker.register(root.worker, { scope: root.shell, updateViaCache: "none" });
  } catch {
    // A private window: everything works as long as there is a network.
    return;
  }
  const old = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!old) return;
    stale = true;
    // In a hidden page a half filled form is written down (halves.js); what a camera brings would be lost.
    if (!busy() || (document.hidden && !document.querySelector("[data-busy]"))) location.reload();
  });
  if (!registration) return; // blocked: the same as without
  const offer = () => {
    if (busy()) return;
    if (stale) location.reload();
    else if (old) registration.waiting?.postMessage("take over");
  };
  document.addEventListener("visibilitychange", () => document.hidden && offer());
  setInterval(() => { if (Date.now() - touched > IDLE) offer(); }, IDLE / 2);
  offer();
  setInterval(() => registration.update().catch(() => undefined), UPDATES);
  const { length } = await actions.waiting();
  if (length) askForSync();
}

/** The person asks for the new release: the new worker takes over as soon as it is there; without one the page is new. */
async function fetchRelease() {
  try {
    await registration?.update();
  } catch {
    return void say(word("needsReception"));
  }
  if (registration?.installing || registration?.waiting) {
    const fresh = registration.installing || registration.waiting;
    const take = () => fresh.state === "installed" && fresh.postMessage("take over");
    fresh.addEventListener("statechange", take);
    take();
  } else location.reload();
}

// Start ----------------------------------------------------------------------------------------------------------------
addEventListener("hashchange", route);
document.querySelector("[data-update]").addEventListener("click", fetchRelease);
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
addEventListener("online", wake);
addEventListener("offline", gather);
addEventListener("pagehide", () => { actions.leaving = true; });
addEventListener("pageshow", (event) => {
  actions.leaving = false;
  if (event.persisted) wake();
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) wake(); });
// Whoever logged out without a network is still logged in at the server: it hears of it before anybody logs in anew.
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[href*='/anmelden/']");
  if (!link || event.defaultPrevented) return;
  event.preventDefault();
  if (navigator.onLine === false) return void say(word("needsReception"));
  await goodbye();
  location.assign(link.href);
});
actions.onChange(() => gather().then(heartbeat));

const calm = () => setTimeout(() => (window.requestIdleCallback ? requestIdleCallback(keepWorker, { timeout: 2000 }) : keepWorker()), 1000);
if (document.readyState === "complete") calm();
else addEventListener("load", calm);
await gather();
// The phone closed the app over a form that was half filled in: it is opened where it was.
const half = location.hash ? null : await inFront();
if (half?.id === null) history.replaceState(null, "", "#/neu");
else if (context.day?.jobs.some((job) => job.id === half?.id)) history.replaceState(null, "", `#/auftrag/${half.id}`);
route();
askToKeep();
actions.run("reception");
fetchDay();
