// The keyboard: every action of the page.
import { byId, say } from "./dom.js";
import { heard, model, wordCount, word } from "./model.js";
import { chosenPlace, cursor, marked, setCursor, setMarked } from "./transcript.js";
import { noteDialog } from "./notes.js";
import { goFaint, goLine, goUnread, readOn } from "./reading.js";
import { accept, addToRoster, aim, changeClass, changeLabel, hearTarget, nextQuestion, reject, sameAs } from "./questions.js";
import { mergeSpeakers, moveWords } from "./choose.js";
import { dialogOpen } from "./dialog.js";
import { findDialog } from "./find.js";
import { labelsDialog } from "./labels.js";
import { doneDialog, stepWords } from "./done.js";
import { markWords } from "./mark.js";
import { turning, typingKey } from "./editing.js";
import { type, typing, typingIn } from "./typing.js";
import { helpDialog, verifyDialog } from "./verify.js";
import { back, changeSpeed, playFrom, toggle, toggleLoop } from "./player.js";
import { decide } from "./decide.js";
import { conceal, reveal } from "./reveal.js";
import { blank, blanked } from "./quiet.js";
import { t } from "./text.js";

export const single = { on: true };

const HELP = [
  ["help.questions", [["N", "help.next"], ["⇧N", "help.before"], ["A", "help.accept"], ["R", "help.reject"], ["⇧A ⇧R", "help.alike"], ["C", "help.class"], ["L", "help.label"], ["S", "help.same"], ["T", "help.roster"], ["P", "help.hear"], ["O", "help.original"]]],
  ["help.sound", [["Space", "help.play"], ["B", "help.back"], ["Enter", "help.play-word"], ["K", "help.loop"], ["-", "help.slower"], ["+", "help.faster"]]],
  ["help.transcript", [["↓ ↑", "help.lines"], ["← →", "help.words"], ["⇧← ⇧→", "help.mark"], ["J", "help.read"], ["G", "help.unread"], ["F", "help.faint"], ["M", "help.redact"], ["E", "help.correct"], ["V", "help.move"], ["W", "help.merge"], ["X", "help.open"], ["/", "help.find"], ["I", "help.labels"], ["Q", "help.note"]]],
  ["help.typing", [["Enter", "help.cut"], ["⌫", "help.join"], ["Esc", "help.typed"], ["Ctrl Space", "help.play"], ["Ctrl B", "help.back"], ["Ctrl Enter", "help.play-word"]]],
  ["help.page", [["D", "help.done"], ["U", "help.undo"], ["⇧U", "help.redo"], ["H", "help.blank"], ["Y", "help.verify"], ["Esc", "help.let-go"], ["?", "help.this"]]],
];

export const undo = () => turning(() => turn("undo"));
export const redo = () => turning(() => turn("redo"));

/** Takes a step back or does it again, says which, and goes to it. */
async function turn(kind) {
  const change = await decide({ kind });
  if (!change) return;
  const { turned } = change;
  if (turned.line) setCursor(turned.line, 0, { focus: false });
  say(t(`turn.${kind}`, { step: stepWords(turned) }));
}

export const help = () => helpDialog(HELP, single);

function phrase() {
  return marked ? heard(model.lines.get(marked.line), marked.start, marked.end) : null;
}

function step(by, extend) {
  const here = model.lines.get(cursor.line);
  if (!here) { goLine(1); return; }
  const k = cursor.word + by;
  if (!extend && k < 0) { goLine(-1); setCursor(cursor.line, wordCount(model.lines.get(cursor.line)) - 1); return; }
  if (!extend && k >= wordCount(here)) { goLine(1); return; }
  setCursor(here.id, k, { extend });
}

function playWord() {
  const here = model.lines.get(cursor.line);
  if (here && wordCount(here)) playFrom(word(here, cursor.word).from);
}

