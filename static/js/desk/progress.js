// How far a deed for many cases is, looked at anew every two seconds until it is done.

const SECONDS = 2;
const page = document.querySelector("[data-progress]");

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-progress]");
    page.querySelector("[data-live-part]").replaceChildren(...fresh.querySelector("[data-live-part]").childNodes);
    if (!fresh.hasAttribute("data-running")) clearInterval(timer);
  } catch {
    // Without a connection the page stays as it is; the next turn looks again.
  }
}

const timer = page?.hasAttribute("data-running") ? setInterval(look, SECONDS * 1000) : 0;
