// Names on our own ground: streets along their course, districts in their middle, never one over another.

const STREETS_FROM = 15;

/** A layer that writes names on one canvas, redrawn after each move. Use: `new Labels(map, L, features).addTo(map)`. */
export class Labels {
  constructor(map, L, features) {
    this.map = map;
    this.L = L;
    this.colours = null;
    this.streets = features.filter((one) => one.properties.layer === "street").map((one) => ({ name: one.properties.name, lines: lines(one.geometry) }));
    this.areas = features
      .filter((one) => one.properties.layer === "district" || one.properties.layer === "member")
      .map((one) => ({ name: one.properties.name, middle: L.geoJSON(one).getBounds().getCenter() }));
  }

  /** Put the canvas above the ground and below pins. */
  addTo(map) {
    const pane = map.createPane("names");
    pane.style.zIndex = 260;
    pane.style.pointerEvents = "none";
    this.canvas = this.L.DomUtil.create("canvas", "leaflet-zoom-hide", pane);
    this.canvas.setAttribute("aria-hidden", "true");
    map.on("moveend resize viewreset", () => this.draw(this.colours));
    return this;
  }

  /** Write all names that fit into the present view. */
  draw(colours) {
    this.colours = colours;
    if (!colours) return;
    const { map, L, canvas } = this;
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
    if (map.getZoom() >= STREETS_FROM) this.writeStreets(pen, size);
    else if (map.getZoom() >= 10) this.writeAreas(pen, size);
  }

  writeAreas(pen, size) {
    pen.font = "500 14px 'Fira Sans', sans-serif";
    for (const area of this.areas) {
      const at = this.map.latLngToContainerPoint(area.middle);
      this.write(pen, size, area.name, at.x, at.y, 0);
    }
  }

  writeStreets(pen, size) {
    pen.font = "400 12px 'Fira Sans', sans-serif";
    const view = this.map.getBounds().pad(0.1);
    for (const street of this.streets) {
      const piece = this.longestPiece(street, view, size);
      const wide = pen.measureText(street.name).width;
      if (!piece || piece.length < wide * 0.8) continue;
      this.write(pen, size, street.name, piece.x, piece.y, piece.angle, wide);
    }
  }

  /** The longest straight piece of a street within the view: middle, length (px) and angle, readable from below. */
  longestPiece(street, view, size) {
    let best = null;
    for (const line of street.lines) {
      if (!line.some(([lon, lat]) => view.contains([lat, lon]))) continue;
      const points = line.map(([lon, lat]) => this.map.latLngToContainerPoint([lat, lon]));
      for (let i = 1; i < points.length; i += 1) {
        const cut = this.L.LineUtil.clipSegment(points[i - 1], points[i], this.L.bounds([0, 0], size), false, true);
        if (!cut) continue;
        const [a, b] = cut;
        const length = a.distanceTo(b);
        if (best && best.length >= length) continue;
        let angle = Math.atan2(b.y - a.y, b.x - a.x);
        if (angle > Math.PI / 2) angle -= Math.PI;
        if (angle < -Math.PI / 2) angle += Math.PI;
        best = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, length, angle };
      }
    }
    return best;
  }

  write(pen, size, text, x, y, angle, wide = pen.measureText(text).width) {
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

function lines(geometry) {
  if (geometry.type === "LineString") return [geometry.coordinates];
  return geometry.type === "MultiLineString" ? geometry.coordinates : [];
}
