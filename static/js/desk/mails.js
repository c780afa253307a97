// Who gets which mail, shown while somebody types: the server tries the deed and takes it back.
import "./send.js";

const shown = document.querySelector("[data-mails]");
const form = shown?.closest("form");
const PAUSE = 700;

if (form) {
  const button = form.querySelector("[data-preview]");
  let turn = 0;
  let timer = 0;
  let last = "";

  const ask = async () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    data.set("preview", "alone");
    const typed = new URLSearchParams(data).toString();
    if (typed === last) {
      shown.setAttribute("aria-busy", "false");
      return;
    }
    last = typed;
    const mine = (turn += 1);
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "text/html" } });
      if (mine !== turn || !answer.ok) return;
      // Our own page: the server has escaped what anybody wrote.
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      const open = [...shown.querySelectorAll("details")].map((one) => one.open);
      shown.replaceChildren(...(parsed.body.textContent.trim() ? parsed.body.childNodes : []));
      shown.querySelectorAll("details").forEach((one, at) => {
        if (at in open) one.open = open[at];
      });
    } catch {
      last = "";
    } finally {
      if (mine === turn && !timer) shown.setAttribute("aria-busy", "false");
    }
  };
  const later = () => {
    clearTimeout(timer);
    shown.setAttribute("aria-busy", "true");
    timer = setTimeout(() => {
      timer = 0;
      ask();
    }, PAUSE);
  };

  button.hidden = true;
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  shown.setAttribute("aria-busy", "true");
  ask();
}
