// At the very first visit the day is asked for before the app has arrived: that spares a round trip on a slow line. Later
// visits have a worker, and a day that is kept. Asks as day.js does, in the form of the interface that actions.js speaks.
if (!navigator.serviceWorker?.controller) {
  const { api } = document.documentElement.dataset;
  globalThis.early = fetch(`${api}tag/?`, { headers: { Accept: "application/json", "Field-Schema": "1" }, credentials: "same-origin", cache: "no-store" }).catch(() => null);
}
