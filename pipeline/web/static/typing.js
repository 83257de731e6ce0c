// Typing into a line: which line, its texts between its replacements, and keeping them while the caret stays.
import { byId, say } from "./dom.js";
import { decide } from "./decide.js";
import { charAt, partsOf, placeAt, prepare, select, selection, write } from "./gaps.js";
import { closeKnown } from "./known.js";
import { model, wordAt } from "./model.js";
import { alike, tidy } from "./strokes.js";
import { paintLines, rowOf, setCursor, show } from "./transcript.js";
import { t } from "./text.js";

/** `at` is the line typed in: { id, element, chips, texts }; `busy` while something is being kept, and strokes wait;
 * `coming` holds letters typed while another line is about to be typed in; `left` when the caret went elsewhere meanwhile;
 * `composing` while a keyboard composes letters in it: its texts, and what was chosen. */
export const typing = { at: null, busy: false, waiting: [], coming: null, left: false, composing: null, play: () => undefined, compose: () => undefined };
const calm = async () => { while (typing.busy || typing.composing) await new Promise((done) => { setTimeout(done, 20); }); };
export const typingIn = () => typing.at?.id ?? null;
export const lengthOf = ({ texts, chips }) => charAt(texts, chips, { gap: texts.length - 1, at: texts.at(-1).length });
const idsOf = (chips) => chips.map((chip) => chip.id);
const NAMES = ["role", "aria-multiline", "aria-label", "autocorrect", "autocapitalize"];

function enter(id, texts = null) {
  const element = rowOf(id)?.querySelector(".text");
  if (!element) return false;
  const line = model.lines.get(id);
  const at = { id, element, ...partsOf(line) };
  typing.at = at;
  element.contentEditable = "true";
  element.spellcheck = false; // a browser may send words away to have them checked
  const values = ["textbox", "true", t("typing.line", { code: line.p }), "off", "off"];
  NAMES.forEach((name, n) => element.setAttribute(name, values[n]));
  rowOf(id).classList.add("typing");
  prepare(element);
  if (texts && !alike(texts, at.texts)) { write(element, texts, at.texts); at.texts = texts; }
  element.focus({ preventScroll: true });
  return true;
}

/** Puts the caret, and remembers it for strokes that come when it has gone elsewhere. */
export function put(from, to) {
  select(typing.at.element, from, to);
  typing.at.last = { from, to };
}

/** Begins to type in a line, with some of its characters chosen or the caret before one; what is being kept comes first. */
export async function type(id, start = 0, end = start) {
  if (typing.busy) {
    typing.coming = [];
    await calm();
  }
  const letters = typing.coming ?? [];
  typing.coming = null;
  if (!model.can) { say(byId("banner").textContent || t("typing.not-ready"), "bad"); return; }
  const line = model.lines.get(id);
  if (!line) return;
  if (typingIn() !== id) {
    leave();
    setCursor(id, Math.max(0, wordAt(line, start)), { focus: false, scroll: false });
    show(id, "nearest");
    if (!enter(id)) return;
  }
  const { texts, chips } = typing.at;
  put(placeAt(texts, chips, start), placeAt(texts, chips, end));
  for (const data of letters) typing.play({ kind: "insertText", data });
}

/** Ends typing in the line; what was typed is kept, and stays on the screen if it could not be. */
export async function leave() {
  if (typing.composing) typing.compose();
  const mine = typing.at;
  if (mine && typing.busy && typing.waiting.length) { // what waits is typed before one leaves
    typing.left = true;
    await calm();
    return true;
  }
  typing.left = false;
  if (!mine) return true;
  closeKnown();
  const keeping = typing.busy ? Promise.resolve(true) : keep(mine);
  typing.at = null;
  mine.element.contentEditable = "inherit";
  for (const name of NAMES) mine.element.removeAttribute(name);
  rowOf(mine.id)?.classList.remove("typing");
  const kept = await keeping;
  const line = model.lines.get(mine.id);
  if (kept && line && typingIn() !== mine.id) paintLines([line]);
  return kept;
}

/** Keeps what was typed in a line; false when it was refused. */
async function keep({ id, texts }) {
  const line = model.lines.get(id);
  if (!line || alike(tidy(texts), tidy(partsOf(line).texts))) return true;
  const change = await decide({ kind: "retype", line: id, texts: tidy(texts) });
  if (change) document.dispatchEvent(new CustomEvent("typed", { detail: change }));
  return Boolean(change);
}

export function playWaiting() {
  while (typing.waiting.length && !typing.busy && !typing.composing) typing.play(typing.waiting.shift());
}

/** Does something that changes lines once what was typed is kept: strokes wait for it, and the caret stays. */
export async function calmly(task = () => undefined) {
  await calm();
  if (!typing.at) return task();
  typing.busy = true;
  try {
    const held = hold();
    if (!await keep(typing.at)) return undefined;
    settle(held);
    const again = typing.at && hold();
    const done = await task();
    if (again) settle(again);
    return done;
  } finally {
    typing.busy = false;
    playWaiting();
    if (typing.left && !typing.busy) leave();
  }
}

const START = { gap: 0, at: 0 };
const caret = () => typing.composing ?? selection(typing.at.element) ?? typing.at.last ?? { from: START, to: START };

/** What is typed and where the caret is, as places and as characters of the line once it is kept. */
export function hold(chosen = caret()) {
  const { at } = typing;
  const kept = tidy(at.texts);
  const chars = [chosen.from, chosen.to].map((place) => {
    const single = at.texts[place.gap].slice(0, place.at).replace(/\s+/g, " ");
    const inGap = place.gap ? single : single.trimStart();
    return Math.min(charAt([...kept.slice(0, place.gap), inGap], at.chips, { gap: place.gap, at: inGap.length }), lengthOf({ ...at, texts: kept }));
  });
  return { ...at, chosen, chars };
}

/** Types on in a line that was painted anew: as it stood, or with what was hidden in it meanwhile. */
export function settle(held) {
  if (typingIn() !== held.id || typing.at.element.isConnected) return;
  typing.at = null;
  if (!model.lines.has(held.id)) return;
  const now = partsOf(model.lines.get(held.id));
  const same = alike(idsOf(now.chips), idsOf(held.chips));
  const asTyped = same && alike(tidy(held.texts), tidy(now.texts));
  const open = !asTyped && /\s$/.test(held.texts.at(-1)) && held.chars[1] >= lengthOf({ ...held, texts: tidy(held.texts) });
  if (!enter(held.id, asTyped ? held.texts : open ? [...now.texts.slice(0, -1), `${now.texts.at(-1)} `] : null)) return;
  const { texts, chips } = typing.at;
  const [from, to] = asTyped ? [held.chosen.from, held.chosen.to] : held.chars.map((char) => placeAt(texts, chips, char + (open ? 1 : 0)));
  put(from, to);
}
