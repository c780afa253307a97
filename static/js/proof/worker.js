// Solves beside the page, so that typing stays smooth. Gets a challenge, answers with its solution.
import {solveChallenge} from "./solve.js";

self.addEventListener("message", async ({ data }) => { self.postMessage(await solveChallenge(data)); });
