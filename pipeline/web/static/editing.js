// Strokes in a line that is typed in. Each is a change of the texts between the line's replacements, so that none of
// these can be broken; Enter cuts the line, Backspace at its start joins it to the one before.
import { beginComposing, endComposing, keepCaret, putBack } from "./composing.js";
import { say } from "./dom.js";
import { decide } from "./decide.js";
import { partsOf, prepare, read, select, selection, write } from "./gaps.js";
import { chosenKnown, closeKnown, knownKey, offerKnown } from "./known.js";
import { model } from "./model.js";
import { alike, before, insert, reach, remove, same } from "./strokes.js";
import { rowOf } from "./transcript.js";
import { calmly, hold, leave, lengthOf, playWaiting, settle, type, typing, typingIn } from "./typing.js";
import { t } from "./text.js";

const PAUSE = 1000;
let pausing = 0;

function play({ kind, data = "" }) {
  const { at } = typing;
  const chosen = at && (selection(at.element) ?? at.last);
  if (!chosen) return;
  if (kind === "enter") { enterKey(); return; }
  let { from, to } = chosen;
  if (kind.startsWith("delete") && same(from, to)) {
    const end = reach(at.texts, from, kind);
    if (same(end, from)) { overChip(from, kind); return; }
    [from, to] = before(end, from) ? [end, from] : [from, end];
  }
  let made = remove(at.texts, from, to);
  if (data) made = insert(made.texts, made.at, data);
  write(at.element, made.texts, at.texts);
  at.texts = made.texts;
  select(at.element, made.at);
  typed(made.at);
}

function typed(place) {
  const { at } = typing;
  clearTimeout(pausing);
  pausing = setTimeout(calmly, PAUSE);
  at.last = { from: place, to: place };
  offerKnown(at.texts[place.gap].slice(0, place.at), take);
}

/** A replacement is stepped over; at an end of the line it is joined to its neighbour. */
function overChip(place, kind) {
  const back = /Backward$/.test(kind);
  const gap = place.gap + (back ? -1 : 1);
  const text = typing.at.texts[gap];
  if (text !== undefined) select(typing.at.element, { gap, at: back ? text.length : 0 });
  else if (/Content/.test(kind)) join(back);
}

const neighbour = (id, step) => model.order[model.order.indexOf(id) + step];

async function join(back) {
  const second = back ? typingIn() : neighbour(typingIn(), 1);
  const first = second && neighbour(second, -1);
  if (!first) return;
  const seam = await calmly(async () => {
    const end = lengthOf(partsOf(model.lines.get(first)));
    return model.lines.has(second) && await decide({ kind: "join", line: second }) && end;
  });
  if (!seam) return;
  type(first, seam + 1);
  say(t("typing.joined"));
}

async function cut() {
  const id = typingIn();
  const done = await calmly(() => {
    const [char] = hold().chars;
    if (char > 0 && char < lengthOf(partsOf(model.lines.get(id)))) return decide({ kind: "split", line: id, at: char });
    say(t("typing.no-cut"));
    return null;
  });
  if (!done) return;
  type(neighbour(id, 1), 0);
  say(t("typing.was-cut"));
}

/** What is offered, in the place of the words before the caret. */
async function take(offer) {
  closeKnown();
  const done = await calmly(() => {
    const { id, chars } = hold();
    const place = { line: id, start_char: chars[1] - offer.characters, end_char: chars[1] };
    return decide({ kind: "redact", places: [place], type: offer.type, label: offer.label });
  });
  if (done) say(t("typing.taken", { label: offer.label }));
}

function enterKey() {
  const known = chosenKnown();
  if (known) take(known); else cut();
}

function stroke(made) {
  typing.waiting.push(made);
  playWaiting();
}

function onInput(event) {
  if (!typing.at || typing.composing || event.isComposing || !event.cancelable || event.inputType === "insertCompositionText") return; // cannot be held up
  event.preventDefault();
  const kind = event.inputType;
  if (kind === "insertParagraph" || kind === "insertLineBreak") stroke({ kind: "enter" });
  else if (/^(insertText|insertReplacementText|insertFromYank|deleteByCut|deleteContent|deleteWord|delete\w+Line)/.test(kind)) {
    stroke({ kind, data: kind.startsWith("insert") ? event.data ?? event.dataTransfer?.getData("text/plain") ?? "" : "" });
  }
}

function onComposing() {
  if (!typing.at) return;
  clearTimeout(pausing);
  beginComposing();
}

function onComposed(event) {
  if (!typing.at || !typing.composing) return;
  const data = endComposing(event?.data ?? "");
  pausing = setTimeout(calmly, PAUSE);
  if (data !== null) typing.waiting.push({ kind: "insertText", data });
  playWaiting();
  keepCaret();
}

/** What a browser wrote into the line without asking is read. */
function onWritten() {
  const { at } = typing;
  if (!at || typing.composing) return;
  const made = read(at.element);
  if (!alike(made.chips, at.chips.map((chip) => chip.id))) {
    putBack(false, at.last.from, at.last.to);
    say(t("typing.whole"), "bad");
    return;
  }
  at.texts = made.texts;
  prepare(at.element);
  const chosen = selection(at.element);
  if (chosen) typed(chosen.to);
}

function onPaste(event) {
  if (!typing.at) return;
  event.preventDefault();
  stroke({ kind: "insertText", data: event.clipboardData.getData("text/plain").replace(/\s+/g, " ") });
}

/** True where the caret is in the first row of the line on the screen, or in its last. */
function onEdge(up) {
  const box = getSelection().getRangeAt(0).getClientRects()[0];
  const whole = typing.at.element.getBoundingClientRect();
  return !box || (up ? box.top - whole.top : whole.bottom - box.bottom) < box.height * 0.7;
}

/** Keys that mean more than letters; true when one did. The caret goes on into the next line and the one before. */
export function typingKey(event) {
  if (knownKey(event)) return true;
  const id = typingIn();
  if (event.key === "Escape") { leave(); rowOf(id)?.focus({ preventScroll: true }); return true; }
  const step = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || typing.busy) return false;
  const { texts, element } = typing.at;
  const chosen = selection(element);
  const next = neighbour(id, step);
  if (!chosen || !next || !same(chosen.from, chosen.to)) return false;
  const edge = step < 0 ? { gap: 0, at: 0 } : { gap: texts.length - 1, at: texts.at(-1).length };
  const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
  if (sideways ? !same(chosen.from, edge) : !onEdge(step < 0)) return false;
  type(next, step < 0 ? lengthOf(partsOf(model.lines.get(next))) : 0);
  return true;
}

/** Undo and redo while one types: what was typed last is a step like any other, and typing goes on. */
export async function turning(task) {
  const id = typingIn();
  const done = await calmly(task);
  if (id && !typing.at && model.lines.has(id)) type(id, 0);
  return done;
}

export function listenForTyping(lines) {
  typing.play = play;
  typing.compose = onComposed;
  lines.addEventListener("beforeinput", onInput);
  lines.addEventListener("input", onWritten);
  lines.addEventListener("compositionstart", onComposing);
  lines.addEventListener("compositionend", onComposed);
  lines.addEventListener("paste", onPaste);
  lines.addEventListener("focusout", (event) => {
    if (event.target !== typing.at?.element) return;
    if (!typing.busy) leave(); else if (event.relatedTarget && !lines.contains(event.relatedTarget)) typing.left = true;
  });
  document.addEventListener("painted", () => { if (typing.at && !typing.busy) settle(hold()); });
}
