// The menu of further deeds by keyboard: arrows, the first and last, and typing how a deed begins. Without it Tab leads through.

const PAUSE = 900;

function listen(menu) {
  const items = [...menu.querySelectorAll(".drop__item")];
  let typed = "";
  let timer = 0;
  const go = (at) => items[(at + items.length) % items.length].focus();
  const moves = {
    ArrowDown: (at) => go(at + 1),
    ArrowUp: (at) => go(at < 0 ? -1 : at - 1),
    Home: () => go(0),
    End: () => go(-1),
  };

  menu.addEventListener("keydown", (event) => {
    if (!menu.open || event.ctrlKey || event.metaKey || event.altKey || !items.length) return;
    const at = items.indexOf(document.activeElement);
    if (moves[event.key]) {
      event.preventDefault();
      moves[event.key](at);
    } else if (event.key.length === 1 && (event.key !== " " || typed)) {
      event.preventDefault();
      typed += event.key.toLocaleLowerCase();
      clearTimeout(timer);
      timer = setTimeout(() => (typed = ""), PAUSE);
      // A deed is found by how any of its words begins.
      const words = (item) => item.textContent.trim().toLocaleLowerCase();
      const found = items.find((item) => words(item).startsWith(typed)) || items.find((item) => words(item).includes(` ${typed}`));
      found?.focus();
    }
  });
}

/** Open the menu of the open case and go to its first deed. */
export function openMenu() {
  const menu = document.querySelector(".action-bar details.drop");
  if (!menu) return;
  menu.open = true;
  menu.querySelector(".drop__item")?.focus();
}

export function menus() {
  document.querySelectorAll(".action-bar details.drop").forEach(listen);
}
