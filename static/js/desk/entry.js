// Similar open reports, shown while a call is being written down.
const form = document.querySelector("[data-entry]");
const PAUSE = 500;

if (form) {
  const shown = form.querySelector("[data-known]");
  let turn = 0;
  let timer = 0;
  let last = "";

  const look = async () => {
    // In the body: what a caller tells belongs into no log of addresses.
    const asked = new URLSearchParams();
    for (const name of ["csrfmiddlewaretoken", "category", "text", "lat", "lon"]) asked.set(name, form.elements.namedItem(name).value);
    if (asked.toString() === last) return;
    last = asked.toString();
    const mine = (turn += 1);
    try {
      const answer = await fetch(form.dataset.near, { method: "POST", body: asked, headers: { Accept: "text/html" } });
      if (!answer.ok || mine !== turn) return;
      // Our own page: the server has escaped what anybody wrote.
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      shown.replaceChildren(...parsed.body.childNodes);
    } catch {
      last = ""; // no connection: the button still asks
    }
  };

  form.querySelector("[data-look-button]").hidden = true;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  // The map writes the coordinates without an event of its own.
  setInterval(() => {
    if (!document.hidden) look();
  }, 2000);
}
