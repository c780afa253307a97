// Names on our own ground: streets along their course, districts in their middle, never one over another.

const STREETS_FROM = 15;
const STRAIGHT = 0.15; // radians
const HALF = 8; // half the height of a line, in px
const BUDGET = 6; // ms of writing before the page may answer

/**
 * A layer that writes names on one canvas, redrawn after each move. Use: `new Labels(map, L, features).addTo(map)`.
 *
 * Where a crosshair stands in the middle, `cross` is its radius in px: names step aside, so that both can be read.
 */
export class Labels {
  constructor(map, L, features, cross = 0) {
    this.map = map;
    this.L = L;
    this.cross = cross;
    this.colours = null;
    this.features = features.filter((one) => one.properties.layer === "street");
    this.streets = null; // measured when they are first shown
    this.areas = features
      .filter((one) => one.properties.layer === "district" || one.properties.layer === "member")
      .map((one) => ({ name: one.properties.name, middle: L.geoJSON(one).getBounds().getCenter() }));
  }

  /** Put the canvas above the ground and below pins. */
  addTo(map) {
    const pane = map.createPane("names");
    pane.style.zIndex = 260;
    pane.style.pointerEvents = "none";
    this.pane = pane;
    this.canvas = this.fresh();
    map.on("moveend resize viewreset", () => this.draw(this.colours));
    // Leaflet may tell of a move a moment after the map is gone.
    map.on("unload", () => { this.colours = null; });
    return this;
  }

  fresh() {
    const canvas = this.L.DomUtil.create("canvas", "leaflet-zoom-hide", this.pane);
    canvas.setAttribute("aria-hidden", "true");
    return canvas;
  }

  /** Names are shown, or not where something else brings its own. */
  show(shown) {
    this.pane.hidden = !shown;
    if (shown) this.draw(this.colours);
  }

  /** Write all names that fit into the present view, a few at a time; those written before stand until then. */
  draw(colours) {
    this.colours = colours;
    clearTimeout(this.later);
    this.next?.remove();
    this.next = null;
    if (!colours || this.pane.hidden) return;
    this.later = setTimeout(() => {
      this.next = this.fresh();
      this.next.hidden = true;
      this.goOn(this.written(this.next, colours));
    });
  }

  goOn(writing) {
    const start = performance.now();
    while (performance.now() - start < BUDGET) {
      if (!writing.next().done) continue;
      this.canvas.remove();
      this.canvas = this.next;
      this.canvas.hidden = false;
      this.next = null;
      return;
    }
    this.later = setTimeout(() => this.goOn(writing));
  }

  /** Writes name after name. */
  *written(canvas, colours) {
    const { map, L } = this;
    const size = map.getSize();
    const ratio = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
    canvas.width = size.x * ratio;
    canvas.height = size.y * ratio;
    canvas.style.width = `${size.x}px`;
    canvas.style.height = `${size.y}px`;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.lineWidth = 3;
    pen.strokeStyle = colours.paper;
    pen.fillStyle = colours.name;
    this.taken = [];
    if (map.getZoom() >= STREETS_FROM) yield* this.writeStreets(pen, size);
    else if (map.getZoom() >= 10) this.writeAreas(pen, size);
  }

  writeAreas(pen, size) {
    pen.font = "500 14px 'Fira Sans', sans-serif";
    for (const area of this.areas) {
      const at = this.map.latLngToContainerPoint(area.middle);
      const wide = pen.measureText(area.name).width;
      const aside = this.cross + HALF + 2;
      const y = [at.y, size.y / 2 - aside, size.y / 2 + aside].find((one) => !this.crossed(size, at.x, one, 0, wide));
      this.write(pen, size, area.name, at.x, y ?? at.y, 0, wide);
    }
  }

