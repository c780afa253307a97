// Photos of step 2: shown at once, made smaller, kept on this device, sent one by one with progress, sent later if need be.
// Without an address to send them to (`local.photos`, the page that works without a network) they stay on the device.
import {icon} from "../pin.js";
import {newKey} from "../offline/database.js";
import {roomFor} from "../offline/room.js";
import {photosOf, put, remove} from "./store.js";
import {gpsOf, showable, shrunk} from "./shrink.js";
import {say, word} from "./words.js";

const RETRIES = [2000, 4000, 8000, 16000];
const PATIENCE = 15_000;

/** Bring the upload area to life; sets `page.settled`, which waits for what is under way. */
export async function initPhotos(page) {
  const block = page.form.querySelector("[data-photos]");
  const input = block.querySelector('input[type="file"]');
  const area = block.querySelector("[data-upload]");
  const list = block.querySelector("[data-photo-list]");
  const under = new Set();
  const state = { page, block, input, area, list, under, limit: Number(block.dataset.limit) };
  // One photo after the other, also those chosen before this script was there or while it still looks at what is kept.
  let ready;
  let taken = new Promise((resolve) => { ready = resolve; });
  const choose = () => {
    const files = [...input.files];
    input.value = "";
    if (files.length) taken = taken.then(() => take(state, files));
  };
  // A slow line does not hold up the step: what is under way goes on, and sending waits for it.
  page.settled = () => Promise.race([settled(state, () => taken), new Promise((resolve) => { setTimeout(resolve, PATIENCE); })]);
  if (area && input) {
    area.classList.add("upload--live");
    input.addEventListener("change", choose);
    choose();
    for (const kind of ["dragenter", "dragover"]) area.addEventListener(kind, () => area.classList.add("is-over"));
    for (const kind of ["dragleave", "drop"]) area.addEventListener(kind, () => area.classList.remove("is-over"));
  }
  await showKept(block, page.local);
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=remove], [data-drop]");
    if (!button) return;
    event.preventDefault();
    drop(state, button.closest("li"));
  });
  room(state);
  for (const row of await photosOf(page.local.secret)) {
    if (!page.local.photos) draw(state, row);
    else if (row.key && !list.querySelector(`[data-key="${CSS.escape(row.key)}"]`)) await remove("photos", row.id);
    else if (!row.key) start(state, row);
  }
  if (page.local.photos) addEventListener("online", () => { if (block.isConnected) page.settled(); });
  count(state);
  ready();
}

/** Everything chosen is kept on this device and, where there is an address for it, sent or known to wait. */
async function settled(state, taken) {
  const { secret, photos } = state.page.local;
  await taken();
  if (!photos) return;
  for (const row of await photosOf(secret)) if (!row.key) start(state, row);
  await Promise.all([...state.under].map((task) => task.promise));
}

/** Show pictures of the server's list from this device while it makes its own, or once they are made. */
export async function showKept(block, { secret, photos: url }) {
  const rows = await photosOf(secret);
  for (const wait of block.querySelectorAll("[data-later]")) {
    const row = rows.find((one) => one.key === wait.closest("[data-key]").dataset.key);
    if (row && (await showable(row.blob))) wait.replaceWith(imageOf(URL.createObjectURL(row.blob), wait.dataset.alt));
  }
  if (url) ask(block, url);
}

/** Ask a few times whether the server has made its pictures, then leave the placeholders. */
function ask(block, url, turn = 0) {
  if (turn >= RETRIES.length || !block.querySelector("[data-later]")) return;
  setTimeout(async () => {
    if (!block.isConnected) return;
    try {
      const { photos } = await (await fetch(url)).json();
      for (const photo of photos) {
        const wait = block.querySelector(`[data-key="${CSS.escape(photo.key)}"] [data-later]`);
        if (wait && photo.src) wait.replaceWith(imageOf(photo.src, photo.alt));
      }
    } catch {
      // Without a connection the placeholders stay.
    }
    ask(block, url, turn + 1);
  }, RETRIES[turn]);
}

function imageOf(src, alt) {
  const image = document.createElement("img");
  image.src = src;
  image.alt = alt;
  image.width = image.height = 200;
  return image;
}

/** Take chosen files: look, shrink, keep, send. */
async function take(state, files) {
  fail(state, "");
  for (const file of files) {
    if (state.list.children.length >= state.limit) {
      fail(state, word("photoMany"));
      break;
    }
    const place = await gpsOf(file);
    const row = { id: newKey(), secret: state.page.local.secret, key: "", name: file.name || "foto", at: Date.now(), blob: (await shrunk(file)) || file, place };
    const kept = await put("photos", row);
    if (!kept && !state.page.local.photos) {
      fail(state, word("photoFull"));
      break;
    }
    if (state.page.local.photos) start(state, row);
    else keep(state, row);
    count(state);
  }
}

/** A photo that stays on this device until the report is sent. */
function keep(state, row) {
  draw(state, row);
  say(word("photoKept", state.list.children.length));
  propose(state, state.page.placeOf?.(row));
}

/** A device without room says so before a photo is taken, not after. */
async function room(state) {
  if (await roomFor(Number(state.block.dataset.limit))) return;
  const line = document.createElement("p");
  line.className = "photos__full";
  line.setAttribute("role", "status");
  state.area?.before(line);
  line.textContent = word(state.page.local.photos ? "roomOnline" : "room");
}

