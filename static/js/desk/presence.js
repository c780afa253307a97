// Who else has this case open, and whether it was changed meanwhile: asked every half minute while the page is in sight.
const line = document.querySelector("[data-presence]");
const BEAT = 30_000;
const PAUSE = 60_000;

if (line) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  let typed = -Infinity;
  let writing = false;

  const body = (more = {}) => {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", token);
    data.set("version", line.dataset.version);
    data.set("writing", writing ? "1" : "0");
    for (const [name, value] of Object.entries(more)) data.set(name, value);
    return data;
  };

  const beat = async () => {
    writing = performance.now() - typed < PAUSE;
    try {
      const answer = await fetch(line.dataset.presence, { method: "POST", body: body(), headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      // Our own page: the server has escaped the names.
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (parsed.body.textContent.trim() === line.textContent.trim()) return;
      line.replaceChildren(...(parsed.body.textContent.trim() ? parsed.body.childNodes : []));
    } catch {
      // No connection: the next beat tries again.
    }
  };

  document.getElementById("deed")?.addEventListener("input", () => {
    typed = performance.now();
    if (!writing) beat();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) beat();
  });
  addEventListener("pagehide", () => navigator.sendBeacon(line.dataset.presence, body({ leave: "1" })));
  setInterval(() => {
    if (!document.hidden) beat();
  }, BEAT);
}