  *writeStreets(pen, size) {
    pen.font = "400 12px 'Fira Sans', sans-serif";
    const view = this.map.getBounds();
    this.streets ||= this.features.map((one) => ({ name: one.properties.name, lines: null, geometry: one.geometry }));
    for (const street of this.streets) {
      yield;
      street.lines ||= lines(street.geometry).map((line) => measured(this.L, line));
      const piece = this.longestPiece(street, view, size);
      const wide = pen.measureText(street.name).width;
      if (!piece || piece.length < wide * 0.8) continue;
      const { along } = this.toCross(size, piece.x, piece.y, piece.angle);
      const aside = wide / 2 + this.cross;
      const up = Math.sign(Math.sin(piece.angle)) || 1; // the upper side first: controls lie below
      for (const far of [0, along - up * aside, along + up * aside]) {
        if (Math.abs(far) + wide * 0.4 > piece.length / 2) continue;
        const x = piece.x + Math.cos(piece.angle) * far;
        const y = piece.y + Math.sin(piece.angle) * far;
        if (this.crossed(size, x, y, piece.angle, wide)) continue;
        this.write(pen, size, street.name, x, y, piece.angle, wide);
        break;
      }
    }
  }

  /** From (x, y) to the middle of the view, in px along a name and beside it. */
  toCross(size, x, y, angle) {
    const dx = size.x / 2 - x;
    const dy = size.y / 2 - y;
    return { along: dx * Math.cos(angle) + dy * Math.sin(angle), beside: dy * Math.cos(angle) - dx * Math.sin(angle) };
  }

  /** Whether a name at (x, y) would lie under the crosshair. */
  crossed(size, x, y, angle, wide) {
    if (!this.cross) return false;
    const { along, beside } = this.toCross(size, x, y, angle);
    return Math.abs(along) < wide / 2 + this.cross - 0.5 && Math.abs(beside) < HALF + this.cross;
  }

  /** The longest nearly straight piece of a street within the view: middle, length (px), angle readable from below. */
  longestPiece(street, view, size) {
    const box = this.L.bounds([0, 0], size);
    let best = null;
    for (const line of street.lines) {
      if (!view.intersects(line.bounds)) continue;
      const points = line.points.map((point) => this.map.latLngToContainerPoint(point));
      let from = null;
      let to = null;
      for (let i = 1; i < points.length; i += 1) {
        const cut = this.L.LineUtil.clipSegment(points[i - 1], points[i], box, false, true);
        if (!cut) {
          from = null;
          continue;
        }
        const goesOn = from && to.equals(cut[0]) && Math.abs(bend(from, to, cut[1])) < STRAIGHT;
        if (!goesOn) [from] = cut;
        [, to] = cut;
        const length = from.distanceTo(to);
        if (!best || length > best.length) best = { length, angle: turned(angleOf(from, to)), x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
      }
    }
    return best;
  }

  write(pen, size, text, x, y, angle, wide) {
    const w = (Math.abs(Math.cos(angle)) * wide) / 2 + 10;
    const h = (Math.abs(Math.sin(angle)) * wide) / 2 + 10;
    if (x < 0 || y < 0 || x > size.x || y > size.y) return;
    if (this.taken.some((box) => Math.abs(box.x - x) < box.w + w && Math.abs(box.y - y) < box.h + h)) return;
    this.taken.push({ x, y, w, h });
    pen.save();
    pen.translate(x, y);
    pen.rotate(angle);
    pen.strokeText(text, 0, 0);
    pen.fillText(text, 0, 0);
    pen.restore();
  }
}

function angleOf(a, b) {
  return Math.atan2(b.y - a.y, b.x - a.x);
}

/** How much a way from a over b to c turns at b, in radians. */
function bend(a, b, c) {
  const turn = angleOf(b, c) - angleOf(a, b);
  return Math.atan2(Math.sin(turn), Math.cos(turn));
}

/** The same line, so that its words do not stand on their head. */
function turned(angle) {
  if (angle > Math.PI / 2) return angle - Math.PI;
  return angle < -Math.PI / 2 ? angle + Math.PI : angle;
}

/** A line with its bounds: a long street may cross the view without a corner in it. */
function measured(L, line) {
  const points = line.map(([lon, lat]) => L.latLng(lat, lon));
  return { points, bounds: L.latLngBounds(points) };
}

function lines(geometry) {
  if (geometry.type === "LineString") return [geometry.coordinates];
  return geometry.type === "MultiLineString" ? geometry.coordinates : [];
}
