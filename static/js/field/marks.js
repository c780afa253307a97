// Small signs at a job: danger, overdue, whose it is, what of it is still on this phone. The same everywhere.
import {fill, icon, made, shortDay, word} from "./dom.js";

function mark(kind, drawing, label) {
  const node = fill(made("mark"), { icon: icon(drawing, "icon--s"), label });
  node.classList.add(`mark--${kind}`);
  return node;
}

/** The priority from which colleagues call a job urgent (cases/policy.py). */
const URGENT = 2;
/** Milliseconds before its day from which it is worth saying when a job is due. */
const SOON = 2 * 86_400_000;

/** Elements for a slot "marks" of a job, the weightiest first. */
export function marksOf(job, context) {
  const marks = [];
  if (job.needs?.length) marks.push(mark("needs", "alert", word("needsMark")));
  if (job.danger) marks.push(mark("danger", "danger", word("danger")));
  if (!job.closed && job.late && job.due) marks.push(mark("late", "clock", word("late", { n: shortDay(job.due) })));
  if (!job.closed && job.priority >= URGENT) marks.push(mark("urgent", "alert", word("urgent")));
  if (!job.closed && !job.late && job.due && new Date(job.due) - Date.now() < SOON) marks.push(mark("due", "clock", word("due", { n: shortDay(job.due) })));
  if (!job.closed && job.rolled_from) marks.push(mark("rolled", "refresh", word("rolled", { n: shortDay(job.rolled_from) })));
  if (job.off) marks.push(mark("off", "close", word(job.off)));
  else if (job.closed) marks.push(mark("done", "check-circle", word("erledigt")));
  if (job.mine) marks.push(mark("mine", "user", word("mine")));
  else if (job.assignee && job.assignee.id !== context?.user?.id) marks.push(mark("whose", "user", word("assigned", { n: job.assignee.name })));
  if (job.waiting?.length) marks.push(mark("waiting", "upload", word("waitingMark")));
  return marks;
}

/** Whether there is nothing left to do for this crew. */
export const isOver = (job) => Boolean(job.closed || job.off);
