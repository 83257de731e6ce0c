// What is being decided (an open question, or a replacement that was clicked), and every decision on it.
import { byId, make, say } from "./dom.js";
import { heard, model } from "./model.js";
import { decide } from "./decide.js";
import { chooseClass, chooseLabel, chooseParticipant, chooseRoster } from "./choose.js";
import { dialogOpen } from "./dialog.js";
import { sameDialog } from "./labels.js";
import { beginPlaces, placesOf, tickedOf } from "./places.js";
import { light } from "./spots.js";
import { t } from "./text.js";
import { setCursor, show } from "./transcript.js";
import { playFrom, seek } from "./player.js";

export const target = { id: null, about: null };
export const asked = () => model.questions.find((each) => each.id === target.id || each.like.includes(target.id));
export const targetMark = () => (target.about === "mark" ? model.marks.get(target.id) : undefined);
export const targetVoice = () => model.voices.find((voice) => `v${voice.speaker}` === target.id);

/** Where the page is so narrow that the card stands above the transcript, the card is what must be seen. */
const stacked = () => getComputedStyle(byId("card").parentElement).position === "static";

function turnTo(id, about) {
  Object.assign(target, { id, about });
  beginPlaces(asked(), id);
  document.dispatchEvent(new Event("aimed"));
}

/** Turns to a question or replacement; `go` brings its line into view and the sound to its words. */
export function aim(id, about, { go = true } = {}) {
  turnTo(id, about);
  const question = asked();
  const mark = targetMark();
  const line = question?.line || mark?.line.id;
  if (stacked()) byId("card").scrollIntoView({ block: "start" }); else if (go && line) show(line);
  if (!go || !line) return;
  setCursor(line, 0, { focus: false, scroll: false });
  light("cursor", []);
  seek(question ? question.start : heard(mark.line, mark.start, mark.end)[0]);
  if (question && byId("auto").checked) hearTarget();
}

export function nextQuestion(step = 1) {
  const list = model.questions;
  if (!list.length) { turnTo(null, null); say(t("decided.none")); return; }
  const at = list.indexOf(asked());
  const next = at < 0 ? (step > 0 ? 0 : list.length - 1) : (at + step + list.length) % list.length;
  aim(list[next].id, list[next].about);
}

export function hearTarget() {
  const question = asked();
  const mark = targetMark();
  if (!question && !mark) return;
  const [from, to] = question ? [question.start, question.end] : heard(mark.line, mark.start, mark.end);
  playFrom(Math.max(0, from - 1.5), Math.min(model.duration, to + 1.2));
}

/** The decision, then the question that follows in order of risk. */
async function settle(decision, words) {
  const at = model.questions.indexOf(asked());
  const change = await decide(decision);
  if (!change) return;
  say(t("decided.back", { done: words }));
  if (at < 0 || asked()) return;
  const next = model.questions[Math.min(at, model.questions.length - 1)];
  if (next) { aim(next.id, next.about); return; }
  turnTo(null, null);
  say(t("decided.last", { done: words }));
}

/** The marks a decision is about: the ticked places of the question, or all of them. */
function alike(all) {
  const question = asked();
  if (!question) return [target.id];
  const chosen = all ? placesOf(question) : tickedOf(question);
  return chosen.length ? chosen : [target.id];
}

export async function accept(all = false) {
  if (target.about === "voice") {
    const voice = targetVoice();
    if (voice) await settle({ kind: "confirm-voice", speaker: voice.speaker }, t("decided.voice", { code: voice.code }));
  } else if (targetMark()) await settle({ kind: "accept", marks: alike(all) }, t("decided.redacted"));
}

export async function reject(all = false) {
  if (target.about === "voice") {
    const voice = targetVoice();
    const whose = voice && await chooseParticipant(t("ask.voice"), { without: voice.code });
    if (whose) await settle({ kind: "name-voice", speaker: voice.speaker, participant: whose }, t("decided.voice", { code: whose }));
  } else if (targetMark()) await settle({ kind: "reject", marks: alike(all) }, t("decided.kept"));
}

export async function changeClass(all = false) {
  if (!targetMark()) return;
  const type = await chooseClass(t("ask.class"));
  if (type) await settle({ kind: "change-class", marks: alike(all), type }, t("decided.class"));
}

export async function changeLabel(all = false) {
  if (!targetMark()) return;
  const label = await chooseLabel(t("ask.label"));
  if (label !== null) await settle({ kind: "change-label", marks: alike(all), label }, t("decided.label"));
}

export async function sameAs() {
  const mark = targetMark();
  if (!mark) return;
  if (!mark.piece.h) { changeLabel(); return; }
  const at = target.id;
  if (await sameDialog(mark.piece.x) && at === target.id && !asked() && model.questions.length && !dialogOpen()) nextQuestion();
}

export async function addToRoster() {
  const mark = targetMark();
  if (!mark) return;
  const at = target.id;
  if (await chooseRoster(mark.piece.m)) {
    say(t("decided.roster"));
    if (at === target.id && !asked()) nextQuestion();
  }
}

/** A button for an action, with its key. */
export const act = (text, key, run, kind = "") => make("button", { type: "button", class: kind, disabled: !model.can, onclick: () => run() }, `${text} `, make("kbd", {}, key));
