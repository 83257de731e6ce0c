// The card of what is being decided (a question, or a replacement that was clicked), and the queue below it.
import { byId, clock, make, say } from "./dom.js";
import { heard, model, points, shown } from "./model.js";
import { decide } from "./decide.js";
import { chooseClass, chooseLabel, chooseParticipant, chooseRoster } from "./choose.js";
import { chipOf, light, rangeOf, setCursor, show } from "./transcript.js";
import { playFrom, seek } from "./player.js";

export const target = { id: null, about: null };
const AROUND = 150;
const QUEUE_FIRST = 40;

const question = () => model.questions.find((each) => each.id === target.id);
export const targetMark = () => (target.about === "mark" ? model.marks.get(target.id) : undefined);
const targetVoice = () => model.voices.find((voice) => `v${voice.speaker}` === target.id);

export function aim(id, about, { go = true, focusLine = false } = {}) {
  Object.assign(target, { id, about });
  paintCard();
  paintCurrent();
  const asked = question();
  const line = asked?.line || targetMark()?.line.id;
  if (go && line) {
    const mark = targetMark();
    setCursor(line, 0, { focus: focusLine, scroll: false });
    light("cursor", []);
    show(line);
    if (mark) light("target", [rangeOf(mark.line.id, mark.start, mark.end)]);
    const from = asked ? asked.start : heard(mark.line, mark.start, mark.end)[0];
    seek(from);
    if (asked && byId("auto").checked) hearTarget();
  }
}

export function nextQuestion(step = 1) {
  const list = model.questions;
  if (!list.length) { target.id = null; paintCard(); say("No question is open."); return; }
  const at = list.findIndex((each) => each.id === target.id);
  const next = at < 0 ? (step > 0 ? 0 : list.length - 1) : (at + step + list.length) % list.length;
  aim(list[next].id, list[next].about);
}

export function hearTarget() {
  const asked = question();
  const mark = targetMark();
  if (!asked && !mark) return;
  const [from, to] = asked ? [asked.start, asked.end] : heard(mark.line, mark.start, mark.end);
  playFrom(Math.max(0, from - 1.5), Math.min(model.duration, to + 1.2));
}

/** The decision, then the question that follows in order of risk. */
async function settle(decision, words) {
  const at = model.questions.findIndex((each) => each.id === target.id);
  const change = await decide(decision);
  if (!change) return;
  say(`${words} U takes it back.`);
  if (at >= 0 && !question()) {
    const next = model.questions[Math.min(at, model.questions.length - 1)];
    if (next) { aim(next.id, next.about); return; }
    target.id = null;
    paintCard();
    say(`${words} That was the last question: read what was not flagged, then verify.`);
  }
}

const alike = (all) => (all ? [target.id, ...(question()?.like ?? [])] : [target.id]);

export async function accept(all = false) {
  if (target.about === "voice") {
    const voice = targetVoice();
    if (voice) await settle({ kind: "confirm-voice", speaker: voice.speaker }, `The voice is ${voice.code}.`);
  } else if (targetMark()) await settle({ kind: "accept", marks: alike(all) }, "Redacted.");
}

export async function reject(all = false) {
  if (target.about === "voice") {
    const voice = targetVoice();
    const into = voice && await chooseParticipant("Whose voice is it?", { without: voice.code });
    if (into) await settle({ kind: "merge-speakers", participant: voice.code, into }, `The voice is ${into}.`);
  } else if (targetMark()) await settle({ kind: "reject", marks: alike(all) }, "The words stay.");
}

export async function changeClass(all = false) {
  if (!targetMark()) return;
  const type = await chooseClass("Which class is it?");
  if (type) await settle({ kind: "change-class", marks: alike(all), type }, "Class changed.");
}

export async function changeLabel(all = false) {
  if (!targetMark()) return;
  const label = await chooseLabel("Which label, for this mention?");
  if (label !== null) await settle({ kind: "change-label", marks: alike(all), label }, "Label changed.");
}

export async function sameAs() {
  const mark = targetMark();
  if (!mark) return;
  if (!mark.piece.h) { changeLabel(); return; }
  const other = await chooseLabel(`${mark.piece.x} is the same as`, mark.piece.x);
  if (other) await settle({ kind: "same-as", label: mark.piece.x, other }, `All ${mark.piece.x} are now ${other}.`);
}

export async function addToRoster() {
  const mark = targetMark();
  if (!mark) return;
  const at = target.id;
  if (await chooseRoster(mark.piece.m)) {
    say("Added to the roster when you verify. U takes it back.");
    if (at === target.id && !question()) nextQuestion();
  }
}

function sentence(line, start, end) {
  const total = line.t.reduce((sum, piece) => sum + (typeof piece === "string" ? points(piece) : piece.n), 0);
  const from = Math.max(0, start - AROUND);
  const to = Math.min(total, end + AROUND);
  return [from ? "… " : "", shown(line, from, start), null, shown(line, end, to), to < total ? " …" : ""];
}

function markSentence({ line, piece, start, end }) {
  const parts = sentence(line, start, end);
  parts[2] = make("span", { class: `chip ${piece.h ? "hides" : "shows"} ${piece.q ? "open" : piece.v || "made"}`, data: { mark: piece.m } }, piece.t);
  return make("p", { class: "sentence" }, make("span", { class: `code p${model.colour(line.p)}` }, line.p), " ", ...parts);
}

