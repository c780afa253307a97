// Open reports around a place; they need reception.
import {answered, headersFor} from "./actions.js";
import {reach} from "../offline/queue.js";

const TIME = 15_000;

/** Resolves to [{id, number, title, icon, point, state_label, distance, public_url}], the nearest first. Throws without reception. */
export async function around([lon, lat], metres) {
  const query = new URLSearchParams({ lat, lon, r: metres });
  const answer = await reach(`${document.documentElement.dataset.api}umgebung/?${query}`, { headers: headersFor(), credentials: "same-origin" }, TIME);
  return (await answered(answer)).items;
}
