// Address search while typing: a combobox with a listbox (ARIA Authoring Practices 1.2), from our own gazetteer.
import {later, say, word} from "./words.js";

/** `near()` gives the map's middle, `chosen(hit)` gets what was picked. */
export function combobox(input, list, { near, chosen }) {
  let hits = [];
  let active = -1;
  let asked = 0;

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const pick = (index) => {
    const hit = hits[index];
    if (!hit) return;
    input.value = hit.label;
    close();
    chosen(hit);
  };
  const mark = (index) => {
    active = (index + hits.length) % hits.length;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    input.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  };
  const draw = () => {
    list.replaceChildren();
    hits.forEach((hit, index) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${index}`;
      option.className = "combo__option";
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = hit.place && !hit.label.includes(hit.place) ? `${hit.label}, ${hit.place}` : hit.label;
      option.addEventListener("pointerdown", (event) => event.preventDefault());
      option.addEventListener("click", () => pick(index));
      list.append(option);
    });
    active = -1;
    list.hidden = hits.length === 0;
    input.setAttribute("aria-expanded", String(hits.length > 0));
    input.removeAttribute("aria-activedescendant");
    say(hits.length === 0 ? word("noMatches") : hits.length === 1 ? word("matchesOne") : word("matches", hits.length));
  };
  const ask = async () => {
    asked += 1;
    const turn = asked;
    const text = input.value.trim();
    if (text.length < 2) {
      hits = [];
      close();
      return;
    }
    const middle = near();
    try {
      const answer = await fetch(`${input.dataset.url}?q=${encodeURIComponent(text)}&lat=${middle.lat.toFixed(5)}&lon=${middle.lng.toFixed(5)}`);
      if (turn !== asked || !answer.ok) return;
      hits = (await answer.json()).results;
      draw();
    } catch {
      close();
    }
  };
  input.addEventListener("input", later(ask, 180));
  input.addEventListener("keydown", async (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden && hits.length) {
        list.hidden = false;
        input.setAttribute("aria-expanded", "true");
      }
      if (hits.length) mark(active === -1 && event.key === "ArrowUp" ? hits.length - 1 : active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!hits.length) await ask();
      pick(Math.max(active, 0));
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  input.addEventListener("blur", () => setTimeout(close, 120));
}
