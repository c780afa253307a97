// Counts and new arrivals while a page of the desk stands open. Nothing that somebody reads or types is moved.

const SECONDS = 30;

/** Refresh the counts below `root` (data-live, data-newest); `show` fetches the new rows when somebody asks for them. */
export function live(root, show = null) {
  const line = root.querySelector("[data-arrivals]");
  let etag = "";
  let running = null;

  const told = ({ counts, new: arrived, newest }) => {
    // A page that does not know where it stands learns it first.
    const begins = !root.dataset.newest;
    if (begins) root.dataset.newest = String(newest);
    for (const [slug, count] of Object.entries(counts)) {
      for (const place of root.querySelectorAll(`[data-count="${slug}"]`)) place.textContent = String(count);
    }
    if (!line || begins) return;
    const text = arrived === 1 ? line.dataset.one : line.dataset.many.replace("{n}", String(arrived));
    const words = line.querySelector("[data-words]");
    // Only what changes is read out.
    if (arrived && words.textContent !== text) words.textContent = text;
    if (line.hidden === Boolean(arrived)) line.hidden = !arrived;
  };

  const ask = async () => {
    if (document.hidden || running) return;
    running = new AbortController();
    try {
      const address = new URL(root.dataset.live, location.href);
      address.searchParams.set("nach", root.dataset.newest || "0");
      const answer = await fetch(address, { signal: running.signal, headers: etag ? { "If-None-Match": etag } : {} });
      if (answer.status === 200 && !answer.redirected) {
        etag = answer.headers.get("ETag") || "";
        told(await answer.json());
      }
    } catch {
      // Without a connection the numbers stay as they are; the next turn asks again.
    } finally {
      running = null;
    }
  };

  if (!root.dataset.newest) ask();
  setInterval(ask, Number(root.dataset.seconds || SECONDS) * 1000);
  document.addEventListener("visibilitychange", ask);
  line?.querySelector("a").addEventListener("click", async (event) => {
    if (!show || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      await show();
      line.hidden = true;
      etag = "";
    } catch {
      location.reload();
    }
  });
}
