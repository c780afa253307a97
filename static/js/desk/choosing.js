// Choosing several cases: how many they are, all of the page, all that were found. Without it the form works as it is.

export function choosing() {
  const form = document.querySelector("[data-bulk]");
  if (!form) return;
  const count = form.querySelector("[data-chosen]");
  const page = document.getElementById("bulk-page");
  const all = document.getElementById("bulk-all");
  const idle = count.textContent;
  const boxes = () => [...document.querySelectorAll("[data-rows] input[name=vorgang]")];
  page.closest("[data-page-check]").hidden = false;

  const draw = () => {
    const chosen = boxes().filter((box) => box.checked).length;
    form.classList.toggle("is-waiting", !chosen && !all.checked);
    page.checked = chosen > 0 && chosen === boxes().length;
    page.indeterminate = chosen > 0 && !page.checked;
    count.textContent = all.checked || !chosen ? idle : chosen === 1 ? count.dataset.one : count.dataset.many.replace("{n}", String(chosen));
  };

  page.addEventListener("change", () => {
    for (const box of boxes()) box.checked = page.checked;
    draw();
  });
  document.addEventListener("change", (event) => {
    if (event.target.name === "vorgang" || event.target === all) draw();
  });
  draw();
  return draw;
}
