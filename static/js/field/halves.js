// What is half filled in when the phone closes the app: many do while their camera is open. Forms write down what they
// hold; whoever opens the app again finds the form as it was. The deed that comes of a form deletes it in the same commit
// (actions.js), so that nobody finds what was already done.
//
// A row: {name (of the form), user, open (it was in front), at (ms), values {field: text}, shots [{blob, role, taken_at}]}
import {halves, whose} from "./store.js";

/** How long it is worth something, in milliseconds. */
const LONG = 12 * 3_600_000;
const QUIET = 250;

/** The name of a form: of a deed with a job, or of a new report. */
export const nameOf = (kind, id = null) => (id === null ? kind : `${id}/${kind}`);

/** What was half filled in under a name, null where there is nothing of this person's. */
export async function half(name) {
  const row = await halves.get(name);
  return row && row.user === (await whose())?.id && Date.now() - row.at < LONG ? row : null;
}

/** The form that was in front when the app was closed: {kind, id (of its job, null for a new report)}, or null. */
export async function inFront() {
  const user = await whose();
  const rows = (await halves.all()).filter((row) => row.open && row.user === user?.id && Date.now() - row.at < LONG);
  const [latest] = rows.sort((one, other) => other.at - one.at);
  if (!latest) return null;
  const [id, kind] = latest.name.split("/");
  return kind ? { kind, id: Number(id) } : { kind: latest.name, id: null };
}

/**
 * Write a form down whenever something in it changes. `shots()` gives its photos, `more()` what else belongs to it.
 * Returns {changed(): something changed that is no field; hold(whether): it is being sent, nothing is written down any
 * more; close(): it is no longer in front; forget(): it was sent, or somebody wants it gone}.
 */
export function keepHalf(form, name, shots = () => [], more = () => ({})) {
  let timer = 0;
  let over = false;
  let held = false;
  const owner = whose();

  async function save(open = true) {
    clearTimeout(timer);
    if (over || held) return;
    const typed = Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    const row = { name, open, at: Date.now(), values: { ...typed, ...more() }, shots: shots() };
    const [user, first] = [await whose(), await owner];
    if (!user || user.id !== first?.id || over || held) return;
    if (Object.values(typed).some(Boolean) || row.shots.length) await halves.put({ ...row, user: user.id });
    else await halves.remove(name);
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(save, QUIET);
  };
  const now = () => { if (document.hidden) save(); };
  form.addEventListener("input", soon);
  document.addEventListener("visibilitychange", now);

  function end() {
    form.removeEventListener("input", soon);
    document.removeEventListener("visibilitychange", now);
  }
  return {
    changed: () => save(),
    hold(whether) {
      held = whether;
    },
    async close() {
      end();
      await save(false);
      over = true;
    },
    forget() {
      end();
      clearTimeout(timer);
      over = true;
      return halves.remove(name);
    },
  };
}