/** Show a photo and send it, unless that is under way already. */
function start(state, row) {
  if ([...state.under].some((task) => task.id === row.id)) return;
  const item = state.list.querySelector(`[data-id="${row.id}"]`) || draw(state, row);
  const task = { id: row.id };
  task.promise = send(state, row, item).finally(() => state.under.delete(task));
  state.under.add(task);
}

function draw(state, row) {
  const number = state.list.children.length + 1;
  const item = document.createElement("li");
  item.className = "upload-list__item";
  item.dataset.id = row.id;
  const wait = document.createElement("span");
  wait.className = "upload-list__wait";
  wait.innerHTML = icon("photo", "icon--l");
  const words = document.createElement("span");
  words.textContent = word("photo", number);
  wait.append(words);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "upload-list__remove";
  button.dataset.drop = "";
  button.innerHTML = icon("delete", "icon--s");
  button.append(word("remove", number));
  item.append(wait, button);
  state.list.append(item);
  showable(row.blob).then((can) => { if (can) wait.replaceWith(imageOf(URL.createObjectURL(row.blob), word("photo", number))); });
  return item;
}

async function send(state, row, item) {
  const number = [...state.list.children].indexOf(item) + 1;
  item.querySelector(".upload-list__state")?.remove();
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", word("uploading", number));
  item.append(bar);
  let answer;
  try {
    answer = await upload(state.page.local.photos, row, (share) => { bar.value = share * 100; });
  } catch {
    note(item, word("waits"));
    return;
  } finally {
    bar.remove();
  }
  if (answer.status === 200) {
    // Taken in another step, it stood in the list already.
    state.list.querySelector(`[data-key="${CSS.escape(answer.body.key)}"]:not([data-id="${row.id}"])`)?.remove();
    item.dataset.key = answer.body.key;
    await put("photos", { ...row, key: answer.body.key, place: null });
    say(word("uploaded", number));
    propose(state, answer.body.place);
    return;
  }
  if (answer.status >= 500 || answer.status === 429) {
    note(item, word("waits"));
    return;
  }
  await remove("photos", row.id);
  item.remove();
  count(state);
  fail(state, (answer.body?.errors?.photos || []).join(" ") || word("photoFailed"));
}

/** Whether photos of the draft have not reached the server yet. */
export async function pending(secret) {
  return (await photosOf(secret)).some((row) => !row.key);
}

/** Send the photos that have not reached the server; rejects (TypeError) while there is no connection. */
export async function uploadRest(local) {
  for (const row of await photosOf(local.secret)) {
    if (row.key) continue;
    const answer = await upload(local.photos, row, () => undefined);
    if (answer.status === 200) await put("photos", { ...row, key: answer.body.key, place: null });
    else if (answer.status >= 500 || answer.status === 429) throw new TypeError(`Answer ${answer.status}`);
    else await remove("photos", row.id);
  }
}

/** POST with progress (fetch cannot tell it). Rejects when there is no answer. */
function upload(url, row, told) {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    body.append("photo", row.blob, row.name);
    if (row.place) {
      body.append("lat", row.place.latitude);
      body.append("lon", row.place.longitude);
    }
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "json";
    request.timeout = 120_000;
    request.upload.onprogress = (event) => { if (event.lengthComputable) told(event.loaded / event.total); };
    request.onload = () => resolve({ status: request.status, body: request.response });
    request.onerror = request.ontimeout = request.onabort = () => reject(new TypeError("no answer"));
    request.send(body);
  });
}

async function drop(state, item) {
  const rows = await photosOf(state.page.local.secret);
  const row = rows.find((one) => one.id === item.dataset.id || (item.dataset.key && one.key === item.dataset.key));
  const key = item.dataset.key || row?.key;
  if (row) await remove("photos", row.id);
  item.remove();
  count(state);
  say(word("removed"));
  (state.input || state.block.querySelector("#photos"))?.focus();
  if (!key || !state.page.local.photos) return;
  const body = new FormData();
  body.append("remove", key);
  await fetch(state.page.local.photos, { method: "POST", body }).catch(() => undefined);
}

function note(item, text) {
  const line = item.querySelector(".upload-list__state") || document.createElement("p");
  line.className = "upload-list__state";
  line.textContent = text;
  item.append(line);
}

function fail(state, text) {
  const line = state.block.querySelector("#photos-error");
  line.hidden = !text;
  line.querySelector("[data-photo-error]").textContent = text;
  state.block.classList.toggle("kern-fieldset--error", Boolean(text));
  if (text) say(`${word("error")} ${text}`);
}

/** No more room, no upload area. */
function count(state) {
  if (state.area) state.area.hidden = state.list.children.length >= state.limit;
}

/** The photo knows where it was taken: offer that place. */
function propose(state, place) {
  const box = state.page.form.querySelector("[data-proposal]");
  if (!place || !box) return;
  box.querySelector("[data-proposal-text]").textContent = place.text || `${place.lat.toFixed(5)}, ${place.lon.toFixed(5)}`;
  box.dataset.at = `${place.lat},${place.lon}`;
  box.hidden = false;
  if (!state.page.form.querySelector("input[name=place_shown]")) {
    const seen = document.createElement("input");
    seen.type = "hidden";
    seen.name = "place_shown";
    seen.value = "1";
    box.append(seen);
  }
  say(box.textContent.trim().replace(/\s+/g, " "));
}
