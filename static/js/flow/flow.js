// The report flow in the browser: the same pages and forms as without scripts, submitted and swapped in place, so that
// a lost connection loses nothing. Each step brings its own module.
import {forget, get, keepDraft, sweep} from "./store.js";
import {later, say, word} from "./words.js";
import {hideOffline, showOffline} from "./offline.js";
import {enqueue, run as runOutbox} from "./outbox.js";
import {initPlace} from "./place.js";
import {initWhat} from "./what.js";
import {initPhotos, pending, showKept, uploadRest} from "./photos.js";
import {watch} from "../form-conditions.js";

const ENDS = ["fertig", "danke"];
let page = null;
let busy = false;
let shown = withoutHash(location.href);

const root = () => document.getElementById("flow");

/** Bring the step that stands in the page to life. */
async function begin() {
  const form = root()?.querySelector("[data-flow-form]");
  const data = document.getElementById("flow-local");
  if (!form || !data) return;
  const local = JSON.parse(data.textContent);
  page = { form, local, base: baseOf(form), settled: async () => {}, keep: () => {} };
  const current = page;
  const count = root().querySelector(".stepper__count");
  if (count) {
    count.id = "step-count";
    document.getElementById("question")?.setAttribute("aria-describedby", "step-count");
  }
  for (const plain of root().querySelectorAll("[data-plain]")) plain.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(current, event.submitter);
  });
  current.keep = later(() => keepFields(current), 250);
  form.addEventListener("input", current.keep);
  form.addEventListener("change", current.keep);
  await restore(current);
  await keepDraft(local.secret, (row) => { row.report = local.report; row.complete = local.complete; });
  if (current !== page) return;
  if (local.step === "ort") initPlace(current);
  if (local.step === "was") {
    initWhat(current);
    await initPhotos(current);
  }
  if (local.step === "genauer") root().querySelectorAll("[data-questions]").forEach(watch);
  if (local.step === "pruefen") initCheck(current);
}

/** The last step: photos that are still on this device go first, then everything is shown. */
async function initCheck(current) {
  current.settled = () => uploadRest(current.local);
  showKept(root(), current.local);
  if (!(await pending(current.local.secret))) return;
  try {
    await uploadRest(current.local);
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (page === current && !busy) await swap(await answer.text(), answer.url);
  } catch {
    // Sending tries again, and if need be takes the photos along later.
  }
}

/** The form's fields as [name, value] pairs, without files. */
function fieldsOf(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "website");
}

/** What the server had filled in: kept beside what was typed, which is void once the server has something newer. */
function baseOf(form) {
  return JSON.stringify(fieldsOf(form).filter(([name]) => name !== "place_shown"));
}

function keepFields({ form, local, base }) {
  const typed = fieldsOf(form);
  return keepDraft(local.secret, (row) => { row.fields[local.step] = { base, typed }; });
}

/** Fill in what was typed on this step and never reached the server. */
async function restore({ form, local, base }) {
  const kept = (await get("drafts", local.secret))?.fields?.[local.step];
  if (!kept || kept.base !== base || root().querySelector("[data-focus]")) return;
  let filled = false;
  const values = new Map();
  for (const [name, value] of kept.typed) values.set(name, [...(values.get(name) || []), value]);
  for (const control of form.elements) {
    if (!control.name || control.type === "file" || control.type === "submit" || control.name === "place_shown") continue;
    const wanted = values.get(control.name);
    if (control.type === "radio" || control.type === "checkbox") {
      const checked = Boolean(wanted?.includes(control.value));
      if (control.type === "radio" && !wanted) continue;
      filled ||= control.checked !== checked;
      control.checked = checked;
    } else if (wanted && control.value !== wanted[0]) {
      control.value = wanted[0];
      filled = true;
    }
  }
  if (filled) say(word("restored"));
}

