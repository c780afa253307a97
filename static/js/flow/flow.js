// The report flow in the browser: the same pages and forms as without scripts, submitted and swapped in place, so that
// a lost connection loses nothing. Each step brings its own module.
import {reports} from "../offline/reports.js";
import {beginProof, prove, refusedAlone} from "../proof/page.js";
import {fieldsOf, fill} from "./fields.js";
import {canGoOn, enqueue, goOn} from "./keeping.js";
import {forget, get, keepDraft, sweep} from "./store.js";
import {later, say, word} from "./words.js";
import {hideOffline, showOffline} from "./offline.js";
import {showQueued} from "./queued.js";
import {initPlace} from "./place.js";
import {initWhat} from "./what.js";
import {initPhotos, pending, showKept, uploadRest} from "./photos.js";
import {watch} from "../form-conditions.js";

const ENDS = ["fertig", "danke"];
let page = null;
/** The step that is being sent, until all of it is done. */
let leaving = Promise.resolve();
let shown = withoutHash(location.href);

const root = () => document.getElementById("flow");

/** Bring the step that stands in the page to life. */
async function begin() {
  const form = root()?.querySelector("[data-flow-form]");
  const data = document.getElementById("flow-local");
  if (!form || !data) return;
  const local = JSON.parse(data.textContent);
  const current = { form, local, base: baseOf(form), settled: async () => {}, keep: () => {} };
  current.waking = wake(current);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    leave(current, event.submitter);
  });
  await current.waking;
}

/**
 * Send a step. Whoever presses sooner than this device remembers, or than the step before is done, waits for both, so that
 * no press is lost and nothing leaves behind the queue's back. Pressing twice is pressing once.
 */
function leave(current, submitter) {
  if (current.leaving) return;
  const { form } = current;
  const next = form.querySelector("[data-next]");
  const before = leaving;
  current.leaving = true;
  form.setAttribute("aria-busy", "true");
  next?.classList.add("is-busy");
  const slow = setTimeout(() => say(word("working")), 1200);
  leaving = Promise.allSettled([current.waking, before])
    .then(() => (page === current ? submit(current, submitter) : null))
    .finally(() => {
      clearTimeout(slow);
      current.leaving = false;
      form.removeAttribute("aria-busy");
      next?.classList.remove("is-busy");
    });
}

/** What this device knows of the step is filled in, then the step's own module begins. */
async function wake(current) {
  const { form, local } = current;
  // A device that cannot be read goes on with what the server knows.
  const kept = await get("drafts", local.secret).catch(() => undefined);
  if (kept?.ahead) {
    // It was continued without the server, so this device knows more than this page.
    location.replace(`${document.documentElement.dataset.shell}#${local.secret}`);
    return;
  }
  page = current;
  const count = root().querySelector(".stepper__count");
  if (count) {
    count.id = "step-count";
    document.getElementById("question")?.setAttribute("aria-describedby", "step-count");
  }
  for (const plain of root().querySelectorAll("[data-plain]")) plain.hidden = true;
  const keep = () => { if (page === current) keepFields(current); };
  current.keep = later(keep, 250);
  form.addEventListener("input", current.keep);
  form.addEventListener("change", keep);
  await restore(current);
  await keepDraft(local.secret, (row) => Object.assign(row, { report: local.report, complete: local.complete, placeless: local.placeless, told: local.told, seen: local.seen, draft: local.check }));
  if (current !== page) return;
  if (local.step === "ort") initPlace(current);
  if (local.step === "was") {
    initWhat(current);
    await initPhotos(current);
  }
  if (local.step === "genauer") root().querySelectorAll("[data-questions]").forEach(watch);
  if (local.step === "pruefen") initCheck(current);
  beginProof(form);
}

/** The last step: photos that are still on this device go first, then everything is shown. */
async function initCheck(current) {
  current.settled = () => uploadRest(current.local);
  showKept(root(), current.local);
  if (!(await pending(current.local.secret))) return;
  try {
    await uploadRest(current.local);
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const text = await answer.text();
    if (page === current && !current.leaving) await swap(text, answer.url);
  } catch {
    // Sending tries again, and if need be takes the photos along later.
  }
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
  if (fill(form, kept.typed)) say(word("restored"));
}

/** Submit the step; whatever happens, nothing typed is lost. */
async function submit(current, submitter) {
  const { form, local } = current;
  try {
    await keepFields(current);
    await current.settled();
    await prove(form);
    if (last(local)) await enqueue({ ...queueRow(current), by: reports.me });
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
    if (page) await reports.edit(local.report.client_key, null);
    // This page was older than the attack: the fresh one knows what is asked for, and is sent by itself once.
    if (page && refusedAlone(page.form) && !current.repeated) {
      page.repeated = true;
      leave(page, submitter && page.form.querySelector(`[name="${submitter.name}"]`));
    }
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    await unreached(current);
  }
}

function timeout(milliseconds) {
  return AbortSignal.timeout ? AbortSignal.timeout(milliseconds) : undefined;
}

const last = (local) => local.step === "pruefen" && local.complete;

/** What the queue needs of the draft as the server has it. */
function queueRow({ local }) {
  const title = root().querySelector(".answers__icon")?.textContent.trim() || "";
  return { secret: local.secret, report: local.report, check: local.check, draft: local.check, title, place: local.report.address };
}

/** No answer: on the last step the report goes into the queue, before that it may, or goes on without the server. */
async function unreached(current) {
  const { form, local } = current;
  const fields = fieldsOf(form);
  const queue = async (report, check) => {
    const kept = await enqueue({ ...queueRow(current), report, check, place: report.address });
    if (!kept) return showOffline(current, { fields, retry: () => leave(current, null) });
    hideOffline();
    page = null;
    await showQueued(report.client_key);
    return reports.run("reception");
  };
  if (last(local)) return queue(local.report, (await pending(local.secret)) ? null : local.check);
  const on = (await canGoOn()) ? () => goOn(local, local.step, fields) : null;
  if (on && navigator.onLine === false) return on();
  return showOffline(current, { fields, retry: () => leave(current, null), on, send: on ? null : (report) => queue(report, null) });
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
