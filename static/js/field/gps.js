// Where the phone is, by its own sensors.

const OPTIONS = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 10_000 };

const found = ({ coords }) => ({ point: [coords.longitude, coords.latitude], accuracy: Math.round(coords.accuracy) });

/** Resolves to {point: [lon, lat], accuracy (m)}; rejects where the phone does not know or may not tell. */
export function whereAmI() {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) reject(new Error("No position here."));
    else navigator.geolocation.getCurrentPosition((position) => resolve(found(position)), reject, OPTIONS);
  });
}

/** Call `deed({point, accuracy})` with every new position, `failed()` where there is none. Returns what ends it. */
export function watch(deed, failed = () => undefined) {
  if (!navigator.geolocation) {
    failed();
    return () => undefined;
  }
  const number = navigator.geolocation.watchPosition((position) => deed(found(position)), failed, OPTIONS);
  return () => navigator.geolocation.clearWatch(number);
}
