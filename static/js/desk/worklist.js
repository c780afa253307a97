// The work list: keys, new arrivals, map, choosing several. Everything of it works without this script as well.
import {choosing} from "./choosing.js";
import {listen} from "./keys.js";
import {listMap} from "./listmap.js";
import {live} from "./live.js";

const root = document.querySelector(".worklist");
const redraw = listMap();
const recount = choosing();

/** Take over the rows of a fresh page; what is chosen stays chosen, the focus goes to the first row. */
async function show() {
  const answer = await fetch(location.href);
  if (!answer.ok) throw new Error(String(answer.status));
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [rows, old] = [fresh, document].map((page) => page.querySelector("[data-rows]"));
  if (!rows || !old) throw new Error("There is no list to take over.");
  const chosen = new Set([...old.querySelectorAll("input[name=vorgang]:checked")].map((box) => box.value));
  const known = new Set([...old.children].map((row) => row.id));
  old.replaceChildren(...rows.childNodes);
  for (const box of old.querySelectorAll("input[name=vorgang]")) box.checked = chosen.has(box.value);
  root.dataset.newest = fresh.querySelector(".worklist").dataset.newest;
  const total = document.querySelector(".worklist__total span");
  if (total) total.textContent = fresh.querySelector(".worklist__total span").textContent;
  redraw();
  recount?.();
  const first = [...old.children].find((row) => !known.has(row.id)) || old.firstElementChild;
  first?.querySelector(".desk-row__title")?.focus();
}

listen();
live(root, show);

// An empty field says nothing, so it does not stand in the address bar either.
document.querySelector("[data-filters]")?.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
});
