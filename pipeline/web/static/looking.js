// What was typed is looked through by the recognizers, beside the typing; what they found comes as a decision of its own.
import { say } from "./dom.js";
import { post } from "./api.js";
import { address, decide } from "./decide.js";
import { model } from "./model.js";

const PAUSE = 700;
let waiting = 0;
let calm = (task) => task();

/** `calmly` runs a task while nothing is being typed into a line. */
export function listenForTyped(calmly) {
  calm = calmly;
  model.addEventListener("changed", lookSoon);
}

function lookSoon() {
  clearTimeout(waiting);
  if (model.unlooked && model.can) waiting = setTimeout(lookNow, PAUSE);
}

/** Until everything that was typed was looked through. */
export async function lookNow() {
  clearTimeout(waiting);
  for (let round = 0; round < 3 && model.unlooked && model.can; round++) {
    const done = await post(address("/look"), {}).catch((error) => say(error.message, "bad"));
    if (!done) return;
    const change = await calm(() => decide({ kind: "look" }));
    if (change && change.lines.length) document.dispatchEvent(new CustomEvent("typed", { detail: change }));
  }
}
