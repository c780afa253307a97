// On every public page: keeps the service worker, sends what waits on this device, and says what became of it.
import {reports} from "./reports.js";
import {waits} from "./queue.js";

const data = document.documentElement.dataset;
const words = document.getElementById("queue-words")?.dataset || {};
const region = document.createElement("div");
region.className = "outbox-region";
// It is there before anything is said in it, so that screen readers notice the change.
region.setAttribute("role", "status");
document.getElementById("content")?.before(region);

/** One line per thing to know: what waits (all in one), what needs an entry, what has arrived and was not seen yet (all in one). */
async function show() {
  const rows = (await reports.all()).filter((row) => row.by !== reports.me);
  const lines = [];
  const waiting = rows.filter(waits);
  if (waiting.length) {
    const key = waiting.some((row) => row.state === "sending") ? "sending" : "waiting";
    const text = key === "sending" ? words.sending : waiting.length === 1 ? words.waitingOne : words.waiting?.replace("{n}", waiting.length);
    lines.push({ id: "waiting", key: `${key}${waiting.length}`, state: key, text, links: [[data.device, words.look]] });
  }
  for (const row of rows) {
    if (row.state === "refused" || row.state === "stuck") lines.push({ id: row.client_key, key: "refused", state: "refused", text: words.refused, links: [[`${data.shell}#${row.secret}`, words.correct]] });
  }
  const sent = rows.filter((row) => row.state === "sent" && !row.seen);
  if (sent.length > 1) lines.push({ id: "sent", key: `sent${sent.length}`, state: "sent", text: words.sentMany?.replace("{n}", sent.length), links: [[data.device, words.look]], rows: sent });
  for (const row of sent.length === 1 ? sent : []) {
    const receipt = row.receipt || row.url;
    lines.push({ id: row.client_key, key: "sent", state: "sent", text: words.sent?.replace("{n}", row.number), links: receipt ? [[receipt, words.receipt]] : [], rows: sent });
  }
  draw(lines);
}

function draw(lines) {
  const known = new Map([...region.children].map((line) => [line.dataset.id, line]));
  for (const [id, line] of known) if (!lines.some((one) => one.id === id)) line.remove();
  for (const { id, key, state, text, links, rows } of lines) {
    const line = known.get(id) || document.createElement("div");
    if (line.dataset.key === key) continue;
    Object.assign(line.dataset, { id, key, state });
    line.className = "outbox";
    const paragraph = document.createElement("p");
    paragraph.className = "wrap outbox__text";
    paragraph.append(`${text} `, ...links.map(link));
    if (rows) paragraph.append(" ", closer(rows));
    line.replaceChildren(paragraph);
    if (!line.parentElement) region.append(line);
  }
}

function link([url, label]) {
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.textContent = label;
  return anchor;
}

function closer(rows) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = words.close;
  button.addEventListener("click", async () => {
    for (const row of rows) await reports.edit(row.client_key, { seen: true });
  });
  return button;
}

const AFTER = 3_000; // ms; a map starts after its page is loaded, and what the worker fetches would slow it

/** Keep the worker as this platform wants it: there, or gone. It waits until the page is done and calm. */
function keepWorker() {
  if (!("serviceWorker" in navigator)) return;
  const deed = data.worker ? register : unregister;
  const calm = () => setTimeout(() => (window.requestIdleCallback ? requestIdleCallback(deed, { timeout: 4000 }) : deed()), AFTER);
  if (document.readyState === "complete") calm();
  else addEventListener("load", calm);
}

async function register() {
  try {
    await navigator.serviceWorker.register(data.worker, { scope: "/", updateViaCache: "none" });
  } catch {
    // A private window or a browser that does not want it: everything works as without.
  }
}

async function unregister() {
  try {
    // The crews' view has a worker of its own, which stays.
    for (const one of await navigator.serviceWorker.getRegistrations()) if (new URL(one.scope).pathname === "/") await one.unregister();
    for (const name of await caches.keys()) if (name.startsWith("anliegen")) await caches.delete(name);
  } catch {
    // Then there is none.
  }
}

reports.onChange(show);
addEventListener("online", () => reports.run("reception"));
addEventListener("pagehide", () => { reports.leaving = true; });
addEventListener("pageshow", (event) => {
  reports.leaving = false;
  if (event.persisted) reports.run("reception");
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) reports.run("reception"); });
show();
reports.run("reception");
keepWorker();
