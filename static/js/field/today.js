// The day of a crew: how much it is, what comes next, the jobs in order or by distance, the tour and its order.
import {openOrder} from "./arrange.js";
import {away, clock, counted, distance, fill, icon, isToday, longDay, made, metres, put, slot, word} from "./dom.js";
import {isOver, marksOf} from "./marks.js";
import {position, positionState, watchPosition} from "./position.js";

/** Older than this, in ms, the day is said to be old. */
const OLD = 15 * 60_000;
/** Metres that a shorter tour must save. */
const WORTH = 50;
const SORT = "aussendienst-sort";

/** Draw the screen; see app.js for what a screen returns. */
export function show(root, context) {
  const view = { root, context, sort: chosen(), arranging: null, stop: null };
  root.onclick = (event) => clicked(view, event);
  root.onchange = (event) => changed(view, event);
  view.stop = watchPosition(() => draw(view));
  draw(view);
  return {
    update() {
      draw(view);
    },
    leave() {
      view.stop();
      root.onclick = root.onchange = null;
    },
  };
}

function chosen() {
  try {
    return localStorage.getItem(SORT) === "distance" ? "distance" : "order";
  } catch {
    return "order";
  }
}

// Drawing --------------------------------------------------------------------------------------------------------------
function draw(view) {
  const { root, context } = view;
  const { day } = context;
  if (view.arranging) return;
  if (!day) {
    put(root, made("no-day"));
    return;
  }
  const open = day.jobs.filter((job) => !isOver(job));
  const node = fill(made("today"), {
    date: longDay(day.day),
    counts: countsOf(day.jobs, open),
    stale: staleOf(context),
    choose: day.teams.length > 1,
    body: [day.jobs.length && open.length ? listOf(view, open) : nothing(day.jobs), ...settledOf(context)],
  });
  const select = node.querySelector("#team");
  for (const team of day.teams) select.append(new Option(team.name, team.id, team.id === day.team?.id, team.id === day.team?.id));
  put(root, node);
}

function countsOf(jobs, open) {
  const count = (test) => open.filter(test).length;
  const parts = [["jobs", jobs.length && counted("jobs", jobs.length)], ["settled", jobs.length > open.length && word("settledCount", { n: jobs.length - open.length })], ["late", count((job) => job.late) && word("lateCount", { n: count((job) => job.late) })], ["danger", count((job) => job.danger) && counted("danger", count((job) => job.danger))]];
  return parts.filter(([, text]) => text).map(([kind, text]) => Object.assign(document.createElement("span"), { className: `day__count day__count--${kind}`, textContent: text }));
}

function staleOf({ day, at, online }) {
  const said = [];
  if (!isToday(day.day)) said.push(word("notToday", { n: longDay(day.day) }));
  if (!online || Date.now() - at > OLD) said.push(word("stale", { n: clock(at) }));
  return said.join(" ");
}

function nothing(jobs) {
  const kind = jobs.length ? "all" : "none";
  return fill(made("nothing"), { title: word(`${kind}Title`), text: word(`${kind}Text`) });
}

const isFirst = (job) => Boolean(job.danger || job.late);

function listOf(view, open) {
  const { context, sort } = view;
  const here = position();
  const far = (job) => (here && job.point ? distance(here.point, job.point) : Infinity);
  const byDistance = sort === "distance" && here;
  const sorted = byDistance ? [...open].sort((one, other) => far(one) - far(other)) : open;
  const first = sorted.filter(isFirst).sort((one, other) => Number(other.danger) - Number(one.danger));
  const rest = sorted.filter((job) => !isFirst(job));
  const [next] = [...first, ...rest];
  const rows = (jobs) => jobs.map((job) => stop(job, context, far(job)));
  const groups = [];
  if (first.length) groups.push(fill(made("group"), { name: word("first"), rows: rows(first) }));
  if (rest.length) groups.push(fill(made("group"), { name: word(byDistance ? "nearest" : "inOrder"), rows: rows(rest) }));
  const node = fill(made("list"), {
    next: true,
    nextTitle: next.title,
    nextPlace: next.place,
    nextFar: far(next) < Infinity ? away(here.point, next.point) : null,
    sort: open.length > 1,
    gps: gpsOf(sort),
    lists: groups,
    tour: open.length > 1,
    length: lengthOf(context.day),
  });
  node.querySelector("[data-next]").href = `#/auftrag/${next.id}`;
  node.querySelector(`input[value="${sort}"]`).setAttribute("checked", "");
  node.querySelector("[data-take]").hidden = !isShorter(context.day);
  return node;
}

