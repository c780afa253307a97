// Photos that are being taken: small pictures with a button to remove each. A full phone says so before the camera opens.
import {made, slot, word} from "./dom.js";
import {shrunk} from "../flow/shrink.js";

/** No photo of a camera is larger, in bytes; the server takes none (PHOTO_MAX_BYTES). */
const MOST = 20 * 2 ** 20;

/**
 * A photo as it can be kept: made smaller where that is possible, and read at once, because a phone may clear away what its
 * camera left. null for what is empty, too large or cannot be read.
 */
export async function pictureOf(file) {
  try {
    const blob = (await shrunk(file)) || file;
    const bytes = blob.size && blob.size <= MOST ? await blob.arrayBuffer() : null;
    return bytes?.byteLength ? new Blob([bytes], { type: blob.type }) : null;
  } catch {
    return null;
  }
}

/**
 * `node` holds the places "shots" and "shootWord" and an input of files. `first` is the word on the button before there
 * is a photo; `taken` are photos from before. `onChange()` hears of each that comes or goes. Returns {photos() ->
 * [{blob, role, taken_at}], ready() -> once none is still being made smaller, working(), clear()}. From the press until the
 * photo is there the field says data-busy: the page must not be loaded anew.
 */
export function camera(node, context, { role = "", first = "photoTake", taken = [], onChange = () => undefined } = {}) {
  const input = node.querySelector("input[type=file]");
  const list = slot(node, "shots");
  let shots = taken.map((shot) => ({ ...shot, address: URL.createObjectURL(shot.blob) }));
  let room = true;
  let work = Promise.resolve();
  let open = 0;

  async function look() {
    room = await context.roomFor(2);
    if (!room) context.say(word("room"));
  }

  function draw() {
    slot(node, "shootWord").textContent = word(shots.length ? "photoMore" : first);
    list.hidden = !shots.length;
    list.replaceChildren(...shots.map((shot, index) => {
      const item = made("small-shot");
      const picture = item.querySelector("img");
      picture.src = shot.address;
      picture.alt = word("photoOf", { n: index + 1, a: word(role || "reported") });
      const button = item.querySelector("button");
      button.setAttribute("aria-label", `${word("drop")} ${index + 1}`);
      button.addEventListener("click", () => {
        URL.revokeObjectURL(shot.address);
        shots = shots.filter((one) => one !== shot);
        draw();
        onChange();
        input.focus();
      });
      return item;
    }));
  }

  input.addEventListener("click", (event) => {
    if (room) return void (input.dataset.busy = "");
    event.preventDefault();
    context.say(word("room"));
    look();
  });
  input.addEventListener("cancel", () => { delete input.dataset.busy; });
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = "";
    input.dataset.busy = "";
    open += 1;
    work = work.then(() => bring(files)).finally(() => {
      open -= 1;
      if (!open) delete input.dataset.busy;
    });
  });

  async function bring(files) {
    let broken = false;
    for (const file of files) {
      const blob = await pictureOf(file);
      if (blob) shots.push({ blob, role, taken_at: file.lastModified || Date.now(), address: URL.createObjectURL(blob) });
      else broken = true;
    }
    draw();
    onChange();
    await look();
    if (broken) context.say(word("photoBroken"));
  }

  draw();
  look();

  return {
    ready: () => work,
    working: () => open > 0,
    photos: () => shots.map(({ blob, role: kind, taken_at }) => ({ blob, role: kind, taken_at })),
    clear() {
      for (const shot of shots) URL.revokeObjectURL(shot.address);
      shots = [];
    },
  };
}
