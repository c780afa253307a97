// Shows a question only while its condition holds. The server checks the same (forms/conditions.py, `holds`)
// and drops what was not asked, so this only spares people questions that do not concern them.

const WHOLE = /^[+-]?[0-9]{1,15}$/;
const FRACTION = /^[+-]?[0-9]{1,13}([.,][0-9]{1,6})?$/;
const ISO_DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const GERMAN_DATE = /^([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})$/;

function number(value) {
  if (typeof value === "number") return value;
  const text = typeof value === "string" ? value.trim() : "";
  return FRACTION.test(text) ? Number(text.replace(",", ".")) : null;
}

function same(answer, wanted) {
  if (typeof answer === "boolean" || typeof wanted === "boolean") return answer === wanted;
  if (typeof wanted === "number") return number(answer) === wanted;
  return answer === wanted;
}

function order(answer, wanted) {
  const [left, right] = [number(answer), number(wanted)];
  if (left !== null && right !== null) return Math.sign(left - right);
  if (ISO_DATE.test(answer) && ISO_DATE.test(wanted)) return answer === wanted ? 0 : answer < wanted ? -1 : 1;
  return 0;
}

const TESTS = {
  is: same,
  is_not: (answer, wanted) => !same(answer, wanted),
  in: (answer, wanted) => wanted.some((one) => same(answer, one)),
  contains: (answer, wanted) => Array.isArray(answer) && answer.includes(wanted),
  gt: (answer, wanted) => order(answer, wanted) > 0,
  lt: (answer, wanted) => order(answer, wanted) < 0,
};

/** Whether a question is asked, given the earlier answers by name. */
export function holds(condition, answers) {
  if (!condition) return true;
  if ("all" in condition) return condition.all.every((part) => holds(part, answers));
  if ("any" in condition) return condition.any.some((part) => holds(part, answers));
  if ("not" in condition) return !holds(condition.not, answers);
  const answer = answers[condition.field] ?? null;
  if ("answered" in condition) return (answer !== null) === condition.answered;
  if (answer === null) return false;
  return Object.keys(TESTS).some((name) => name in condition && TESTS[name](answer, condition[name]));
}

function written(type, text) {
  if (text === "") return null;
  if (type === "integer") return WHOLE.test(text) ? Number(text) : null;
  if (type === "decimal") return number(text);
  if (type === "yesno") return text === "yes";
  if (type === "date") {
    const found = GERMAN_DATE.exec(text);
    if (found) return `${found[3]}-${found[2].padStart(2, "0")}-${found[1].padStart(2, "0")}`;
    return ISO_DATE.test(text) ? text : null;
  }
  return text;
}

/** The answer that stands in a question's controls, as the server would store it. */
export function answerOf(question) {
  const { type } = question.dataset;
  const controls = [...question.querySelectorAll("input, select, textarea")];
  if (type === "agree") return controls.some((control) => control.checked) || null;
  const chosen = controls.filter((control) => !["radio", "checkbox"].includes(control.type) || control.checked);
  if (type === "choices") return chosen.length ? chosen.map((control) => control.value) : null;
  return chosen.length ? written(type, chosen[0].value.trim()) : null;
}

function setShown(question, shown) {
  question.hidden = !shown;
  for (const control of question.querySelectorAll("input, select, textarea, button")) control.disabled = !shown;
}

/** Watches one block of questions (forms/fields.html). */
export function watch(block) {
  const questions = [...block.querySelectorAll("[data-question]")];
  const conditions = new Map();
  for (const question of questions) {
    if (question.dataset.when) conditions.set(question, JSON.parse(question.dataset.when));
  }
  if (!conditions.size) return;
  const status = block.querySelector("[data-questions-status]");
  for (const sentence of block.querySelectorAll("[data-only-if]")) sentence.hidden = true;

  function update(announce) {
    const answers = {};
    const [shown, hidden] = [[], []];
    for (const question of questions) {
      const asked = holds(conditions.get(question), answers);
      if (asked !== !question.hidden) {
        setShown(question, asked);
        (asked ? shown : hidden).push(question.dataset.label);
      }
      if (asked) answers[question.dataset.question] = answerOf(question);
    }
    if (!announce || !status || !(shown.length || hidden.length)) return;
    const parts = [];
    if (shown.length) parts.push(`${block.dataset.shown} ${shown.join(", ")}`);
    if (hidden.length) parts.push(`${block.dataset.hidden} ${hidden.join(", ")}`);
    status.textContent = parts.join(". ");
  }

  block.addEventListener("input", () => update(true));
  block.addEventListener("change", () => update(true));
  // A browser that comes back to the page fills in the old values after the script ran.
  window.addEventListener("pageshow", () => update(false));
  update(false);
}

if (typeof document !== "undefined") document.querySelectorAll("[data-questions]").forEach(watch);
