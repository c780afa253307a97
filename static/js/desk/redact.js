// Painting over parts of a photo: rectangles and a brush, by pointer or keyboard. The lines of percents in the form are
// the truth; this draws them and writes them.

const NAMES = "http://www.w3.org/2000/svg";
const STEP = 0.01;
const SMALLEST = 0.01;

const clamp = (number, low = 0, high = 1) => Math.min(high, Math.max(low, number));
const percent = (number) => String(Math.round(number * 100000) / 1000);

/** One line of the form as an area, null for what cannot be read. */
const read = (line) => {
  const stroke = line.trim().startsWith("~");
  let words = line.trim().replace(/^~/, "").trim().split(/[;\s]+|,\s+/).filter(Boolean);
  if (words.length === 1) words = words[0].split(",");
  const numbers = words.map((word) => Number(word.replace(",", ".").replace(/%$/, "")) / 100);
  if (!numbers.length || !numbers.every(Number.isFinite)) return null;
  if (!stroke) return numbers.length === 4 ? { x: numbers[0], y: numbers[1], w: numbers[2], h: numbers[3] } : null;
  const points = [];
  for (let at = 1; at + 1 < numbers.length; at += 2) points.push([numbers[at], numbers[at + 1]]);
  return points.length ? { points, size: numbers[0] } : null;
};

const write = (area) =>
  area.points
    ? `~ ${[area.size, ...area.points.flat()].map(percent).join("; ")}`
    : [area.x, area.y, area.w, area.h].map(percent).join("; ");

