// Step 2: search over all categories, the note of danger, the question that fits, the counter of the text.
import {later, say, word} from "./words.js";

/** Bring categories and text to life (photos have their own module). */
export function initWhat({ form }) {
  const block = form.querySelector("[data-categories]");
  search(block);
  danger(block);
  question(block, form.querySelector("[data-text] label"));
  counter(form.querySelector("[data-text]"));
}

/** Lower case, umlauts as people type them without. */
function folded(text) {
  return text.toLowerCase().replace(/ä/g, "ae").replace(/ö/g, "oe").replace(/ü/g, "ue").replace(/ß/g, "ss").normalize("NFD").replace(/\p{M}/gu, "");
}

function search(block) {
  const rest = block.querySelector("[data-rest]");
  if (!rest) return;
  block.querySelector("[data-category-search]").hidden = false;
  const input = block.querySelector("#category-search");
  const choices = [...block.querySelectorAll(".choice")].map((label) => ({ row: label.closest("li"), words: folded(label.dataset.words) }));
  const tell = later((count) => say(count === 0 ? word("categoriesNone") : count === 1 ? word("categoriesOne") : word("categories", count)), 500);
  let opened = rest.open;
  const filter = () => {
    const wanted = folded(input.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { row, words } of choices) {
      row.hidden = !wanted.every((part) => words.includes(part));
      count += row.hidden ? 0 : 1;
    }
    for (const group of block.querySelectorAll("[data-group]")) group.hidden = !group.querySelector("li:not([hidden])");
    if (!wanted.length) {
      rest.open = opened || Boolean(rest.querySelector(":checked"));
      return;
    }
    rest.open = true;
    tell(count);
  };
  rest.addEventListener("toggle", () => { if (!input.value) opened = rest.open; });
  input.addEventListener("input", filter);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const first = choices.find(({ row }) => !row.hidden)?.row.querySelector("input");
    if (!first || !input.value.trim()) return;
    first.checked = true;
    first.focus();
    first.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function danger(block) {
  const note = block.querySelector("[data-danger]:not(label)");
  const update = () => {
    const chosen = block.querySelector("input[name=category]:checked")?.closest(".choice");
    const text = chosen?.dataset.danger;
    note.hidden = text === undefined;
    if (text === undefined) return;
    note.querySelector("[data-danger-text]").textContent = text;
    chosen.closest("li").append(note);
  };
  block.addEventListener("change", update);
  update();
}

/** The words are asked for as the chosen category wants it: nobody "notices" praise. */
function question(block, label) {
  block.addEventListener("change", () => {
    const asked = block.querySelector("input[name=category]:checked")?.closest(".choice").dataset.asked;
    if (asked) label.firstChild.textContent = asked;
  });
}

function counter(block) {
  const field = block.querySelector("textarea");
  const line = block.querySelector("[data-count]");
  const limit = Number(field.dataset.counter);
  field.after(line);
  line.hidden = false;
  const tell = later((text) => say(text), 1200);
  const update = (heard) => {
    const left = limit - [...field.value].length;
    line.textContent = left < 0 ? word("over", -left) : word("left", left);
    line.classList.toggle("counter--over", left < 0);
    if (heard && left < 100) tell(line.textContent);
  };
  field.addEventListener("input", () => update(true));
  update(false);
}
