// The proof of work of a form (template tag `proof`): solved while somebody types, sent with the form. Without it, or
// where it fails, the server's own way remains: press the button once more after a while.
import {solveChallenge} from "./solve.js";

/** The server takes a solution for twenty minutes after the challenge was made. */
const FRESH = 15 * 60_000;
/** Milliseconds for the challenge to come; with a worse line the form itself says what to do. */
const LINE = 10_000;
/** A browser that needs longer waits like one without JavaScript. */
const PATIENCE = 60_000;
const running = new WeakMap();

/** The part of a form that asks for the proof, null where none is asked for. */
const asked = (form) => form.querySelector("[data-proof]");

/** Begin to solve for a form, once. */
export function beginProof(form) {
  const part = asked(form);
  if (!part) return null;
  let work = running.get(part);
  if (!work || (Date.now() - work.at > FRESH)) {
    work = { at: Date.now(), done: false, answer: null };
    work.answer = solution(part).catch(() => "").then((answer) => { work.done = true; return answer; });
    running.set(part, work);
  }
  return work;
}

/** Put the proof into a form, waiting for it if need be. Resolves to whether it has what is asked for. */
export async function prove(form) {
  const work = beginProof(form);
  if (!work) return true;
  const part = asked(form);
  const words = part.querySelector("[data-proof-words]");
  if (!work.done) words.textContent = part.dataset.busy;
  const answer = await Promise.race([work.answer, new Promise((resolve) => { setTimeout(resolve, PATIENCE, ""); })]);
  words.textContent = "";
  part.querySelector("[name=proof]").value = answer;
  running.delete(part);
  return Boolean(answer);
}

/** Whether a form was just refused only because its page knew of no proof: then it may be sent again by itself. */
export function refusedAlone(form) {
  return Boolean(asked(form)?.hasAttribute("data-again"));
}

async function solution(part) {
  const signal = AbortSignal.timeout ? AbortSignal.timeout(LINE) : undefined;
  const answer = await fetch(part.dataset.proof, { headers: { Accept: "application/json" }, cache: "no-store", signal });
  if (!answer.ok) return "";
  const challenge = await answer.json();
  return inWorker(part.dataset.worker, challenge).catch(() => solveChallenge(challenge));
}

function inWorker(address, challenge) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(address, { type: "module" });
    const end = (deed) => (event) => { worker.terminate(); deed(event.data); };
    worker.addEventListener("message", end(resolve));
    worker.addEventListener("error", end(reject));
    worker.postMessage(challenge);
  });
}

/** Forms that are sent as forms; those of the report flow do it themselves. */
function bring(form) {
  beginProof(form);
  let sending = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    const button = event.submitter || form.querySelector("[type=submit]");
    button.classList.add("is-busy");
    form.setAttribute("aria-busy", "true");
    await prove(form);
    if (button.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
    form.submit();
  });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });
  if (refusedAlone(form)) form.requestSubmit?.();
}

for (const part of document.querySelectorAll("form:not([data-flow-form]) [data-proof]")) bring(part.closest("form"));
