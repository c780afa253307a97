// The service worker of the field view: opens it without a network and sends what waits when no page is open.
//
// /aussendienst/sw.js is this file behind the ones it imports, in one script (portal/crew.py), after `CONFIG`:
//   release  changes with every static file; names the cache
//   shell    address of the one page
//   api      where the interface begins
//   files    addresses of static files that the page needs
// A new worker waits until the app asks for it, so that a page which is open keeps the files it was made with; the queue
// is in IndexedDB and belongs to none of them.
import {actions} from "./actions.js";
import {DAY_CACHE} from "./store.js";

const KEPT = `aussendienst-${CONFIG.release}`;
const files = new Set(CONFIG.files);

/** The page as a stranger gets it, and only that of the same release: otherwise a later try installs it. */
async function learnPage(cache) {
  const answer = await fetch(CONFIG.shell, { credentials: "omit", cache: "no-cache", redirect: "error", headers: { Accept: "text/html" } });
  const text = answer.ok ? await answer.text() : "";
  if (!text.includes(`data-release="${CONFIG.release}"`)) throw new Error(`${CONFIG.shell}: ${answer.status}`);
  await cache.put(CONFIG.shell, new Response(text, { headers: answer.headers }));
}

async function install() {
  const cache = await caches.open(KEPT);
  await learnPage(cache);
  await Promise.all([...files].map((address) => cache.add(address)));
}

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith("aussendienst-") && ![KEPT, DAY_CACHE].includes(name)) await caches.delete(name);
  await self.clients.claim();
}

/** The page: always the kept one. */
async function page(request) {
  const cache = await caches.open(KEPT);
  return (await cache.match(CONFIG.shell, { ignoreVary: true })) || fetch(request);
}

/** Login and enrolment need the network; without one the app says so. */
async function elsewhere(request) {
  try {
    return await fetch(request);
  } catch {
    return Response.redirect(CONFIG.shell, 302);
  }
}

/** Photos, tiles and the ground of the day, and static files; whatever is not kept comes from the network. */
async function fromCache(request) {
  return (await caches.match(request, { ignoreVary: true })) || fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || url.pathname.startsWith(CONFIG.api)) return;
  if (request.mode !== "navigate") event.respondWith(fromCache(request));
  else if (url.pathname === CONFIG.shell) event.respondWith(page(request));
  else if (url.pathname.startsWith(CONFIG.shell)) event.respondWith(elsewhere(request));
});
self.addEventListener("sync", (event) => {
  if (event.tag !== "aussendienst") return;
  event.waitUntil((async () => {
    await actions.run("reception");
    // The browser tries again later as long as this fails.
    if ((await actions.waiting()).length) throw new Error("not sent yet");
  })());
});
