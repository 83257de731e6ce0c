// Verifying: what was done and what was not, what will be destroyed and when, the statement, the name. And the list of keys.
import { clock, make, say, wholePercent } from "./dom.js";
import { get, holder, post } from "./api.js";
import { address, sendRead } from "./decide.js";
import { closeDialog, focusTitle, open, settle, whenDone } from "./dialog.js";
import { heard, model, wordAt } from "./model.js";
import { pause, playFrom } from "./player.js";
import { goUnread } from "./reading.js";
import { setCursor, setMarked } from "./transcript.js";

export async function verifyDialog() {
  pause(); // what is heard from here on is not in the statement
  await sendRead();
  const asked = await get(address("/approval")).catch((error) => say(error.message, "bad"));
  if (!asked) return;
  const { progress, statement, reviewer, what, when, digest, unlinked, stillOpen } = asked;
  const name = make("input", { type: "text", id: "reviewer", value: reviewer, autocomplete: "off" });
  const accept = make("input", { type: "checkbox", id: "accept" });
  const over = make("input", { type: "checkbox", id: "accept-open" });
  const confirm = make("button", { type: "button", class: "main", disabled: true }, "Verify and freeze");
  const ready = () => { confirm.disabled = progress.open > 0 || !accept.checked || (stillOpen.length > 0 && !over.checked) || !name.value.trim() || !model.can; };
  accept.addEventListener("change", ready);
  over.addEventListener("change", ready);
  name.addEventListener("input", ready);
  confirm.addEventListener("click", async () => {
    try {
      confirm.disabled = true;
      await post(address("/approval"), { reviewer: name.value, digest, accepted: accept.checked, over: over.checked ? stillOpen.length : 0, holder });
      closeDialog();
      document.dispatchEvent(new Event("verified"));
    } catch (error) { say(error.message, "bad"); ready(); }
  });
  whenDone((next) => { if (next?.line) goTo(next); else if (next) goUnread(); });
  open("Verify this transcript", [
    ...standing(progress),
    stillOpen.length > 0 && lastLook(stillOpen, over),
    unlinked.length > 0 && make("div", { class: "notice" },
      make("p", {}, make("strong", {}, `${unlinked.join(", ")}: nobody has said who this is.`), " If you know the voice, name it first; afterwards the transcript is frozen."),
      make("a", { class: "button", href: "/people" }, "Who is who")),
    make("h3", {}, "What will be destroyed"),
    make("ul", {}, ...what.map((each) => make("li", {}, each))),
    make("p", {}, make("strong", {}, "When: "), when),
    make("label", { class: "accept" }, accept, make("span", {}, statement)),
    make("label", { class: "fields" }, "Your name ", name),
    make("p", { class: "quiet digest" }, "Transcript ", make("code", {}, digest)),
  ], [confirm]);
  if (progress.open) focusTitle(); else accept.focus();
}

/** What may identify somebody and still stands in the open, each to hear; it stays only by a second yes. */
function lastLook(places, over) {
  const one = places.length === 1;
  return make("div", { class: "notice still-open" },
    make("p", {}, make("strong", {}, `${places.length} ${one ? "place" : "places"} that may identify somebody still ${one ? "stands" : "stand"} in the open.`)),
    make("ul", { class: "mentions", tabindex: "-1" }, ...places.map((place) => make("li", {},
      make("button", { type: "button", "aria-label": `Hear: ${place.words}`, onclick: () => hearOne(place) }, "Hear"),
      make("button", { type: "button", onclick: () => settle(place) }, "Go to it"),
      make("span", { class: "number quiet" }, `${clock(place.at)} ${place.participant}`),
      make("span", { class: "around", dir: "auto" }, place.before, make("mark", {}, place.words), place.after),
      make("span", { class: "quiet how" }, place.why)))),
    make("label", { class: "accept" }, over, make("span", {}, one ? "I have looked at it, and it stays as it is." : "I have looked at each of them, and they stay as they are.")));
}

function hearOne({ line, start, end }) {
  const [from, to] = heard(model.lines.get(line), start, end);
  playFrom(Math.max(0, from - 1.5), Math.min(model.duration, to + 1.2));
}

function goTo({ line, start, end }) {
  setCursor(line, wordAt(model.lines.get(line), start));
  setMarked({ line, start, end });
}

/** What is left to do before one can sign with a good conscience. */
function standing(progress) {
  const unread = progress.coverage < 1 && make("div", { class: "notice" },
    make("p", {}, make("strong", {}, `${100 - wholePercent(progress.coverage)} % of the words were neither read nor heard.`),
      " A name the software missed there would go out with the transcript."),
    make("button", { type: "button", onclick: () => settle(true) }, "Read on"));
  if (progress.open) {
    return [make("p", { class: "problem" }, `${progress.open} ${progress.open === 1 ? "question is" : "questions are"} still open. Decide them first.`), unread];
  }
  const decided = progress.questions ? `All ${progress.questions} questions are decided` : "Nothing was asked";
  return [make("p", {}, progress.coverage < 1 ? `${decided}.` : `${decided}, and every line was read or heard.`), unread];
}

export function helpDialog(keys, single) {
  const toggle = make("input", { type: "checkbox", id: "single-keys", checked: single.on });
  toggle.addEventListener("change", () => { single.on = toggle.checked; });
  open("Keys", [make("div", { class: "keys" }, ...keys.map(([title, list]) => make("section", {}, make("h3", {}, title),
    make("dl", {}, ...list.flatMap(([key, what]) => [make("dt", {}, ...key.split(" ").map((k) => make("kbd", {}, k))), make("dd", {}, what)]))))),
  make("label", { class: "tick" }, toggle, "Single-key shortcuts are on")],
  [make("button", { type: "button", onclick: closeDialog }, "Close")]);
  focusTitle();
}
