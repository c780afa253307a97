// The end of the flow on this device: the report waits for reception, is being sent, or has arrived.
import {reports} from "../offline/reports.js";
import {say, word} from "./words.js";

/**
 * Say where the form stood that the report `key` is kept, and what becomes of it while the page stays open. `leave`
 * opens the receipt by itself when it arrives at once.
 */
export function showQueued(key, { leave = false } = {}) {
  const root = document.getElementById("flow");
  const note = document.createElement("div");
  note.className = "prose queued";
  note.append(paragraph(word("queued")));
  const heading = root.querySelector("#question");
  heading.removeAttribute("aria-describedby");
  for (const part of root.querySelectorAll(".stepper__count, .stepper progress, .link--back, .step__skipped")) part.remove();
  root.dataset.step = "wartet";
  root.querySelector("[data-flow-form]").replaceWith(note);
  title(heading, leave ? word("sendingTitle") : word("queuedTitle"));
  heading.focus();
  scrollTo({ top: 0, behavior: "instant" });
  let shown = "";
  const follow = async () => {
    const row = (await reports.all()).find((one) => one.client_key === key);
    if (!row || !note.isConnected || row.state === shown) return;
    shown = row.state;
    if (row.state === "sent") {
      if (leave && row.receipt) {
        location.assign(row.receipt);
        return;
      }
      title(heading, word("sentTitle", row.number));
      note.replaceChildren(...(row.receipt ? [button(row.receipt, word("receipt"))] : []));
      say(word("sentTitle", row.number));
    } else if (row.state === "refused") {
      title(heading, word("refusedTitle"));
      note.replaceChildren(paragraph(word("refused")), button(`${document.documentElement.dataset.shell}#${row.secret}`, word("correct")));
      say(word("refusedTitle"));
    } else if (row.state === "queued" && row.tries) {
      title(heading, word("queuedTitle"));
    }
  };
  reports.onChange(follow);
  return follow();
}

function title(heading, text) {
  heading.textContent = text;
  document.title = text;
}

function paragraph(text) {
  const line = document.createElement("p");
  line.textContent = text;
  return line;
}

function button(url, words) {
  const anchor = document.createElement("a");
  anchor.className = "kern-btn kern-btn--primary";
  anchor.href = url;
  const label = document.createElement("span");
  label.className = "kern-label";
  label.textContent = words;
  anchor.append(label);
  return anchor;
}