function riskWord(risk) { return risk >= 0.6 ? ["high", "High risk"] : risk >= 0.3 ? ["middle", "Some risk"] : ["low", "Low risk"]; }

const act = (text, key, run, main = false) => make("button", { type: "button", class: main ? "main" : "", disabled: !model.can, onclick: run }, `${text} `, make("kbd", {}, key));

export function paintCard() {
  const card = byId("card");
  const asked = question();
  const mark = targetMark();
  const had = card.contains(document.activeElement);
  if (target.about === "voice" && asked) card.replaceChildren(...voiceCard(asked));
  else if (mark) card.replaceChildren(...markCard(asked, mark));
  else card.replaceChildren(...emptyCard());
  if (had) card.querySelector("button:not(:disabled)")?.focus({ preventScroll: true });
}

function head(asked, text) {
  const [level, words] = asked ? riskWord(asked.risk) : ["none", ""];
  const at = asked ? `Question ${model.questions.indexOf(asked) + 1} of ${model.progress.open}` : "Replacement";
  return make("div", { class: "card-head" }, make("h2", {}, at), asked ? make("span", { class: `risk ${level}` }, words) : null, make("span", { class: "kind" }, text));
}

function markCard(asked, mark) {
  const { piece } = mark;
  const like = asked?.like.length ?? 0;
  const standing = piece.q ? "" : piece.v === "accepted" ? "Decided: redacted." : piece.v === "rejected" ? "Decided: the words stay." : "Redacted without a question.";
  return [head(asked, piece.c), markSentence(mark),
    make("p", { class: "why" }, asked ? asked.why : standing),
    make("p", { class: "quiet small" }, piece.h ? "Hold O to see the words it stands for." : piece.x ? `Would become ${piece.x}.` : "These words stand in the open now.",
      ` Found by ${piece.f}, ${clock(heard(mark.line, mark.start, mark.end)[0])}.`),
    make("div", { class: "acts" },
      act("Redact", "A", () => accept(), true), act("Keep the words", "R", () => reject()), make("button", { type: "button", onclick: hearTarget }, "Hear it ", make("kbd", {}, "P")),
      act("Class", "C", () => changeClass()), act("Label", "L", () => changeLabel()), act("Same as", "S", sameAs), act("Roster", "T", addToRoster)),
    like ? make("div", { class: "acts alike" }, make("span", { class: "quiet" }, `${like} more ask the same:`), act("Redact all", "⇧A", () => accept(true)), act("Keep all", "⇧R", () => reject(true))) : ""];
}

function voiceCard(asked) {
  const voice = targetVoice();
  const line = model.lines.get(asked.line);
  return [head(asked, "Voice"),
    make("p", { class: "sentence" }, make("span", { class: `code p${model.colour(voice.code)}` }, voice.code), " ", line ? `${shown(line, 0, 220)}` : "says nothing"),
    make("p", { class: "why" }, `Is this voice ${voice.code}? ${asked.why}`),
    make("div", { class: "acts" }, act(`Yes, ${voice.code}`, "A", () => accept(), true), act("Somebody else …", "R", () => reject()), make("button", { type: "button", onclick: hearTarget }, "Hear it ", make("kbd", {}, "P")))];
}

function emptyCard() {
  const open = model.progress.open;
  return [make("h2", {}, open ? `${open} ${open === 1 ? "question" : "questions"} open` : "No question is open"),
    make("p", { class: "quiet" }, open ? "N takes you to the riskiest one." : "Read what was not flagged (J goes on line by line), then verify."),
    make("div", { class: "acts" }, open ? make("button", { type: "button", class: "main", onclick: () => nextQuestion() }, "First question ", make("kbd", {}, "N")) : "")];
}

export function paintQueue() {
  const list = byId("queue");
  const had = list.contains(document.activeElement);
  const items = model.questions.slice(0, QUEUE_FIRST).map(queueItem);
  const rest = model.progress.open - items.length;
  if (rest > 0) items.push(make("li", { class: "quiet" }, `and ${rest} more of lower risk`));
  list.replaceChildren(...items);
  paintCurrent();
  if (had) list.querySelector("[aria-current]")?.focus({ preventScroll: true });
}

/** A few words around a mark, cut between words. */
function around(mark) {
  const from = Math.max(0, mark.start - 24);
  const before = shown(mark.line, from, mark.start);
  return `${from ? `… ${before.slice(before.indexOf(" ") + 1)}` : before}${shown(mark.line, mark.start, mark.end + 30)}`;
}

function queueItem(asked) {
  const mark = model.marks.get(asked.id);
  const text = mark ? around(mark) : asked.why;
  const kind = mark ? mark.piece.c : "Voice";
  return make("li", {}, make("button", { type: "button", data: { question: asked.id }, onclick: () => aim(asked.id, asked.about) },
    make("span", { class: `dot ${riskWord(asked.risk)[0]}`, title: riskWord(asked.risk)[1] }), make("span", { class: "kind" }, kind), make("span", { class: "around" }, text)));
}

function paintCurrent() {
  for (const old of document.querySelectorAll(".queue [aria-current], .chip.aimed")) { old.removeAttribute("aria-current"); old.classList.remove("aimed"); }
  byId("queue").querySelector(`[data-question="${CSS.escape(target.id ?? "")}"]`)?.setAttribute("aria-current", "true");
  if (target.about === "mark" && target.id) chipOf(target.id)?.classList.add("aimed");
}

document.addEventListener("painted", paintCurrent);
