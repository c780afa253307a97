// Pins and clusters as pictures to be drawn on a canvas: the look of css/components/map.css, each kind of pin drawn once.
import {ORDER} from "../pin.js";

const SCALE = 0.62; // as many pins are drawn, see css/map.css
const PIN = { left: 14, top: 30, width: 28, height: 32 }; // around its point
const DARK = "rgb(19 21 37 / 55%)";
let sprite = null;

/** The symbols of the page's sprite, by name. */
function symbols() {
  sprite ||= fetch(document.documentElement.dataset.sprite)
    .then((answer) => answer.text())
    .then((text) => new Map([...new DOMParser().parseFromString(text, "image/svg+xml").querySelectorAll("symbol")].map((one) => [one.id, outline(one)])));
  sprite.catch(() => { sprite = null; });
  return sprite;
}

/** What a symbol draws, in its 24 × 24. */
function outline(symbol) {
  const path = new Path2D();
  for (const shape of symbol.children) {
    const at = (name) => Number(shape.getAttribute(name));
    if (shape.localName === "path") path.addPath(new Path2D(shape.getAttribute("d")));
    else if (shape.localName === "circle") {
      path.moveTo(at("cx") + at("r"), at("cy"));
      path.arc(at("cx"), at("cy"), at("r"), 0, 2 * Math.PI);
    }
  }
  return path;
}

/** How large a cluster of `count` reports is, in px. */
const sizeOf = (count) => (count < 100 ? 44 : count < 1000 ? 52 : 60);

/** How far a feature reaches from its place: [left, up, right, down] in px. */
export function reach({ properties: { count } }) {
  if (!count) return [PIN.left, PIN.top, PIN.width - PIN.left, PIN.height - PIN.top];
  const half = sizeOf(count) / 2 + 2;
  return [half, half, half, half];
}

export class Stamps {
  /** Read colours as the page shows them now in `element`; `ratio` is device pixels per px. */
  static async of(element, ratio) {
    const stamps = new Stamps();
    stamps.ratio = ratio;
    stamps.symbols = await symbols().catch(() => new Map());
    const probe = document.createElement("div");
    probe.hidden = true;
    probe.innerHTML = `${ORDER.map((look) => `<span class="pin pin--${look}"></span>`).join("")}<span class="cluster cluster--ringed"></span>`;
    element.append(probe);
    stamps.solid = {};
    stamps.on = {};
    ORDER.forEach((look, index) => {
      stamps.solid[look] = getComputedStyle(probe.children[index], "::before").backgroundColor;
      stamps.on[look] = getComputedStyle(probe.children[index]).color;
    });
    const { color, backgroundColor, fontSize, fontFamily } = getComputedStyle(probe.lastChild);
    Object.assign(stamps, { ink: color, paper: backgroundColor, font: `600 ${fontSize} ${fontFamily}`, pins: new Map() });
    probe.remove();
    return stamps;
  }

  /** Draw a feature with its place at (x, y) in px; the pen counts device pixels, and pins stand on whole ones: that is quick. */
  draw(pen, { properties }, x, y) {
    const { ratio } = this;
    if (!properties.count) {
      pen.drawImage(this.pin(properties.look, properties.icon), Math.round((x - PIN.left) * ratio), Math.round((y - PIN.top) * ratio));
      return;
    }
    pen.scale(ratio, ratio);
    this.cluster(pen, properties, x, y);
    pen.setTransform(1, 0, 0, 1, 0, 0);
  }

  pin(look, icon) {
    const key = `${look} ${icon}`;
    if (!this.pins.has(key)) this.pins.set(key, this.stamped(look, icon));
    return this.pins.get(key);
  }

  /** A pin of 40 × 46 px, smaller, with its point at 20 × 45. */
  stamped(look, icon) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil(PIN.width * this.ratio);
    canvas.height = Math.ceil(PIN.height * this.ratio);
    const pen = canvas.getContext("2d");
    pen.scale(canvas.width / PIN.width, canvas.height / PIN.height);
    pen.translate(PIN.left, PIN.top);
    pen.scale(SCALE, SCALE);
    pen.translate(0, -25.5);
    pen.lineJoin = pen.lineCap = "round";
    const drop = (radius) => {
      pen.beginPath();
      pen.arc(0, 0, radius, Math.PI * 0.75, Math.PI * 0.25);
      pen.lineTo(0, radius * Math.SQRT2);
      pen.closePath();
    };
    drop(18);
    pen.strokeStyle = DARK;
    pen.lineWidth = 2;
    pen.stroke();
    pen.fillStyle = "#fff";
    pen.fill();
    drop(16);
    pen.fillStyle = this.solid[look] || this.ink;
    pen.fill();
    const path = this.symbols.get(icon);
    if (path) {
      pen.scale(22 / 24, 22 / 24);
      pen.translate(-12, -12);
      pen.strokeStyle = this.on[look] || "#fff";
      pen.stroke(path);
    }
    return canvas;
  }

  cluster(pen, { count, looks }, x, y) {
    const size = sizeOf(count);
    const width = (6 * size) / 44;
    pen.beginPath();
    pen.arc(x, y, size / 2 + 1, 0, 2 * Math.PI);
    pen.fillStyle = DARK;
    pen.fill();
    pen.beginPath();
    pen.arc(x, y, size / 2, 0, 2 * Math.PI);
    pen.fillStyle = this.paper;
    pen.fill();
    pen.lineWidth = width;
    let from = -Math.PI / 2;
    for (const look of ORDER) {
      if (!looks?.[look]) continue;
      const to = from + (2 * Math.PI * looks[look]) / count;
      pen.beginPath();
      pen.arc(x, y, (size * 18) / 44, from, to);
      pen.strokeStyle = this.solid[look];
      pen.stroke();
      from = to;
    }
    pen.font = this.font;
    pen.fillStyle = this.ink;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(count < 10000 ? String(count) : `${Math.round(count / 1000)}k`, x, y + 1);
  }
}
