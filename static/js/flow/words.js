// The words of the page for scripts (template #flow-words), and the line that reads them out.

/** The text `key` with {n} replaced, "" if the page has none. */
export function word(key, value = "") {
  const words = document.getElementById("flow-words");
  return (words?.dataset[key] || "").replace(/\{n\}/, String(value));
}

let timer = 0;

/** Say something to people who hear the page. Said again, the same words are read again. */
export function say(text) {
  const line = document.getElementById("flow-status");
  if (!line) return;
  line.textContent = "";
  clearTimeout(timer);
  timer = setTimeout(() => { line.textContent = text; }, 150);
}

/** Call `deed` once it has been quiet for `wait` milliseconds. */
export function later(deed, wait) {
  let pending = 0;
  return (...values) => {
    clearTimeout(pending);
    pending = setTimeout(() => deed(...values), wait);
  };
}
