// How a report leaves this device: first the report, then each of its photos by itself, so that a bad line loses at most
// one photo's way. `client_key` (of the report) and the photo's own key make every call safe to repeat.
import {Queue, Refused, judged, reach} from "./queue.js";
import {solveChallenge} from "../proof/solve.js";
import {forget, photosOf, queued, remove} from "../flow/store.js";

const API = "/api/v1/reports/";
const REPORT_TIME = 30_000;
const PHOTO_TIME = 120_000;
const TIDY_TIME = 10_000;
/** Answers with which the draft's own address says that it cannot take it: then the interface does. */
const NO_DRAFT = [404, 410];

/**
 * The reports of this device. A row: {client_key, secret (of the draft, whose photos it has), report (as the API takes
 * it, null once it has arrived), check (address of the complete draft on the server, or null), draft (address of the
 * draft that is closed afterwards, or null), tried (the report as it was when an earlier try may have reached the
 * server), title, place, photos, language}; when sent also number, receipt, own, lost (what was said about photos that
 * were not accepted), late (a change came too late).
 */
export const reports = new Queue({ name: "anliegen-reports", rows: queued, send });

async function send(row, keep) {
  let known = row;
  if (!row.number) {
    known = (await toDraft(row)) || (await toApi(row));
    // From here on the server has it: nothing of who reported it stays on this device.
    await keep({ ...known, report: null, tried: null });
  }
  if (!known.whole) await sendPhotos(row, known.number, keep);
  const receipt = known.receipt || (await closeDraft(row));
  await forget(row.secret);
  return { receipt, own: known.own || receipt };
}

/** The draft on the server is complete, photos included: just send it. null where it is not there (any more). */
async function toDraft(row) {
  if (!row.check) return null;
  const answer = await proving((proof) => reach(row.check, { method: "POST", headers: { Accept: "application/json", ...proof }, credentials: "same-origin" }, REPORT_TIME));
  if (NO_DRAFT.includes(answer.status)) return null;
  const body = await judged(answer);
  return { number: body.number, receipt: body.receipt, own: body.receipt, whole: true };
}

/** All of it from this device. A report that arrived before it was changed here is the one that counts. */
async function toApi(row) {
  const headers = { Accept: "application/json", "Content-Type": "application/json", "Accept-Language": row.language || "de" };
  const post = (report) => proving((proof) => reach(API, { method: "POST", headers: { ...headers, ...proof }, body: JSON.stringify(report) }, REPORT_TIME));
  // Photos come in calls of their own; where the category needs one, the report says that they do.
  const photos_follow = (await photosOf(row.secret)).length;
  const answer = await post({ ...row.report, photos_follow });
  if (answer.status !== 409) return links(await judged(answer));
  if (row.tried) {
    const earlier = await post({ ...row.tried, photos_follow });
    if (earlier.ok) return { ...links(await judged(earlier)), late: true };
  }
  const body = await answer.json().catch(() => ({}));
  if (!body.number) throw new Refused(409, body.errors);
  return { number: body.number, receipt: null, own: null, late: true };
}

/** Send; while the platform is under attack the answer is a challenge, which is solved before the same is sent again. */
async function proving(post) {
  const answer = await post({});
  if (answer.status !== 429) return answer;
  const { challenge } = await answer.clone().json().catch(() => ({}));
  const proof = challenge ? await solveChallenge(challenge) : "";
  return proof ? post({ "Proof-Of-Work": proof }) : answer;
}

/** The draft on the server became the report: let it know, and learn where the receipt is. It is no harm if it fails. */
async function closeDraft(row) {
  if (!row.draft) return null;
  try {
    const answer = await reach(row.draft, { headers: { Accept: "application/json" }, credentials: "same-origin" }, TIDY_TIME);
    return answer.ok ? (await answer.json()).receipt || null : null;
  } catch {
    return null;
  }
}

/** Paths on this host; a report of another municipality of the county keeps its whole address. */
function links({ number, receipt_url: receipt, own_url: own }) {
  return { number, receipt: pathOf(receipt), own: pathOf(own) };
}

function pathOf(address) {
  const url = new URL(address, self.location.href);
  return url.host === self.location.host ? url.pathname : url.href;
}

/** Send what is left of the photos, one by one; what the server will not have is told and not tried again. */
async function sendPhotos(row, number, keep) {
  const lost = [...(row.lost || [])];
  for (const photo of await photosOf(row.secret)) {
    const body = new FormData();
    body.append("client_key", row.client_key);
    body.append("photo_key", photo.id);
    body.append("photos", photo.blob, photo.name);
    const headers = { Accept: "application/json", "Accept-Language": row.language || "de" };
    const answer = await reach(`${API}${encodeURIComponent(number)}/photos/`, { method: "POST", headers, body }, PHOTO_TIME);
    try {
      await judged(answer);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      lost.push(Object.values(error.errors).flat().join(" "));
      await keep({ lost });
    }
    await remove("photos", photo.id);
  }
}
