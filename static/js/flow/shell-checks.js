// What the page without a network checks itself, so that little is refused later. The server checks all of it again.
import {boundaryHolds} from "./boundary.js";
import {word} from "./words.js";

export const facts = JSON.parse(document.getElementById("shell-facts").textContent);
const words = document.getElementById("shell-words");

/** A sentence of the page (template #shell-words), {n} replaced. */
export function shellWord(key, value = "") {
  return (words.dataset[key] || "").replace("{n}", String(value));
}

/** What is wrong with a step: [{anchor, message}]. `form` is the step's where it is in the page. */
export function problemsOf(step, draft, form = null) {
  const { report } = draft;
  if (step === "ort") return place(draft);
  if (step === "was") return what(report);
  if (step === "genauer") return form ? questions(form) : [];
  if (step === "kontakt") return contact(report, form);
  return [];
}

function place({ report, placeless }) {
  const placed = Boolean(report.point || report.address);
  const needed = facts.categories[report.category]?.placed;
  if (!placed && (!placeless || needed)) return [{ anchor: "address", message: shellWord("where") }];
  if (report.point && !boundaryHolds(report.point.coordinates)) return [{ anchor: "address", message: shellWord("outside") }];
  return [];
}

function what(report) {
  const found = [];
  const category = facts.categories[report.category];
  if (!category) found.push({ anchor: "id_category", message: shellWord("category") });
  else if (category.elsewhere) found.push({ anchor: "id_category", message: category.elsewhere });
  if (!report.text.trim()) found.push({ anchor: "text", message: shellWord("text") });
  else if ([...report.text].length > facts.textMax) found.push({ anchor: "text", message: shellWord("long", facts.textMax) });
  return found;
}

/** What the number of photos lacks for the category: [{anchor, message}]. */
export function photoProblems({ category }, count) {
  const rule = facts.categories[category]?.photos;
  if (rule === "required" && !count) return [{ anchor: "photos", message: shellWord("photoNeeded") }];
  if (rule === "none" && count) return [{ anchor: "photos", message: shellWord("noPhotos") }];
  return [];
}

/** Every question that is asked and needed has an answer. */
function questions(form) {
  const found = [];
  for (const question of form.querySelectorAll("[data-question]:not([hidden])")) {
    const controls = [...question.querySelectorAll("input, select, textarea")].filter((control) => !control.disabled);
    const answered = controls.some((control) => (["radio", "checkbox"].includes(control.type) ? control.checked && control.value !== "" : control.value.trim() !== ""));
    const bad = controls.find((control) => !control.checkValidity());
    const needed = !question.querySelector(".kern-label__optional") && question.dataset.type !== "agree";
    if (!answered && needed) found.push({ anchor: controls[0]?.id, message: `${question.dataset.label} ${shellWord("answer")}` });
    else if (bad) found.push({ anchor: bad.id, message: `${question.dataset.label} ${shellWord("check")}` });
  }
  return found;
}

function contact({ contact: { email } }, form) {
  if (!email) return facts.anonymous ? [] : [{ anchor: "email", message: shellWord("email") }];
  const field = form?.elements.email;
  const wrong = (field && !field.checkValidity()) || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email);
  return wrong ? [{ anchor: "email", message: shellWord("wrong") }] : [];
}

/** The summary above the step and a line at each field, as the server's pages have them. */
export function showProblems(root, problems, title = "") {
  const slot = root.querySelector("[data-errors]");
  for (const old of root.querySelectorAll(".shell-error")) old.remove();
  for (const old of root.querySelectorAll("[aria-invalid]")) old.removeAttribute("aria-invalid");
  const summary = document.getElementById("shell-errors").content.cloneNode(true);
  if (title) summary.querySelector("h2").textContent = title;
  for (const { anchor, message } of problems) {
    const field = anchor ? root.querySelector(`#${CSS.escape(anchor)}, #${CSS.escape(anchor)}_0`) : null;
    const item = document.createElement("li");
    if (field) item.append(link(field, message));
    else item.textContent = message;
    summary.querySelector("[data-faults]").append(item);
    if (field) mark(field, message);
  }
  slot.replaceChildren(summary);
  const fault = word("error");
  if (!document.title.startsWith(fault)) document.title = `${fault} ${document.title}`;
  slot.querySelector("[data-focus]").focus();
}

function link(field, message) {
  const anchor = document.createElement("a");
  anchor.href = `#${field.id}`;
  anchor.textContent = message;
  // The address of this page is the step's, so the link moves only the focus.
  anchor.addEventListener("click", (event) => {
    event.preventDefault();
    field.scrollIntoView({ block: "center" });
    field.focus();
  });
  return anchor;
}

function mark(field, message) {
  const line = document.getElementById("shell-error").content.cloneNode(true).firstElementChild;
  line.classList.add("shell-error");
  line.id = `${field.id}-shell-error`;
  line.querySelector(".kern-body").textContent = message;
  const box = field.closest("fieldset, .kern-form-input, [data-question]") || field.parentElement;
  if (box.matches("fieldset")) box.querySelector("legend").after(line);
  else box.append(line);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), line.id].filter(Boolean).join(" "));
}
