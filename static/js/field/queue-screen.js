// What this phone keeps for the server: what waits, what is on its way, what has arrived, and what needs its person.
import {clock, counted, fill, made, put, shortDay, slot, word} from "./dom.js";

/** So many of those that have arrived are shown. */
const ARRIVED = 30;
/** Milliseconds in which a second press on "drop it" is one press of a gloved hand. */
const TWICE = 800;

/** Draw the screen; see app.js for what a screen returns. */
export function show(root, context) {
  const view = { root, context, sure: null, asked: 0, left: false, leaving: false };
  root.onclick = (event) => clicked(view, event);
  draw(view);
  return {
    update() {
      draw(view);
    },
    leave() {
      root.onclick = null;
    },
  };
}

function draw(view) {
  const { context } = view;
  const rows = [...context.rows].sort((one, other) => one.turn - other.turn);
  const needs = rows.filter((row) => row.state === "refused" || row.state === "conflict");
  const waits = rows.filter((row) => row.state === "queued" || row.state === "sending");
  const sent = rows.filter((row) => row.state === "sent").reverse().slice(0, ARRIVED);
  if (!waits.length) view.left = false;
  const summary = needs.length ? word("someNeed") : waits.length ? word("someWait") : context.foreign.length ? null : word("allSent");
  const node = fill(made("queue"), {
    summary,
    now: waits.length > 0,
    needsPart: needs.length > 0,
    waitsPart: waits.length > 0,
    othersPart: context.foreign.length > 0,
    sentPart: sent.length > 0,
    needs: needs.map((row) => (row.state === "conflict" ? conflict(row, view) : refused(row, view))),
    waits: waits.map((row) => waiting(row)),
    others: context.foreign.map((row) => line(row)),
    sent: sent.map((row) => fill(line(row), { when: `${whenOf(row)}, ${word("arrivedAt", { n: clock(row.sent_at || row.at) })}` })),
    who: context.user ? word("user", { n: context.user.name }) : null,
    leaveError: view.left ? word("leaveFirst") : null,
  });
  if (view.left) slot(node, "leaveError").after(button(word("leaveAnyway"), { anyway: "" }));
  if (view.leaving || !context.user) node.querySelector("[data-leave]").disabled = true;
  put(view.root, node);
}

// Rows -----------------------------------------------------------------------------------------------------------------
function titleOf(row) {
  const number = row.number || row.number_of;
  return [number, row.title].filter(Boolean).join(", ");
}

/** When it was done, and with how many photos. */
function whenOf(row) {
  const photos = row.photos.length ? counted("photos", row.photos.length) : "";
  return [word("doneAt", { n: clock(row.at) }), photos].filter(Boolean).join(", ");
}

function line(row) {
  const text = row.text || null;
  const node = fill(made("waiting"), { what: word(row.kind), title: titleOf(row) || null, when: whenOf(row), text, why: null, buttons: null });
  node.dataset.row = row.client_key;
  return node;
}

function waiting(row) {
  const node = line(row);
  const why = row.state === "sending" ? word("onItsWay") : row.tries && row.next > Date.now() ? word("again", { n: clock(row.next) }) : null;
  const fresh = row.state === "queued" && !row.tries && !row.sent?.length;
  return fill(node, { why, buttons: fresh ? [button(word("undo"), { undo: row.client_key })] : null });
}

/** Why the server, or the phone, could not take a row, in a sentence. */
function reasonOf(row) {
  if (row.reason === "photo") return word("photoLost");
  const said = row.detail || Object.values(row.errors || {}).flat().join(" ") || word("refused");
  return row.lost?.length ? `${said} ${word("withoutPhoto")}` : said;
}

function refused(row, view) {
  const choices = [button(word("tryAgain"), { settle: "again", row: row.client_key })];
  if (row.case && row.kind !== "notiz") choices.push(button(word("asNote"), { settle: "note", row: row.client_key }));
  choices.push(button(dropWord(row, view), { settle: "drop", row: row.client_key }));
  return fill(line(row), { why: reasonOf(row), buttons: choices });
}

function conflict(row, view) {
  const { job, since } = row.conflict;
  const node = fill(made("conflict"), {
    title: titleOf({ ...row, number_of: job.number, title: job.title }),
    what: word(row.kind),
    when: clock(row.at),
    text: row.text || null,
    now: job.state_label,
    since: since.map((one) => fill(made("told"), { who: one.by, at: clock(one.at), text: [one.what, one.text].filter(Boolean).join(": ") || null })),
    again: word("sendAnyway", { n: word(row.kind) }),
    drop: dropWord(row, view),
  });
  node.dataset.row = row.client_key;
  for (const one of node.querySelectorAll("[data-settle]")) {
    one.dataset.row = row.client_key;
    one.dataset.key = `${row.client_key} ${one.dataset.settle}`;
  }
  return node;
}

const dropWord = (row, view) => word(view.sure === row.client_key ? "dropSure" : "dropIt");

function button(label, data) {
  const node = fill(made("button"), { label });
  Object.assign(node.dataset, data, { key: Object.entries(data).flat().reverse().join(" ") });
  return node;
}

// Deeds ----------------------------------------------------------------------------------------------------------------
async function clicked(view, event) {
  const { context } = view;
  const pressed = event.target.closest("button");
  if (!pressed) return;
  const { settle, undo, row: key } = pressed.dataset;
  if (settle) await choose(view, key, settle);
  else if (undo) await context.undo(context.rows.find((row) => row.client_key === undo));
  else if (pressed.closest('[data-slot="now"]')) sendNow(view, pressed);
  else if ("leave" in pressed.dataset) await leave(view, false);
  else if ("anyway" in pressed.dataset) await leave(view, true);
}

async function choose(view, key, choice) {
  const { context } = view;
  const row = context.rows.find((one) => one.client_key === key);
  if (!row) return;
  if (choice === "drop" && (view.sure !== key || Date.now() - view.asked < TWICE)) {
    if (view.sure !== key) Object.assign(view, { sure: key, asked: Date.now() });
    draw(view);
    return;
  }
  view.sure = null;
  const kept = await context.settle(row, choice, choice === "note" ? { text: noteOf(row) } : {});
  if (!kept) context.say(word("notKept"));
}

/** What a deed says as a note: that it was done, too, and where or for when. */
function noteOf({ kind, text, day, point }) {
  const where = kind === "ort" && point ? [...point].reverse().map((degrees) => degrees.toFixed(6)).join(", ") : "";
  const done = [word(kind), where, kind === "wiedervorlage" && day ? shortDay(day) : ""].filter(Boolean).join(" ");
  return [done, text].filter(Boolean).join(": ");
}

async function sendNow({ context }, pressed) {
  pressed.disabled = true;
  context.retry();
  await context.sync();
  pressed.disabled = false;
}

async function leave(view, anyway) {
  Object.assign(view, { leaving: true, left: false });
  draw(view);
  view.left = !(await view.context.logout(anyway));
  view.leaving = false;
  if (view.root.onclick) draw(view);
}
