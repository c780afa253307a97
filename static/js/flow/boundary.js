// Whether a place lies inside the municipality, as far as this device knows its boundary.

let rings = null;

/** Learn the boundary from the ground of the map (GeoJSON), null where it is not there. */
export function learnBoundary(ground) {
  const shapes = (ground?.features || []).filter(({ properties }) => properties.layer === "boundary").map(({ geometry }) => geometry);
  if (shapes.length) rings = shapes.flatMap(({ type, coordinates }) => (type === "MultiPolygon" ? coordinates.flat() : coordinates));
}

/** Whether [lon, lat] is inside; true where nobody knows. A point in a hole crosses two rings. */
export function boundaryHolds([lon, lat]) {
  if (!rings) return true;
  let inside = false;
  for (const ring of rings) {
    for (let one = 0, other = ring.length - 1; one < ring.length; other = one, one += 1) {
      const [[x, y], [u, v]] = [ring[one], ring[other]];
      if (y > lat !== v > lat && lon < ((u - x) * (lat - y)) / (v - y) + x) inside = !inside;
    }
  }
  return inside;
}
