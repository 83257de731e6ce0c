// Verifying: what was done and what was not, what will be destroyed and when, the statement, the name. And the list of keys.
import { clock, make, say, wholePercent } from "./dom.js";
import { get, holder, post } from "./api.js";
import { address, sendRead } from "./decide.js";
import { sayReading } from "./how-read.js";
import { closeDialog, focusTitle, open, settle, whenDone } from "./dialog.js";
import { figures } from "./heard.js";
import { heard, model, wordAt } from "./model.js";
import { pause, playFrom } from "./player.js";
import { goUnread } from "./reading.js";
import { known, t } from "./text.js";
import { setCursor, setMarked } from "./transcript.js";

export async function verifyDialog() {
  pause(); // what is heard from here on is not in the statement
  await sendRead();
  const asked = await get(address("/approval")).catch((error) => say(error.message, "bad"));
  if (!asked) return;
  const { progress, statement, recorded, reviewer, what, when, digest, unlinked, stillOpen } = asked;
  const name = make("input", { type: "text", id: "reviewer", value: reviewer, autocomplete: "off" });
  const accept = make("input", { type: "checkbox", id: "accept" });
  const over = make("input", { type: "checkbox", id: "accept-open" });
  const confirm = make("button", { type: "button", class: "main", disabled: true }, t("verify.go"));
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
  open(t("verify.title"), [
    ...standing(progress),
    listenedTo(progress),
    progress.waiting > 0 && make("div", { class: "notice" }, make("p", {}, make("strong", {}, t("notes.waiting", { n: progress.waiting })))),
    stillOpen.length > 0 && lastLook(stillOpen, over),
    unlinked.length > 0 && make("div", { class: "notice" },
      make("p", {}, make("strong", {}, t("verify.unlinked", { codes: unlinked.join(", ") })), " ", t("verify.unlinked-about")),
      make("a", { class: "button", href: "/people" }, t("page.people"))),
    make("h3", {}, t("verify.destroyed")),
    make("ul", {}, ...what.map((each) => make("li", {}, each))),
    make("p", {}, make("strong", {}, t("verify.when")), " ", when),
    make("label", { class: "accept" }, accept, make("span", {}, statement)),
    recorded && make("p", { class: "quiet small" }, t("verify.recorded"), " ", make("span", { lang: "en" }, recorded)),
    make("label", { class: "fields" }, t("ask.name"), " ", name),
    make("p", { class: "quiet digest" }, t("read.digest"), " ", make("code", {}, digest)),
  ], [confirm]);
  if (progress.open) focusTitle(); else accept.focus();
}

/** What may identify somebody and still stands in the open, each to hear; it stays only by a second yes. */
function lastLook(places, over) {
  return make("div", { class: "notice still-open" },
    make("p", {}, make("strong", {}, t("verify.still-open", { n: places.length }))),
    make("ul", { class: "mentions", tabindex: "-1" }, ...places.map((place) => make("li", {},
      make("button", { type: "button", "aria-label": t("verify.hear-words", { words: place.words }), onclick: () => hearOne(place) }, t("act.hear")),
      make("button", { type: "button", onclick: () => settle(place) }, t("verify.go-to")),
      make("span", { class: "number quiet" }, `${clock(place.at)} ${place.participant}`),
      make("span", { class: "around", dir: "auto" }, place.before, make("mark", {}, place.words), place.after),
      make("span", { class: "quiet how" }, place.why)))),
    make("label", { class: "accept" }, over, make("span", {}, t("verify.looked", { n: places.length }))));
}

function hearOne({ line, start, end }) {
  const [from, to] = heard(model.lines.get(line), start, end);
  playFrom(Math.max(0, from - 1.5), Math.min(model.duration, to + 1.2));
}

function goTo({ line, start, end }) {
  setCursor(line, wordAt(model.lines.get(line), start));
  setMarked({ line, start, end });
}

/** Of a recording that was heard badly: how little of it was listened to. */
function listenedTo({ badly, how }) {
  const share = badly && how.words ? how.by_ear / how.words : 1;
  return share < 1 && make("div", { class: "notice" }, make("p", {}, make("strong", {}, t("heard.little", { percent: wholePercent(share) })), " ", figures(badly), "."),
    make("button", { type: "button", onclick: () => settle(true) }, t("verify.read-on")));
}

/** What is left to do before one can sign with a good conscience. */
function standing(progress) {
  const unread = progress.coverage < 1 && make("div", { class: "notice" },
    make("p", {}, make("strong", {}, t("verify.unread", { percent: 100 - wholePercent(progress.coverage) })), " ", t("verify.unread-about"), " ", sayReading(progress.how)),
    make("button", { type: "button", onclick: () => settle(true) }, t("verify.read-on")));
  if (progress.open) {
    return [make("p", { class: "problem" }, t("verify.open", { n: progress.open })), unread];
  }
  const decided = progress.questions ? t("verify.decided", { n: progress.questions }) : t("verify.not-asked");
  return [make("p", {}, t(progress.coverage < 1 ? "verify.only" : "verify.and-read", { decided })), unread];
}

export function helpDialog(keys, single) {
  const toggle = make("input", { type: "checkbox", id: "single-keys", checked: single.on });
  toggle.addEventListener("change", () => { single.on = toggle.checked; });
  open(t("review.keys"), [make("div", { class: "keys" }, ...keys.map(([title, list]) => make("section", {}, make("h3", {}, t(title)),
    make("dl", {}, ...list.flatMap(([key, what]) => [make("dt", {}, ...key.split(" ").map((k) => make("kbd", {}, known(`key.${k}`) ? t(`key.${k}`) : k))), make("dd", {}, t(what))]))))),
  make("label", { class: "tick" }, toggle, t("help.single"))],
  [make("button", { type: "button", onclick: closeDialog }, t("dialog.close"))]);
  focusTitle();
}