/** Submit the step; whatever happens, nothing typed is lost. */
async function submit(current, submitter) {
  if (busy) return;
  busy = true;
  const { form, local } = current;
  const next = form.querySelector("[data-next]");
  form.setAttribute("aria-busy", "true");
  next?.classList.add("is-busy");
  const slow = setTimeout(() => say(word("working")), 1200);
  try {
    await keepFields(current);
    await current.settled();
    const body = new FormData(form);
    if (submitter?.name) body.append(submitter.name, submitter.value);
    const response = await fetch(location.href, {
      method: "POST", body, credentials: "same-origin", signal: timeout(body.has("photo") ? 120_000 : 30_000),
    });
    if (response.status >= 500 || response.status === 408) throw new TypeError(`Answer ${response.status}`);
    const text = await response.text();
    hideOffline();
    await keepDraft(local.secret, (row) => { delete row.fields[local.step]; });
    await swap(text, response.url);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    await unreached(current);
  } finally {
    clearTimeout(slow);
    busy = false;
    form.removeAttribute("aria-busy");
    next?.classList.remove("is-busy");
  }
}

function timeout(milliseconds) {
  return AbortSignal.timeout ? AbortSignal.timeout(milliseconds) : undefined;
}

/** No answer: on the last step the report goes into the queue, before that it may. */
async function unreached(current) {
  const { form, local } = current;
  const queue = async (report, check) => {
    const kept = await enqueue({ client_key: local.report.client_key, secret: local.secret, report, check });
    if (!kept) return showOffline(current, { fields: fieldsOf(form), retry: () => submit(current, null) });
    hideOffline();
    showQueued();
    page = null;
    return runOutbox();
  };
  const last = local.step === "pruefen" && local.complete;
  if (last) await queue(local.report, (await pending(local.secret)) ? null : local.check);
  else showOffline(current, { fields: fieldsOf(form), retry: () => submit(current, null), send: (report) => queue(report, null) });
}

/** The report waits on this device: say so where the form stood. */
function showQueued() {
  const note = document.createElement("div");
  note.className = "prose queued";
  const text = document.createElement("p");
  text.textContent = word("queued");
  note.append(text);
  const heading = document.getElementById("question");
  heading.textContent = word("queuedTitle");
  heading.removeAttribute("aria-describedby");
  document.title = word("queuedTitle");
  root().querySelector(".stepper__count")?.remove();
  root().querySelector(".stepper progress")?.remove();
  root().querySelector(".link--back")?.remove();
  root().querySelector("[data-flow-form]").replaceWith(note);
  heading.focus();
  toTop();
  addEventListener("outbox-sent", ({ detail }) => {
    heading.textContent = detail.text;
    document.title = detail.text;
    const button = document.createElement("a");
    button.className = "kern-btn kern-btn--primary";
    button.href = detail.url;
    const label = document.createElement("span");
    label.className = "kern-label";
    label.textContent = detail.link;
    button.append(label);
    note.replaceChildren(button);
  });
}

/** At once, whatever the page's own way of scrolling. */
function toTop() {
  scrollTo({ top: 0, behavior: "instant" });
}

function withoutHash(url) {
  return url.split("#")[0];
}

/** Put the step out of an answer into the page; what is no step is opened as a page. */
async function swap(text, url) {
  const answer = new DOMParser().parseFromString(text, "text/html");
  const fresh = answer.getElementById("flow");
  if (!fresh || ENDS.includes(fresh.dataset.step)) {
    if (fresh && page) await forget(page.local.secret);
    page = null;
    location.assign(url);
    return;
  }
  if (withoutHash(url) !== withoutHash(location.href)) history.pushState(null, "", url);
  shown = withoutHash(location.href);
  document.title = answer.title;
  root().replaceWith(document.importNode(fresh, true));
  toTop();
  const focus = root().querySelector("[data-focus]") || document.getElementById("question");
  focus?.focus({ preventScroll: true });
  const announced = root().querySelector("[data-announce]")?.dataset.announce;
  if (announced) say(announced);
  await begin();
}

addEventListener("popstate", async () => {
  // A link to a field of this step, such as those of the error summary, is no other step.
  if (withoutHash(location.href) === shown) return;
  try {
    const response = await fetch(location.href, { credentials: "same-origin" });
    await swap(await response.text(), response.url);
  } catch {
    location.reload();
  }
});
addEventListener("pagehide", () => { if (page) keepFields(page); });
sweep();
begin();
