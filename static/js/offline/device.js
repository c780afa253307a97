// The list of what waits on this device, was begun, or was sent from it; and the page "you are offline".
import {reports} from "./reports.js";
import {waits} from "./queue.js";
import {all, forget} from "../flow/store.js";

const root = document.querySelector("[data-device-list]");
const words = document.getElementById("device-words").dataset;
const language = document.documentElement.lang;
const { shell } = document.documentElement.dataset;

async function show() {
  const rows = await reports.all();
  const queued = new Set(rows.map((row) => row.secret));
  const drafts = (await all("drafts")).filter(({ secret, report }) => !queued.has(secret) && report && (report.text || report.address || report.point || report.category));
  const kinds = {
    waiting: rows.filter(waits).map(waiting),
    refused: rows.filter((row) => row.state === "refused" || row.state === "stuck").map(refused),
    draft: drafts.sort((one, other) => other.at - one.at).map(draft),
    sent: rows.filter((row) => row.state === "sent").reverse().map(sent),
  };
  let count = 0;
  for (const [kind, items] of Object.entries(kinds)) {
    const section = root.querySelector(`[data-kind="${kind}"]`);
    section.hidden = !items.length;
    section.querySelector("ul").replaceChildren(...items);
    count += items.length;
  }
  root.hidden = !count;
  const empty = document.querySelector("[data-device-empty]");
  if (empty) empty.hidden = count > 0;
}

function waiting(row) {
  const deeds = row.state === "sending" || row.number ? [] : [anchor(`${shell}#${row.secret}/aendern`, words.change), remove(row)];
  return draw(row, [row.state === "sending" ? words.sending : when("kept", row.at), photos(row)], deeds);
}

function refused(row) {
  const notes = Object.values(row.errors || {}).flat();
  return draw(row, [when("kept", row.at), photos(row)], [anchor(`${shell}#${row.secret}`, words.correct), remove(row)], notes);
}

function draft({ secret, report, at }) {
  const row = { secret, title: "", place: report.address || report.text.slice(0, 60) };
  return draw(row, [when("begun", at)], [anchor(`${shell}#${secret}`, words.goOn), button(words.delete, () => forget(secret), words.sure)]);
}

function sent(row) {
  const notes = [...(row.late ? [words.late] : []), ...(row.lost || []).map((one) => words.lost.replace("{n}", one))];
  const receipt = row.receipt || row.url;
  const deeds = [...(receipt ? [anchor(receipt, words.receipt)] : []), button(words.forget, () => reports.edit(row.client_key, null))];
  return draw(row, [row.number, when("sent", row.sent_at || row.at)], deeds, notes);
}

/** One row: what it is, facts, deeds, and what is to be said about it. */
function draw(row, told, deeds, notes = []) {
  const item = document.getElementById("device-row").content.cloneNode(true).firstElementChild;
  item.querySelector(".device__name").textContent = [row.title, row.place].filter(Boolean).join(", ") || words.nameless;
  item.querySelector(".device__facts").textContent = told.filter(Boolean).join(" · ");
  item.querySelector(".device__deeds").append(...deeds);
  const list = item.querySelector(".device__notes");
  list.hidden = !notes.length;
  for (const note of notes) list.append(Object.assign(document.createElement("li"), { textContent: note }));
  return item;
}

function when(word, at) {
  return words[word].replace("{n}", new Date(at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" }));
}

function photos({ photos: count }) {
  return count === 1 ? words.photo : count ? words.photos.replace("{n}", count) : "";
}

function anchor(url, label) {
  return Object.assign(document.createElement("a"), { href: url, textContent: label, className: "link" });
}

/** A button that does `deed`; with `sure` only when it is pressed a second time, with that question on it. */
function button(label, deed, sure = "") {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: label });
  made.addEventListener("click", async () => {
    if (sure && made.textContent !== sure) {
      made.textContent = sure;
      say(sure);
      return;
    }
    if ((await deed()) === false) {
      say(words.busy);
      return;
    }
    await show();
    say(words.deleted);
    document.querySelector("h1").focus();
  });
  return made;
}

/** A report that nobody has yet: out of the queue, with its draft and photos. */
function remove(row) {
  const deed = async () => {
    if (row.state === "refused" || row.state === "stuck") await reports.edit(row.client_key, null);
    else if (!(await reports.take(row.client_key))) return false;
    return forget(row.secret);
  };
  return button(words.delete, deed, words.sure);
}

function say(text) {
  root.querySelector("[data-device-status]").textContent = text;
}

root.querySelector("[data-now]").addEventListener("click", () => reports.run("person"));
const again = document.querySelector("[data-reload]");
if (again) {
  again.hidden = false;
  again.addEventListener("click", () => location.reload());
  addEventListener("online", () => location.reload());
}
reports.onChange(show);
show();
