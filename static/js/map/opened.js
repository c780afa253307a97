// One report in the column of the list, or as a card over the map on a phone.
import {share} from "./share.js";
import {icon} from "../pin.js";

export class Opened {
  constructor(page, words, { shown, closed }) {
    Object.assign(this, { page, words, shown, closed });
    this.number = "";
    this.browse = page.querySelector("[data-browse]");
    this.place = page.querySelector("[data-opened]");
    this.card = page.querySelector("[data-preview]");
    this.column = page.querySelector("[data-sheet]");
  }

  /** Fetch the page of a report and show its article in place of the list. */
  async open(number) {
    const address = this.page.dataset.report.replace("NUMBER", number);
    let article = null;
    try {
      const answer = await fetch(address);
      if (answer.ok) article = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("report");
    } catch (_error) {
      article = null; // then the page itself is opened
    }
    if (!article) {
      location.href = address;
      return;
    }
    if (!this.number) this.scrolled = this.column.scrollTop;
    this.number = number;
    article.querySelector("#small-map")?.parentElement.querySelectorAll("#small-map, #small-map + p").forEach((one) => one.remove());
    const back = document.createElement("p");
    back.innerHTML = `<button class="link link--back" type="button" data-close>${icon("back")}</button>`;
    back.firstChild.append(this.words.back);
    this.place.replaceChildren(back, article);
    share(article);
    this.browse.hidden = true;
    this.place.hidden = false;
    this.column.scrollTop = 0;
    const heading = article.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    this.shown(number);
  }

  /** Back to the list as it was. */
  close() {
    const { number } = this;
    this.number = "";
    this.place.hidden = true;
    this.place.replaceChildren();
    this.browse.hidden = false;
    this.column.scrollTop = this.scrolled || 0;
    const link = [...this.browse.querySelectorAll(".row a")].find((one) => one.pathname.includes(`/${number}/`));
    link?.focus({ preventScroll: true });
    this.closed();
  }

  /** A card with title, state and the way to the report. */
  preview({ number, title, state, look }) {
    const link = document.createElement("a");
    link.href = this.page.dataset.report.replace("NUMBER", number);
    link.textContent = title;
    const label = document.createElement("p");
    label.className = `state is-${look}`;
    label.innerHTML = `${icon(`state-${look}`, "icon--s state__mark")}<span class="state__label"></span>`;
    label.lastChild.textContent = state;
    this.card.replaceChildren(link, label);
    this.card.hidden = false;
    link.focus({ preventScroll: true });
  }
}