const form = document.querySelector("[data-redact]");
if (form) {
  const [width, height] = [Number(form.dataset.width), Number(form.dataset.height)];
  const longer = Math.max(width, height);
  const svg = form.querySelector("svg.redact__areas");
  const field = form.elements.namedItem("areas");
  const said = form.querySelector("[data-said]");
  const tools = form.querySelector("[data-tools]");
  const undo = form.querySelector("[data-undo]");
  const size = form.querySelector("[data-size]");
  let tool = "rectangle";
  let areas = [];
  let chosen = -1;
  let past = [];
  let drag = null;

  const keep = () => {
    past.push(JSON.stringify(areas));
    past = past.slice(-100);
    undo.disabled = false;
  };

  const make = (name, attributes) => {
    const element = document.createElementNS(NAMES, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  const shape = (area, index) => {
    const label = `${area.points ? form.dataset.stroke : form.dataset.rectangle} ${index + 1}`;
    const shared = { tabindex: 0, role: "img", "aria-label": label, "data-index": index };
    if (!area.points) {
      return make("rect", { ...shared, x: area.x * width, y: area.y * height, width: area.w * width, height: area.h * height });
    }
    const points = area.points.length === 1 ? [area.points[0], area.points[0]] : area.points;
    return make("polyline", { ...shared, points: points.map(([x, y]) => `${x * width},${y * height}`).join(" "), "stroke-width": area.size * longer });
  };

  const draw = () => {
    svg.replaceChildren(...areas.map(shape));
    const area = areas[chosen];
    if (area && !area.points) {
      const side = Math.min(longer / 40, 24 * (width / svg.clientWidth || 1));
      svg.append(make("rect", { class: "redact__corner", "data-corner": chosen, x: (area.x + area.w) * width - side / 2, y: (area.y + area.h) * height - side / 2, width: side, height: side }));
    }
    field.value = areas.map(write).join("\n");
    said.textContent = areas.length ? `${form.dataset.many} ${areas.length}` : form.dataset.none;
  };

  const focus = (index) => {
    chosen = index;
    draw();
    svg.querySelector(`[data-index="${index}"]`)?.focus({ preventScroll: true });
  };

  /** Where on the picture a pointer is, 0 to 1. */
  const place = (event) => {
    const box = svg.getBoundingClientRect();
    return [clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height)];
  };

  const begin = (event) => {
    if (event.button) return;
    event.preventDefault();
    const [x, y] = place(event);
    const { index, corner } = event.target.dataset;
    keep();
    if (corner !== undefined) {
      drag = { kind: "size", index: Number(corner) };
    } else if (index !== undefined && tool === "rectangle" && !areas[index].points) {
      const area = areas[index];
      drag = { kind: "move", index: Number(index), from: [x - area.x, y - area.y] };
      focus(drag.index);
    } else if (tool === "brush") {
      areas.push({ points: [[x, y]], size: Number(size.value) / 100 });
      drag = { kind: "stroke", index: areas.length - 1 };
    } else {
      areas.push({ x, y, w: 0, h: 0 });
      drag = { kind: "new", index: areas.length - 1, from: [x, y] };
    }
    svg.setPointerCapture(event.pointerId);
    draw();
  };

  const go = (event) => {
    if (!drag) return;
    const [x, y] = place(event);
    const area = areas[drag.index];
    if (drag.kind === "stroke") {
      const [lastX, lastY] = area.points.at(-1);
      if (Math.hypot((x - lastX) * width, (y - lastY) * height) > longer / 250) area.points.push([x, y]);
    } else if (drag.kind === "move") {
      area.x = clamp(x - drag.from[0], 0, 1 - area.w);
      area.y = clamp(y - drag.from[1], 0, 1 - area.h);
    } else if (drag.kind === "size") {
      area.w = clamp(x - area.x, SMALLEST, 1 - area.x);
      area.h = clamp(y - area.y, SMALLEST, 1 - area.y);
    } else {
      const [fromX, fromY] = drag.from;
      Object.assign(area, { x: Math.min(x, fromX), y: Math.min(y, fromY), w: Math.abs(x - fromX), h: Math.abs(y - fromY) });
    }
    draw();
  };

  const end = () => {
    if (!drag) return;
    const area = areas[drag.index];
    const slip = drag.kind === "new" && (area.w < SMALLEST / 2 || area.h < SMALLEST / 2);
    const done = drag;
    drag = null;
    if (slip) {
      areas.splice(done.index, 1);
      past.pop();
      undo.disabled = !past.length;
      chosen = -1;
      draw();
    } else {
      focus(done.index);
    }
  };

  const remove = (index) => {
    keep();
    areas.splice(index, 1);
    if (areas.length) focus(Math.min(index, areas.length - 1));
    else {
      chosen = -1;
      draw();
      form.querySelector("[data-add]").focus();
    }
  };

  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  svg.addEventListener("keydown", (event) => {
    const index = Number(event.target.dataset.index ?? -1);
    const area = areas[index];
    if (!area) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      remove(index);
      return;
    }
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    keep();
    const [x, y] = move.map((one) => one * (event.altKey ? STEP / 5 : STEP));
    if (area.points) {
      area.points = area.points.map(([px, py]) => [clamp(px + x), clamp(py + y)]);
    } else if (event.shiftKey) {
      area.w = clamp(area.w + x, SMALLEST, 1 - area.x);
      area.h = clamp(area.h + y, SMALLEST, 1 - area.y);
    } else {
      area.x = clamp(area.x + x, 0, 1 - area.w);
      area.y = clamp(area.y + y, 0, 1 - area.h);
    }
    focus(index);
  });
  svg.addEventListener("focusin", (event) => {
    if (event.target.dataset.index === undefined || Number(event.target.dataset.index) === chosen) return;
    focus(Number(event.target.dataset.index));
  });

  svg.addEventListener("pointerdown", begin);
  svg.addEventListener("pointermove", go);
  svg.addEventListener("pointerup", end);
  svg.addEventListener("pointercancel", end);

  tools.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tool]");
    if (!button) return;
    tool = button.dataset.tool;
    for (const one of tools.querySelectorAll("[data-tool]")) one.setAttribute("aria-pressed", String(one === button));
  });
  form.querySelector("[data-add]").addEventListener("click", () => {
    keep();
    areas.push({ x: 0.4, y: 0.4, w: 0.2, h: 0.2 });
    focus(areas.length - 1);
  });
  form.querySelector("[data-clear]").addEventListener("click", () => {
    if (!areas.length) return;
    keep();
    [areas, chosen] = [[], -1];
    draw();
  });
  undo.addEventListener("click", () => {
    if (past.length) areas = JSON.parse(past.pop());
    undo.disabled = !past.length;
    chosen = -1;
    draw();
  });
  form.querySelector("[data-zoom]").addEventListener("input", (event) => {
    form.querySelector("[data-stage]").style.setProperty("--zoom", event.target.value);
  });
  const typed = () => {
    areas = field.value.split("\n").map(read).filter(Boolean);
    chosen = -1;
  };
  field.addEventListener("change", () => {
    keep();
    typed();
    draw();
  });

  typed();
  const unreadable = form.querySelector(".kern-form-input--error") !== null;
  tools.hidden = false;
  form.querySelector("[data-help]").hidden = false;
  form.querySelector("[data-numbers]").open = unreadable;
  form.classList.add("redact--drawn");
  if (!unreadable) draw();
}