function gpsOf(sort) {
  const state = positionState();
  if (state === "none") return word("gpsNone");
  if (sort === "distance" && state === "waiting") return word("gpsWait");
  return null;
}

function isShorter({ lengths, proposed, jobs }) {
  const shown = jobs.filter((job) => proposed.includes(job.id)).sort((one, other) => one.position - other.position);
  return lengths.entered - lengths.proposed > WORTH && proposed.some((id, place) => shown[place]?.id !== id);
}

function lengthOf(day) {
  if (!day.lengths?.entered) return null;
  const { entered, proposed } = day.lengths;
  return isShorter(day) ? word("shorter", { a: metres(entered), b: metres(proposed) }) : word("length", { n: metres(entered) });
}

function stop(job, context, far) {
  const node = fill(made("stop"), { number: job.position || "", title: job.title, place: job.place, marks: marksOf(job, context), far: far < Infinity ? metres(far) : null });
  slot(node, "number").hidden = false;
  if (!job.position) slot(node, "number").replaceChildren(icon("pin"));
  node.classList.toggle("stop--danger", job.danger);
  node.querySelector("a").href = `#/auftrag/${job.id}`;
  return node;
}

function settledOf(context) {
  const over = context.day.jobs.filter(isOver);
  if (!over.length) return [];
  const node = fill(made("settled"), { name: word("settledGroup", { n: over.length }), rows: over.map((job) => stop(job, context, Infinity)) });
  node.id = "settled";
  return [node];
}

// Deeds ----------------------------------------------------------------------------------------------------------------
async function clicked(view, event) {
  const pressed = event.target.closest("button");
  if (!pressed) return;
  if ("sync" in pressed.dataset) {
    pressed.disabled = true;
    await view.context.sync();
    pressed.disabled = false;
  } else if ("take" in pressed.dataset) await keepOrder(view, view.context.day.proposed, "tourTaken");
  else if ("arrange" in pressed.dataset) arrange(view);
}

function changed(view, event) {
  const { name, value, id } = event.target;
  if (id === "team") view.context.sync({ team: Number(value) });
  if (name !== "sort") return;
  view.sort = value;
  try {
    localStorage.setItem(SORT, value);
  } catch {
    // It is asked for again the next time.
  }
  if (value === "distance") {
    view.stop();
    view.stop = watchPosition(() => draw(view), true);
  }
  draw(view);
}

/** Change the order by hand: the list gives way to one with handles and arrows until it is kept or given up. */
function arrange(view) {
  const open = view.context.day.jobs.filter((job) => !isOver(job));
  const end = (focus) => {
    view.arranging = null;
    draw(view);
    view.root.querySelector(focus)?.focus();
  };
  view.arranging = openOrder(open, {
    kept: async (order) => {
      if (await keepOrder(view, order, "orderKept")) end("[data-arrange]");
    },
    left: () => end("[data-arrange]"),
  });
  put(view.root, view.arranging);
  view.root.querySelector("#arrange-title").focus();
}

async function keepOrder({ context }, order, said) {
  const { team, day } = context.day;
  try {
    await context.act("reihenfolge", null, { team: team?.id ?? null, day, order });
  } catch (error) {
    if (error.reason !== "room" && error.reason !== "login") throw error;
    context.say(word(error.reason === "room" ? "notKept" : "notLoggedIn"));
    return false;
  }
  context.say(word(said));
  return true;
}
