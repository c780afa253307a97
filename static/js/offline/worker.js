// The service worker: opens the report flow without a network and sends what waits when no page is open.
//
// /sw.js is this file behind the ones it imports, in one script (portal/offline.py), after `CONFIG`:
//   release   changes with every static file; names the cache
//   sites     [{prefix, begin, shell, device, offline}], one per language, the longest prefix first
//   files     addresses of static files that those pages need
//   ground    address of the map's ground
// Kept are only those pages and files, which hold nothing about anybody. Everything else is left to the network.
import {reports} from "./reports.js";

const KEPT = `anliegen-${CONFIG.release}`;
const GROUND = "anliegen-ground";
const PATIENCE = 8_000;
const FRESH = 30 * 60_000;
/** The crews' view has a worker of its own. */
const FIELD = "/aussendienst/";
const MATCH = { ignoreVary: true, ignoreSearch: true };
const files = new Set(CONFIG.files);
const pages = new Set(CONFIG.sites.flatMap(({ shell, device, offline }) => [shell, device, offline]));
let refreshed = 0;

/** Fetch a page as a stranger: no cookie, so nothing personal can be in it. */
function stranger(address) {
  return fetch(address, { credentials: "omit", cache: "no-cache", redirect: "error", headers: { Accept: "text/html" } });
}

async function install() {
  const cache = await caches.open(KEPT);
  await Promise.all([...files].map((address) => cache.add(address)));
  await Promise.all([...pages].map(async (address) => {
    const answer = await stranger(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    await cache.put(address, answer);
  }));
  await self.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith("anliegen-") && ![KEPT, GROUND].includes(name)) await caches.delete(name);
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
  refreshed = Date.now();
  const connection = self.navigator.connection;
  if (!connection?.saveData) await learnGround().catch(() => undefined);
}

/** The ground of the map is large, so it comes last, and only where the network allows. */
async function learnGround() {
  const cache = await caches.open(GROUND);
  if (!(await cache.match(CONFIG.ground))) await cache.add(CONFIG.ground);
}

/** Categories, questions and telephone numbers change without a release: look for them now and then. */
async function refresh() {
  if (Date.now() - refreshed < FRESH) return;
  refreshed = Date.now();
  const cache = await caches.open(KEPT);
  for (const address of pages) {
    const answer = await stranger(address);
    const text = answer.ok ? await answer.text() : "";
    if (text.includes(`data-release="${CONFIG.release}"`)) await cache.put(address, new Response(text, { headers: answer.headers }));
    else if (answer.ok) return void self.registration.update();
  }
}

/** One of the kept files; from the network where it was lost. */
async function fromCache(request) {
  return (await caches.match(request, { ignoreVary: true })) || fetch(request);
}

async function ground(request) {
  const cache = await caches.open(GROUND);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(CONFIG.ground, answer.clone());
    return answer;
  } catch (error) {
    const old = await cache.match(CONFIG.ground);
    if (old) return old;
    throw error;
  }
}

const siteOf = (path) => CONFIG.sites.find(({ prefix }) => path.startsWith(prefix)) || CONFIG.sites.at(-1);

/** Whether an address is a step of the report flow or its start: those go on without a network. */
function isFlow(path) {
  const { begin } = siteOf(path);
  if (!path.startsWith(begin)) return false;
  const parts = path.slice(begin.length).split("/");
  return path === begin || (parts.length === 3 && !["fertig", "danke"].includes(parts[0]));
}

/** A page: one of ours from the cache, all others from the network, and what stands in for them where there is none. */
async function page(event, path) {
  const site = siteOf(path);
  const own = pages.has(path) && (await caches.match(path, MATCH));
  if (own) {
    event.waitUntil(Promise.resolve(event.preloadResponse).catch(() => undefined));
    return own;
  }
  const network = (async () => (await event.preloadResponse) || fetch(event.request))();
  network.catch(() => undefined);
  const standIn = () => caches.match(isFlow(path) ? site.shell : site.offline, MATCH);
  try {
    return await (isFlow(path) ? Promise.race([network, tooLong()]) : network);
  } catch {
    return (await standIn()) || network;
  }
}

const tooLong = () => new Promise((_resolve, reject) => { setTimeout(() => reject(new Error("too long")), PATIENCE); });

/** "Start the report" without a network: the page that works without one, with what the link had brought. */
async function beginning(request, site) {
  const typed = request.clone();
  try {
    return await fetch(request);
  } catch {
    const query = new URLSearchParams(await typed.text()).toString();
    return Response.redirect(`${site.shell}${query ? `?${query}` : ""}#neu`, 303);
  }
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin || url.pathname.startsWith(FIELD)) return;
  if (request.method === "GET" && files.has(url.pathname)) event.respondWith(fromCache(request));
  else if (request.method === "GET" && url.pathname + url.search === CONFIG.ground) event.respondWith(ground(request));
  else if (request.mode !== "navigate" || url.pathname.startsWith("/api/")) return;
  else if (request.method === "GET") {
    event.respondWith(page(event, url.pathname));
    event.waitUntil(refresh().catch(() => undefined));
  } else if (request.method === "POST" && url.pathname === siteOf(url.pathname).begin) event.respondWith(beginning(request, siteOf(url.pathname)));
});
self.addEventListener("sync", (event) => {
  if (event.tag !== "anliegen-reports") return;
  event.waitUntil((async () => {
    await reports.run("reception");
    // The browser tries again later as long as this fails.
    if ((await reports.waiting()).length) throw new Error("not sent yet");
  })());
});
