// Sending decisions, and what was read. The page changes when the server has kept them, not before.
import { byId, say } from "./dom.js";
import { holder, inTurn, post } from "./api.js";
import { model } from "./model.js";
import { mayRead, putBack, takeHeard, takeSeconds } from "./reading-time.js";
import { t } from "./text.js";

const recording = encodeURIComponent(document.body.dataset.recording);
export const address = (part = "") => `/api/recordings/${recording}${part}`;
const unsent = new Set();
let sending = 0;

export function decide(decision) {
  if (!model.can) { say(byId("banner").textContent || t("review.not-ready"), "bad"); return Promise.resolve(null); }
  return inTurn(async () => {
    try {
      const change = await post(address("/decisions"), { decision, holder });
      model.change(change);
      if (change.offer) setTimeout(() => document.dispatchEvent(new CustomEvent("offer", { detail: change.offer })));
      return change;
    } catch (error) {
      say(error.message, "bad");
      document.dispatchEvent(new Event("refused")); // the page may be behind what is kept
      return null;
    }
  });
}

/** Lines read or heard to their end; kept within the second. */
export function noteRead(lines) {
  if (!model.can) return;
  for (const line of lines) if (mayRead(line)) { model.read.add(line); unsent.add(line); }
  if (!unsent.size || sending) return;
  sending = setTimeout(sendRead, 600);
}

export async function sendRead() {
  clearTimeout(sending);
  sending = 0;
  if (!unsent.size) return;
  const lines = [...unsent];
  unsent.clear();
  const [seconds, heard] = [lines.map(takeSeconds), lines.map(takeHeard)];
  if (await decide({ kind: "read", lines, seconds, heard })) return;
  lines.forEach((line, k) => { unsent.add(line); putBack(line, seconds[k], heard[k]); });
}
