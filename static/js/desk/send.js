// Ctrl+Enter sends the form in which somebody types several lines, so that nobody has to walk to its button.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.repeat) return;
  const form = event.target.closest("form.form");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});
