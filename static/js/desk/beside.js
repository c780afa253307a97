// Beside an open case: keys, and how much waits in the list by now.
import {listen} from "./keys.js";
import {live} from "./live.js";

listen();
const list = document.querySelector("[data-live]");
if (list) live(list);
