// Letters that a keyboard composes (an input method, a dead key): the browser writes them into the line by itself, and
// nothing may change the line meanwhile. When they are done, the line is put back as it stood, and what was composed is
// one stroke like any other.
import { closeKnown } from "./known.js";
import { model } from "./model.js";
import { prepare, read, select, selection, write } from "./gaps.js";
import { alike, remove, same } from "./strokes.js";
import { paintLines } from "./transcript.js";
import { hold, put, settle, typing } from "./typing.js";

const late = []; // what is painted once nothing is composed

/** Paints at once, or as soon as nothing is being composed. */
export function paintStill(paint) {
  if (typing.composing) late.push(paint); else paint();
}

/** What is chosen across a replacement is taken out here: the browser would take the replacement with it. */
export function beginComposing() {
  const { at } = typing;
  closeKnown();
  const { from, to } = selection(at.element) ?? at.last;
  const { texts } = remove(at.texts, from, to);
  if (from.gap !== to.gap) {
    write(at.element, texts, at.texts);
    select(at.element, from);
  }
  typing.composing = { texts, from, to };
}

/** The line as it stood, with what was chosen then; gives the letters composed, null where there is nothing to do. */
export function endComposing(data) {
  const { at, composing } = typing;
  typing.composing = null;
  const made = read(at.element);
  const whole = alike(made.chips, at.chips.map((chip) => chip.id));
  const told = whole && made.texts.filter((text, gap) => text !== composing.texts[gap]).length < 2;
  const change = told ? difference(composing, made.texts) : { data };
  if (whole) write(at.element, at.texts, made.texts);
  let { from, to } = composing;
  if (change?.from) { // letters that stood in the line before were composed anew
    write(at.element, composing.texts, at.texts);
    at.texts = composing.texts;
    ({ from, to } = change);
  }
  putBack(whole, from, to);
  return change?.data || change?.from ? change.data : null;
}

/** Puts the caret where it was into a line that was left whole, or painted anew as it stood. */
export function putBack(whole, from, to) {
  const { at } = typing;
  at.last = { from, to };
  const held = hold(at.last);
  const { busy } = typing;
  typing.busy = true; // the line is not left when it is painted anew
  for (const paint of late.splice(0)) paint();
  if (!whole && held.element.isConnected) paintLines([model.lines.get(at.id)]);
  typing.busy = busy;
  if (!held.element.isConnected) { settle(held); return; }
  prepare(at.element);
  put(from, to);
}

/** What became of the texts: letters put in where the caret was, or in the place of others; null where nothing did. */
function difference({ texts, from }, made) {
  const gap = texts.findIndex((text, n) => text !== made[n]);
  if (gap < 0) return null;
  const [old, now] = [texts[gap], made[gap]];
  const [head, tail] = [old.slice(0, from.at), old.slice(from.at)];
  if (gap === from.gap && now.length > old.length && now.startsWith(head) && now.endsWith(tail)) return { data: now.slice(head.length, now.length - tail.length) };
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  return { from: { gap, at: start }, to: { gap, at: old.length - end }, data: now.slice(start, now.length - end) };
}

/** A browser moves its caret once more after the letters are done: it is put where it belongs. */
export function keepCaret() {
  const { at } = typing;
  const last = at?.last;
  setTimeout(() => {
    if (!last || typing.at !== at || at.last !== last || typing.composing) return;
    const chosen = selection(at.element);
    if (!chosen || !same(chosen.from, last.from) || !same(chosen.to, last.to)) put(last.from, last.to);
  });
}
