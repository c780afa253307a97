// The documentation: a button that copies an example, shown only where the browser can, and links that open objects.

/** Open the object that the address names. */
function unfold() {
  const target = document.getElementById(location.hash.slice(1));
  const shape = target?.closest("details");
  if (shape) {
    shape.open = true;
    target.scrollIntoView();
  }
}

window.addEventListener("hashchange", unfold);
unfold();

for (const example of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  const button = example.querySelector("button");
  const word = button.querySelector("span");
  const before = word.textContent;
  word.setAttribute("aria-live", "polite");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(example.querySelector("pre").textContent);
    } catch (_error) {
      return; // refused by the browser: the text can still be marked by hand
    }
    word.textContent = button.dataset.copied;
    setTimeout(() => {
      word.textContent = before;
    }, 3000);
  });
}