function openUnderCursor() {
  const here = model.lines.get(cursor.line);
  if (!here) return;
  const at = word(here, cursor.word);
  for (const [id, mark] of model.marks) if (mark.line.id === here.id && mark.start < at.end && at.start < mark.end) { aim(id, "mark", { go: false }); say(t("keys.decide", { label: mark.piece.t })); return; }
  say(t("keys.none"));
}

export const hearPlace = () => { const p = phrase(); if (p) playFrom(Math.max(0, p[0] - 0.2), p[1] + 0.3); else hearTarget(); };
export const markPlace = () => markWords(chosenPlace());
/** Types over the marked words, or the word the cursor is on. */
export function correctPlace() {
  const place = chosenPlace();
  if (place) type(place.line, place.start, place.end); else say(t("mark.word-first"));
}

export const movePlace = () => moveWords(marked, cursor.line);

const ACTIONS = {
  n: () => nextQuestion(1), N: () => nextQuestion(-1), a: () => accept(), A: () => accept(true), r: () => reject(), R: () => reject(true),
  c: () => changeClass(), C: () => changeClass(true), l: () => changeLabel(), L: () => changeLabel(true), s: sameAs, t: addToRoster, p: hearPlace,
  b: () => back(), k: () => toggleLoop(phrase()), "-": () => changeSpeed(-1), "+": () => changeSpeed(1), "=": () => changeSpeed(1),
  j: readOn, g: goUnread, f: goFaint, m: markPlace, e: correctPlace, v: movePlace, w: () => mergeSpeakers(), x: openUnderCursor, "/": () => findDialog(), i: labelsDialog, q: noteDialog, d: () => doneDialog(),
  u: undo, U: redo, h: () => blank(true), y: verifyDialog, "?": help,
};

function inText() {
  const active = document.activeElement;
  return active === document.body || active?.closest(".lines") || active === byId("lines") || !active;
}

function moveKeys(event) {
  const moves = { ArrowDown: () => goLine(1), ArrowUp: () => goLine(-1), ArrowRight: () => step(1, event.shiftKey), ArrowLeft: () => step(-1, event.shiftKey) };
  if (!(event.key in moves) || !inText()) return false;
  moves[event.key]();
  return true;
}

function enterKey(event) {
  const chip = event.target.closest?.(".chip");
  if (chip) { aim(chip.dataset.mark, "mark", { go: false }); return true; }
  if (event.target.closest?.("button, a, select, input")) return false;
  playWord();
  return true;
}

function handle(event) {
  if (event.key === "Escape") { setMarked(null); getSelection()?.removeAllRanges(); return true; }
  if (event.key === "Enter") return enterKey(event);
  if (moveKeys(event)) return true;
  if (!single.on && event.key !== "?") return false;
  if (event.key === " ") { if (event.target.closest?.("button, a, select")) return false; toggle(); return true; }
  if (event.key.toLowerCase() === "o") { reveal(); return true; }
  const action = ACTIONS[event.key];
  if (!action) return false;
  action();
  return true;
}

/** Typing has all keys to itself but those of the sound, which Ctrl is held for. */
function whileTyping(event) {
  if (!event.ctrlKey && !event.metaKey) return typingKey(event);
  const sound = { " ": toggle, b: back, B: back, Enter: playWord };
  if (!(event.key in sound) || event.altKey) return false;
  sound[event.key]();
  return true;
}

function onKey(event) {
  if (blanked()) { if (event.key.toLowerCase() === "h") { event.preventDefault(); blank(false); } return; }
  if (dialogOpen() || event.isComposing) return;
  const undoing = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
  if (undoing) { event.preventDefault(); if (event.shiftKey) redo(); else undo(); return; }
  if (typing.coming) { if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) { typing.coming.push(event.key); event.preventDefault(); } return; }
  if (typingIn() && event.target.isContentEditable) { if (whileTyping(event)) event.preventDefault(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches?.("input[type=text], textarea, select") && event.key.length === 1) return;
  if (handle(event)) event.preventDefault();
}

export function listen() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("keyup", (event) => { if (event.key.toLowerCase() === "o") conceal(); });
}

