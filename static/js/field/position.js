// Where the phone is, for whichever screen asks. The browser is asked only after the person wanted it, once and for all.
const listeners = new Set();
/** Metres that one must move before anything is drawn anew. */
const STEP = 10;
const OPTIONS = { enableHighAccuracy: true, maximumAge: 10_000, timeout: 30_000 };
let last = null;
let watching = null;
let failed = false;

/** The last known position {point: [lon, lat], accuracy (m), at (ms)}, null while there is none. */
export function position() {
  return last;
}

/** "found", "waiting" (looking for it), "none" (the phone does not say) or "unasked". */
export function positionState() {
  if (last) return "found";
  if (failed) return "none";
  return watching === null ? "unasked" : "waiting";
}

/**
 * Hear of each new position, and when none can be found. With `ask` the browser may ask the person; without it only
 * what was allowed before is used. Returns what ends it.
 */
export function watchPosition(told, ask = false) {
  listeners.add(told);
  begin(ask);
  return () => {
    listeners.delete(told);
    if (listeners.size || watching === null) return;
    navigator.geolocation.clearWatch(watching);
    watching = null;
  };
}

async function begin(ask) {
  if (watching !== null || !navigator.geolocation) {
    if (!navigator.geolocation && ask) failed = true;
    return;
  }
  if (!ask) {
    const permission = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
    if (permission?.state !== "granted" || watching !== null || !listeners.size) return;
  }
  failed = false;
  watching = navigator.geolocation.watchPosition(found, missed, OPTIONS);
}

function found({ coords, timestamp }) {
  const point = [coords.longitude, coords.latitude];
  const near = last && Math.hypot((point[0] - last.point[0]) * 70_000, (point[1] - last.point[1]) * 111_000) < STEP;
  const better = !last || coords.accuracy < last.accuracy - 5;
  failed = false;
  if (near && !better) {
    last.at = timestamp;
    return;
  }
  last = { point, accuracy: Math.round(coords.accuracy), at: timestamp };
  tell();
}

function missed({ code }) {
  // 3: it takes long; the watch goes on by itself.
  if (code === 3 && !failed) return;
  if (code === 1) last = null;
  failed = !last;
  tell();
}

const tell = () => { for (const told of [...listeners]) told(last); };
