// Search of streets and places, and "near me": both only move the map.

const PAUSE = 250;

/** Wire the search form; `go(lat, lon, zoom)` moves the map, `say(text)` tells what went wrong. */
export function searchPlaces(form, go, say, words) {
  const input = form.querySelector("input");
  const list = form.querySelector("ul");
  let waiting = 0;
  let asked = 0;
  let hits = [];

  const close = () => {
    list.hidden = true;
  };
  const choose = (hit) => {
    input.value = hit.label;
    close();
    go(hit.lat, hit.lon, hit.kind === "district" ? 15 : 17);
  };
  const show = () => {
    list.replaceChildren(
      ...hits.map((hit) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = hit.place ? `${hit.label}, ${hit.place}` : hit.label;
        button.addEventListener("click", () => choose(hit));
        item.append(button);
        return item;
      }),
    );
    list.hidden = hits.length === 0;
  };
  const ask = async () => {
    const mine = (asked += 1);
    const typed = input.value.trim();
    hits = [];
    if (typed.length > 1) {
      try {
        const answer = await fetch(`${form.dataset.places}?q=${encodeURIComponent(typed)}`);
        if (answer.ok) hits = (await answer.json()).results.filter((hit) => hit.lat !== null);
      } catch (_error) {
        return; // the next letter asks again
      }
    }
    if (mine === asked) show();
  };

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    await ask();
    if (hits.length) choose(hits[0]);
    else if (input.value.trim()) say(words.nohit);
  });
  form.addEventListener("keydown", (event) => {
    const buttons = [...list.querySelectorAll("button")];
    if (event.key === "Escape") close();
    if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || list.hidden || !buttons.length) return;
    event.preventDefault();
    const at = buttons.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    (at < 0 ? input : buttons[Math.min(at, buttons.length - 1)]).focus();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
}

/** Ask the device where it is; `found(lat, lon, metres)` or `failed()`. */
export function locate(found, failed) {
  if (!navigator.geolocation) {
    failed();
    return;
  }
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => found(coords.latitude, coords.longitude, coords.accuracy),
    failed,
    { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
  );
}
