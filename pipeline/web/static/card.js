// The card: the question or replacement at hand, with its sentence, why it is asked, and what can be done.
import { byId, clock, make } from "./dom.js";
import { heard, model, points, shown } from "./model.js";
import { accept, act, addToRoster, asked, changeClass, changeLabel, hearTarget, nextQuestion, reject, sameAs, target, targetMark, targetVoice } from "./questions.js";
import { riskWord } from "./queue.js";
import { chipOf, show } from "./transcript.js";

const AROUND = 150;
const VOICE_WORDS = 220;

function sentence(line, start, end) {
  const total = line.t.reduce((sum, piece) => sum + (typeof piece === "string" ? points(piece) : piece.n), 0);
  const from = Math.max(0, start - AROUND);
  const to = Math.min(total, end + AROUND);
  const before = shown(line, from, start);
  const after = shown(line, end, to);
  return [from ? `… ${before.slice(before.indexOf(" ") + 1)}` : before, to < total ? `${after.slice(0, after.lastIndexOf(" "))} …` : after];
}

const said = (code, ...words) => make("p", { class: "sentence" }, make("span", { class: `code p${model.colour(code)}` }, code), " ", make("bdi", {}, ...words));

function markSentence({ line, piece, start, end }) {
  const [before, after] = sentence(line, start, end);
  const chip = make("span", { class: `chip ${piece.h ? "hides" : "shows"} ${piece.q ? "open" : piece.v || "made"}`, data: { mark: piece.m } }, piece.t);
  return said(line.p, before, chip, after);
}

function head(question, kind) {
  const [level, words] = question ? riskWord(question.risk) : ["none", ""];
  const at = question ? `Question ${model.questions.indexOf(question) + 1} of ${model.progress.open}` : "Replacement";
  return make("div", { class: "card-head" }, make("h2", {}, at), question ? make("span", { class: `risk ${level}` }, words) : null, make("span", { class: "kind" }, kind));
}

const hear = () => make("button", { type: "button", onclick: hearTarget }, "Hear it ", make("kbd", {}, "P"));
const findLine = (id) => make("button", { type: "button", class: "find-line", onclick: () => show(id) }, "In the transcript");

function standing(piece) {
  if (piece.q) return "";
  return { accepted: "Decided: redacted.", rejected: "Decided: the words stay." }[piece.v] ?? "Redacted without a question.";
}

function markCard(question, mark) {
  const { piece, line } = mark;
  const like = question?.like.length ?? 0;
  const now = piece.h ? "Hold O to see the words it stands for." : piece.x ? `Would become ${piece.x}.` : "These words stand in the open now.";
  return [head(question, piece.c), markSentence(mark),
    make("p", { class: "why" }, question ? question.why : standing(piece)),
    make("p", { class: "quiet small" }, `${now} At ${clock(heard(line, mark.start, mark.end)[0])}; found by ${piece.f}.`),
    piece.e.length ? make("details", { class: "evidence quiet small" }, make("summary", {}, "Why was it found?"), make("ul", {}, ...piece.e.map((each) => make("li", {}, each)))) : "",
    make("div", { class: "acts" }, act("Redact", "A", accept, "main"), act("Keep the words", "R", reject), hear()),
    make("div", { class: "acts more" }, act("Class", "C", changeClass), act("Label", "L", changeLabel), act("Same as", "S", sameAs), act("Roster", "T", addToRoster), findLine(line.id)),
    like ? make("div", { class: "acts more alike" }, make("span", { class: "quiet" }, like === 1 ? "1 more like it:" : `${like} more like it:`),
      act("Redact all", "⇧A", () => accept(true)), act("Keep all", "⇧R", () => reject(true))) : ""];
}

function voiceCard(question) {
  const voice = targetVoice();
  const line = model.lines.get(question.line);
  return [head(question, "Voice"),
    said(voice.code, line ? shown(line, 0, VOICE_WORDS) : "says nothing"),
    make("p", { class: "why" }, make("strong", {}, `Is this ${voice.code}? `), question.why),
    make("div", { class: "acts" }, act(`Yes, ${voice.code}`, "A", accept, "main"), act("Somebody else …", "R", reject), hear(), line ? findLine(line.id) : "")];
}

function emptyCard() {
  const { open } = model.progress;
  if (open) {
    return [make("h2", {}, `${open} ${open === 1 ? "question" : "questions"} open`), make("p", { class: "quiet" }, "N takes you to the riskiest one."),
      make("div", { class: "acts" }, act("First question", "N", nextQuestion, "main"))];
  }
  return [make("h2", {}, "No question is open"),
    make("p", { class: "quiet" }, "Now read what was not flagged: J marks a line as read and goes on, F goes to the next word that was heard faintly. Then verify.")];
}

export function paintCard() {
  const card = byId("card");
  const question = asked();
  const mark = targetMark();
  const had = card.contains(document.activeElement);
  if (target.about === "voice" && question) card.replaceChildren(...voiceCard(question));
  else if (mark) card.replaceChildren(...markCard(question, mark));
  else card.replaceChildren(...emptyCard());
  if (had) card.querySelector("button:not(:disabled)")?.focus({ preventScroll: true });
}

/** The replacement at hand is framed in the transcript. */
function frame() {
  for (const old of document.querySelectorAll(".chip.aimed")) old.classList.remove("aimed");
  if (target.about === "mark" && target.id) chipOf(target.id)?.classList.add("aimed");
}

document.addEventListener("aimed", () => { byId("card").parentElement.scrollTop = 0; paintCard(); frame(); });
document.addEventListener("painted", frame);
