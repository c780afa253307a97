// Reports that would lie over each other, gathered to clusters that tell how many stand in which state.

const NEAR = 48; // pixels
const TILE = 512; // pixels
const ALONE_FROM = 17; // this near every report has its own pin

const world = (level) => 256 * 2 ** level;

/** What stands for one feature before it is put together with others; x and y in px of the whole map at a zoom. */
function alone(feature, side) {
  const { count = 1, looks = { [feature.properties.look]: 1 }, of = [feature] } = feature.properties;
  // Clusters that the server made hold reports that nobody here knows.
  return { x: feature.u * side, y: feature.v * side, count, looks, of: feature.properties.count && !feature.properties.of ? [] : of, parts: [feature] };
}

/** The features of a tile for its zoom: pins as they come, and clusters with `count`, `looks` (reports by state) and `of`. */
export function gathered({ level, features }) {
  if (level >= ALONE_FROM || features.some((one) => one.properties.count)) return features;
  const side = world(level);
  // Three times, as the middle of a group moves with what it takes in
  return together(together(together(features.map((one) => alone(one, side))))).map((group) => drawn(group, side));
}

/** All features of tiles beside each other, `lists` of them in the order of `tiles`: clusters meet over borders as they do within. */
export function joined(tiles, lists, gather) {
  if (tiles.length < 2) return lists.flat();
  const side = world(tiles[0].level);
  const every = gather && tiles[0].level < ALONE_FROM;
  const kept = [];
  const meeting = [];
  tiles.forEach(({ x, y }, index) => {
    for (const one of lists[index]) {
      const [left, top] = [one.u * side - x * TILE, one.v * side - y * TILE];
      const inside = Math.min(left, top, TILE - left, TILE - top) > NEAR;
      if (inside || !(every || one.properties.count)) kept.push(one);
      else meeting.push(alone(one, side));
    }
  });
  return kept.concat(together(meeting).map((group) => drawn(group, side)));
}

/** Put groups together that stand nearer than NEAR to an earlier, larger one; each then stands in the middle of its reports. */
function together(groups) {
  const cells = new Map();
  const kept = [];
  for (const group of [...groups].sort((a, b) => b.count - a.count)) {
    const [column, row] = [Math.floor(group.x / NEAR), Math.floor(group.y / NEAR)];
    const host = nearest(cells, column, row, group);
    if (host) {
      const all = host.count + group.count;
      host.x += ((group.x - host.x) * group.count) / all;
      host.y += ((group.y - host.y) * group.count) / all;
      host.count = all;
      for (const [look, n] of Object.entries(group.looks)) host.looks[look] = (host.looks[look] || 0) + n;
      host.of.push(...group.of);
      host.parts.push(...group.parts);
      continue;
    }
    const fresh = { ...group, homeX: group.x, homeY: group.y, looks: { ...group.looks }, of: [...group.of], parts: [...group.parts] };
    kept.push(fresh);
    const key = column * 1e8 + row;
    if (cells.has(key)) cells.get(key).push(fresh);
    else cells.set(key, [fresh]);
  }
  return kept;
}

function nearest(cells, column, row, { x, y }) {
  for (let across = column - 1; across <= column + 1; across += 1) {
    for (let down = row - 1; down <= row + 1; down += 1) {
      const host = cells.get(across * 1e8 + down)?.find((one) => (one.homeX - x) ** 2 + (one.homeY - y) ** 2 < NEAR ** 2);
      if (host) return host;
    }
  }
  return null;
}

/** A group as it is drawn: the feature itself, or a cluster at [u, v]. */
function drawn({ x, y, count, looks, of, parts }, side) {
  return parts.length < 2 ? parts[0] : { u: x / side, v: y / side, properties: { count, looks, of } };
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
