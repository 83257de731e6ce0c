// What is done in several recordings at once: each keeps its own step, and what could not be done is named.
import { make, say } from "./dom.js";
import { holder, inTurn, post } from "./api.js";
import { closeDialog, open } from "./dialog.js";
import { model } from "./model.js";
import { pause, playFrom } from "./player.js";
import { t } from "./text.js";

export const here = document.body.dataset.recording;
const BEFORE = 1;
const AFTER = 0.7;
let other = null; // the sound of another recording

/** Sends it, and shows what it changed in the recording at hand. Null, and said, when it was refused. */
export const inEach = (path, body) => inTurn(async () => {
  try {
    const answer = await post(path, { ...body, here, holder });
    if (answer.change) model.change(answer.change);
    return answer;
  } catch (error) {
    say(error.message, "bad");
    return null;
  }
});

/** A place heard in its own recording. */
export function hearIn(recording, from, to) {
  const start = Math.max(0, from - BEFORE);
  other?.pause();
  if (recording === here) { playFrom(start, to + AFTER); return; }
  pause();
  const sound = new Audio(`/api/recordings/${encodeURIComponent(recording)}/sound`);
  sound.addEventListener("timeupdate", () => { if (sound.currentTime >= to + AFTER) sound.pause(); });
  sound.addEventListener("error", () => say(t("people.no-sound"), "bad"));
  sound.currentTime = start;
  sound.play().catch((error) => { if (error.name !== "AbortError") say(t("people.no-sound"), "bad"); });
  other = sound;
}
document.addEventListener("page-ends", () => other?.pause());

/** Why a recording is not touched. */
export function whyLeft({ open: free, why, by }) {
  if (free) return "";
  if (why === "verified") return t("each.verified", { name: by });
  return why === "held" ? t("each.held", { name: by }) : why;
}

/** Says what was done; where several recordings were asked, or one was left, as a list with a way back. */
export function tell(answer, words) {
  const { done, left } = answer;
  if (!left.length && done.length === 1 && done[0].id === here) { say(`${words} ${t("each.undo")}`); return; }
  const takeBack = async () => {
    closeDialog();
    const back = await inEach("/api/take-back", { chosen: done.map(({ id, event }) => ({ id, event })) });
    if (back) tell({ ...back, done: [] }, t("each.taken-back", { n: back.done.length }));
  };
  if (!done.length && !left.length) { say(words); return; }
  open(t("each.title"), [
    make("p", {}, words),
    done.length > 0 && make("ul", { class: "each-done" }, ...done.map((each) => make("li", {}, each.name))),
    left.length > 0 && make("h3", {}, t("each.left")),
    left.length > 0 && make("ul", { class: "each-left" }, ...left.map((each) => make("li", {}, make("strong", {}, each.name), ` ${each.why}`)))],
  [done.length > 0 && make("button", { type: "button", id: "take-back", onclick: takeBack }, t("each.take-back")),
    make("button", { type: "button", class: "main", onclick: closeDialog }, t("dialog.close"))].filter(Boolean));
}
