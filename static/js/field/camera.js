// Photos that are being taken: small pictures with a button to remove each. A full phone says so before the camera opens.
import {made, slot, word} from "./dom.js";
import {shrunk} from "../flow/shrink.js";

/**
 * `node` holds the places "shots" and "shootWord" and an input of files. `first` is the word on the button before there
 * is a photo; `taken` are photos from before. `onChange()` hears of each that comes or goes. Returns {photos() ->
 * [{blob, role, taken_at}], clear()}.
 */
export function camera(node, context, { role = "", first = "photoTake", taken = [], onChange = () => undefined } = {}) {
  const input = node.querySelector("input[type=file]");
  const list = slot(node, "shots");
  let shots = taken.map((shot) => ({ ...shot, address: URL.createObjectURL(shot.blob) }));
  let room = true;

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
    if (room) return;
    event.preventDefault();
    context.say(word("room"));
    look();
  });
  input.addEventListener("change", async () => {
    const files = [...input.files];
    for (const file of files) {
      const blob = (await shrunk(file)) || file;
      shots.push({ blob, role, taken_at: file.lastModified || Date.now(), address: URL.createObjectURL(blob) });
    }
    input.value = "";
    draw();
    onChange();
    look();
  });
  draw();
  look();

  return {
    photos: () => shots.map(({ blob, role: kind, taken_at }) => ({ blob, role: kind, taken_at })),
    clear() {
      for (const shot of shots) URL.revokeObjectURL(shot.address);
      shots = [];
    },
  };
}
