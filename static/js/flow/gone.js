// The draft is gone from the server: what this device still has of it is shown, so that nobody writes it twice.
import {get} from "./store.js";

const secret = location.pathname.split("/").at(-3);
const draft = await get("drafts", secret);
const unsent = draft?.fields?.was?.typed.find(([name]) => name === "text")?.[1];
if (draft?.report && document.documentElement.dataset.shell) {
  const link = document.querySelector("[data-kept-on] a");
  link.href = `${document.documentElement.dataset.shell}#${secret}`;
  link.closest("[data-kept-on]").hidden = false;
}
const text = unsent || draft?.report?.text;
if (text) {
  const box = document.querySelector("[data-kept]");
  box.querySelector("[data-kept-text]").textContent = text;
  box.hidden = false;
}
