// Contact data is shown in its place, so that what is being typed stays.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-contact]");
  if (!form) return;
  event.preventDefault();
  const data = new FormData(form);
  data.set("part", "1");
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    // Our own page: the server has escaped what anybody wrote.
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.getElementById("contact").replaceWith(parsed.getElementById("contact"));
    document.getElementById("contact-title").focus();
  } catch {
    form.submit();
  }
});
