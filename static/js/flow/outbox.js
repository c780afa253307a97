// Sends what is waiting on this device, on every public page: when it loads, when the connection is back, when it is
// looked at again. The client_key makes it safe to send anything twice.
import {all, forget, get, photosOf, put, remove} from "./store.js";

const API = "/api/v1/reports/";
const EVERY = 30_000;
const WORDS = {
  de: { waiting: "Ihre Meldung wartet auf eine Verbindung und wird von selbst gesendet.", sending: "Ihre Meldung wird gesendet …", sent: "Gesendet, Nummer {n}.", receipt: "Bestätigung ansehen", stuck: "Ihre Meldung braucht noch eine Angabe.", open: "Entwurf öffnen", close: "Schließen" },
  en: { waiting: "Your report waits for a connection and is sent by itself.", sending: "Your report is being sent …", sent: "Sent, number {n}.", receipt: "See the receipt", stuck: "Your report needs one more entry.", open: "Open the draft", close: "Close" },
};
const words = WORDS[document.documentElement.lang.slice(0, 2)] || WORDS.de;
let timer = 0;
let running = false;

/** Put a report into the queue: `{client_key, secret, report, check}`. Resolves to whether the device kept it. */
export async function enqueue(item) {
  return put("queue", { ...item, at: Date.now(), state: "waiting" });
}

/** Send everything that waits. Only one page at a time, where the browser can tell. */
export async function run() {
  if (running) return;
  running = true;
  try {
    if (navigator.locks) await navigator.locks.request("anliegen-outbox", { ifAvailable: true }, (lock) => (lock ? sendAll() : null));
    else await sendAll();
  } finally {
    running = false;
  }
}

async function sendAll() {
  for (const item of await all("queue")) {
    if (item.state === "waiting" && navigator.onLine !== false) {
      show(item, "sending");
      await sendOne(item);
    }
    show(await get("queue", item.client_key), null);
  }
  clearTimeout(timer);
  const waiting = (await all("queue")).some((item) => item.state === "waiting");
  if (waiting) timer = setTimeout(run, EVERY);
}

/** One try. A refusal that waiting does not mend is shown with a way to mend it; everything else stays in the queue. */
async function sendOne(item) {
  try {
    let answer = item.check ? await toDraft(item) : null;
    if (!answer || answer.status === 404) answer = await toApi(item);
    if (answer.ok) {
      const body = await answer.json();
      await put("queue", { ...item, report: null, state: "sent", number: body.number, url: body.receipt || body.own_url || body.url });
      await forget(item.secret);
      const detail = { text: words.sent.replace("{n}", body.number), url: body.receipt || body.own_url || body.url, link: words.receipt };
      dispatchEvent(new CustomEvent("outbox-sent", { detail }));
    } else if (answer.status >= 400 && answer.status < 500 && ![408, 425, 429].includes(answer.status)) {
      await put("queue", { ...item, state: "stuck", status: answer.status });
    }
  } catch {
    // Still no connection: it stays and is tried again.
  }
}

/** The draft on the server is complete: just send it. */
function toDraft(item) {
  return fetch(item.check, { method: "POST", headers: { Accept: "application/json" }, credentials: "same-origin" });
}

/** All of it from this device: the report as JSON, with its photos. */
async function toApi(item) {
  const photos = await photosOf(item.secret);
  const headers = { Accept: "application/json" };
  if (!photos.length) {
    return fetch(API, { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(item.report) });
  }
  const body = new FormData();
  body.append("report", JSON.stringify(item.report));
  for (const photo of photos) body.append("photos", photo.blob, photo.name);
  return fetch(API, { method: "POST", headers, body });
}

/** One line at the top of the page for a report of the queue. */
function show(item, sending) {
  if (!item) return;
  const id = `outbox-${item.client_key}`;
  let line = document.getElementById(id);
  if (!line) {
    line = document.createElement("div");
    line.id = id;
    line.className = "outbox";
    line.setAttribute("role", "status");
    document.getElementById("content")?.before(line);
  }
  const key = sending || item.state;
  if (line.dataset.state === key) return;
  line.dataset.state = key;
  line.replaceChildren();
  const text = document.createElement("p");
  text.className = "wrap outbox__text";
  text.append(`${words[key].replace("{n}", item.number || "")} `);
  if (item.state === "sent") text.append(link(item.url, words.receipt), " ", closer(item, line));
  if (item.state === "stuck") text.append(link(`/melden/${item.secret}/pruefen/`, words.open), " ", closer(item, line));
  line.append(text);
}

function link(url, label) {
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.textContent = label;
  return anchor;
}

function closer(item, line) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = words.close;
  button.addEventListener("click", async () => {
    await remove("queue", item.client_key);
    line.remove();
  });
  return button;
}

addEventListener("online", run);
document.addEventListener("visibilitychange", () => { if (!document.hidden) run(); });
run();
