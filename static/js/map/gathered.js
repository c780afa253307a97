// Reports that would lie over each other, gathered to clusters that tell how many stand in which state.

const NEAR = 48; // pixels
const ALONE_FROM = 17; // this near every report has its own pin

/** GeoJSON features for the present zoom: pins as they come, and clusters with `count`, `looks` (reports by state) and `of`. */
export function gathered(map, features) {
  const zoom = map.getZoom();
  if (zoom >= ALONE_FROM || features.some((one) => one.properties.count)) return features;
  const alone = features.map((one) => {
    const [lon, lat] = one.geometry.coordinates;
    return { at: map.project([lat, lon], zoom), of: [one] };
  });
  // Three times, as the middle of a group moves with what it takes in
  return together(together(together(alone))).map((group) => (group.of.length < 2 ? group.of[0] : cluster(map.unproject(group.at, zoom), group.of)));
}

/** Put groups together that stand nearer than NEAR to an earlier, larger one; each then stands in the middle of its reports. */
function together(groups) {
  const cells = new Map();
  const kept = [];
  for (const group of [...groups].sort((a, b) => b.of.length - a.of.length)) {
    const [column, row] = [Math.floor(group.at.x / NEAR), Math.floor(group.at.y / NEAR)];
    const host = around(column, row).flatMap((key) => cells.get(key) || []).find((one) => one.home.distanceTo(group.at) < NEAR);
    if (host) {
      const all = host.of.length + group.of.length;
      host.at = host.at.multiplyBy(host.of.length / all).add(group.at.multiplyBy(group.of.length / all));
      host.of.push(...group.of);
      continue;
    }
    const fresh = { home: group.at, at: group.at, of: [...group.of] };
    kept.push(fresh);
    cells.set(`${column} ${row}`, [...(cells.get(`${column} ${row}`) || []), fresh]);
  }
  return kept;
}

function around(column, row) {
  return [-1, 0, 1].flatMap((across) => [-1, 0, 1].map((down) => `${column + across} ${row + down}`));
}

function cluster({ lat, lng }, of) {
  const looks = {};
  for (const { properties } of of) looks[properties.look] = (looks[properties.look] || 0) + 1;
  return { geometry: { coordinates: [lng, lat] }, properties: { count: of.length, looks, of } };
}

/** Bounds [[south, west], [north, east]] of the middle three fifths of the reports, null without any. */
export function middleOf(features) {
  if (!features.length) return null;
  const [west, east] = inner(features, 0);
  const [south, north] = inner(features, 1);
  return [[south, west], [north, east]];
}

function inner(features, index) {
  const sorted = features.map((one) => [one.geometry.coordinates[index], one.properties.count || 1]).sort((a, b) => a[0] - b[0]);
  const all = sorted.reduce((sum, [, count]) => sum + count, 0);
  const at = (share) => {
    let seen = 0;
    return sorted.find(([, count]) => (seen += count) >= share * all)[0];
  };
  return [at(0.2), at(0.8)];
}
