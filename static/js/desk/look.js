// The look of a municipality while it is chosen: contrast and a preview in both schemes. The server counts the same.

const LIGHT = "#ffffff";
const DARK = "#141a22";
const ENOUGH = 4.5;

const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

const luminance = (colour) => {
  const [red, green, blue] = channels(colour).map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (one, other) => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};

const lightened = (colour) => {
  for (let step = 0; step <= 100; step += 5) {
    const parts = channels(colour).map((c) => Math.round(c + ((255 - c) * step) / 100).toString(16).padStart(2, "0"));
    const mixed = `#${parts.join("")}`;
    if (contrast(mixed, DARK) >= ENOUGH) return mixed;
  }
  return LIGHT;
};

const form = document.querySelector("[data-look]");
if (form) {
  const text = form.querySelector("[data-colour]");
  const picker = form.querySelector("[data-picker]");
  const facts = form.querySelector("[data-contrast]");
  const previews = form.querySelector("[data-previews]");
  const number = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

  const show = (typed) => {
    const colour = (typed.startsWith("#") ? typed : `#${typed}`).toLowerCase();
    if (!/^#[0-9a-f]{6}$/.test(colour)) return;
    const dark = lightened(colour);
    const light = contrast(colour, LIGHT);
    facts.querySelector("[data-on-light]").textContent = `${number.format(light)} : 1`;
    facts.querySelector("[data-verdict]").textContent = light >= ENOUGH ? facts.dataset.enough : facts.dataset.short;
    facts.querySelector("[data-dark]").textContent = dark;
    facts.querySelector("[data-on-dark]").textContent = `${number.format(contrast(dark, DARK))} : 1`;
    previews.style.setProperty("--accent-on-light", colour);
    previews.style.setProperty("--accent-on-dark", dark);
    previews.classList.toggle("previews--short", light < ENOUGH);
    picker.value = colour;
  };

  picker.hidden = false;
  previews.hidden = false;
  text.addEventListener("input", () => show(text.value.trim()));
  picker.addEventListener("input", () => {
    text.value = picker.value;
    show(picker.value);
  });
  form.querySelector("[data-instead]")?.addEventListener("click", (event) => {
    event.preventDefault();
    text.value = event.currentTarget.value;
    show(text.value);
  });
  form.querySelector("input[type=file]").addEventListener("change", (event) => {
    const [file] = event.currentTarget.files;
    if (!file) return;
    const address = URL.createObjectURL(file);
    for (const image of previews.querySelectorAll("[data-arms]")) {
      image.src = address;
      image.hidden = false;
    }
  });
  show(text.value.trim());
}
