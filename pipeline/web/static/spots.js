// Characters of a line and their places in the document, both ways; lighting them without touching the document
// (CSS Custom Highlight API).
import { model, points, slicePoints, word, wordAt, wordCount } from "./model.js";

const nodes = new Map(); // line id -> [{ node, start, length, piece }]

export const keepParts = (id, parts) => nodes.set(id, parts);

export function forgetParts() {
  nodes.clear();
  faintRanges.clear();
  faint?.clear();
}

/** Where some characters of a line begin and end in the document: node, offset, node, offset. */
function edges(id, start, end) {
  let found = null;
  for (const part of nodes.get(id) ?? []) {
    if (part.start + part.length <= start || part.start >= end) continue;
    const isText = part.node.nodeType === Node.TEXT_NODE;
    const inner = isText ? part.node : part.node.firstChild;
    const from = isText ? slicePoints(part.node.data, 0, Math.max(start - part.start, 0)).length : 0;
    const to = isText ? slicePoints(part.node.data, 0, end - part.start).length : inner.length;
    found = [found?.[0] ?? inner, found?.[1] ?? from, inner, to];
  }
  return found;
}

/** A document range over some characters of a line. */
export function rangeOf(id, start, end) {
  const found = edges(id, start, end);
  if (!found) return null;
  const range = document.createRange();
  range.setStart(found[0], found[1]);
  range.setEnd(found[2], found[3]);
  return range;
}

export function light(name, ranges) {
  if (!globalThis.CSS?.highlights) return;
  const kept = ranges.filter(Boolean);
  if (kept.length) CSS.highlights.set(name, new Highlight(...kept));
  else CSS.highlights.delete(name);
}

/** The character of a line at a place in the document. */
function charAt(node, offset) {
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  const line = element?.closest?.("[data-line]")?.dataset.line;
  if (!line) return null;
  const mark = element.closest("[data-mark]")?.dataset.mark;
  for (const part of nodes.get(line) ?? []) {
    if (part.node === node) return { line, char: part.start + points(node.data.slice(0, offset)) };
    if (mark && part.piece.m === mark) return { line, char: part.start + (offset > 0 ? part.length : 0), mark };
  }
  return null;
}

/** The character and word under a click: { line, char, word, mark }. */
export function hit(event) {
  const position = document.caretPositionFromPoint?.(event.clientX, event.clientY);
  const range = position ? null : document.caretRangeFromPoint?.(event.clientX, event.clientY);
  const node = position?.offsetNode ?? range?.startContainer;
  if (!node) return null;
  const found = charAt(node, position?.offset ?? range.startOffset);
  return found && { ...found, word: wordAt(model.lines.get(found.line), found.char) };
}

/** The selected text as whole words of one line. */
export function selected() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const from = charAt(range.startContainer, range.startOffset);
  if (!from) return null;
  const to = charAt(range.endContainer, range.endOffset);
  const line = model.lines.get(from.line);
  const end = to && to.line === from.line ? to.char : Infinity;
  return snap(line, from.char, end);
}

function snap(line, start, end) {
  const first = wordAt(line, start);
  if (first < 0 || word(line, first).start >= end) return null;
  let last = first;
  while (last + 1 < wordCount(line) && word(line, last + 1).start < end) last += 1;
  return trim(line, word(line, first).start, word(line, last).end);
}

/** Words without the punctuation around them. */
export function trim(line, start, end) {
  const text = visibleText(line);
  const chars = [...text];
  while (end - 1 > start && /[\s.,;:!?…"”’')\]—–-]/u.test(chars[end - 1] ?? "")) end -= 1;
  while (start + 1 < end && /[\s"“‘'([—–-]/u.test(chars[start] ?? "")) start += 1;
  return { line: line.id, start, end };
}

/** The line's characters at their own places; those a replacement hides are letters without meaning. */
export function visibleText(line) {
  return line.t.map((piece) => (typeof piece === "string" ? piece : piece.h ? "x".repeat(piece.n) : piece.t)).join("");
}

const faint = globalThis.Highlight && new Highlight();
const faintRanges = new Map();
if (faint) CSS.highlights.set("faint", faint);

/** Underlines what was heard faintly. Static ranges: a live one would have to be kept right at every change. */
export function lightFaint(id) {
  for (const old of faintRanges.get(id) ?? []) faint?.delete(old);
  faintRanges.delete(id);
  const words = faint ? model.faint(id) : [];
  if (!words.length) return;
  const made = words.map(({ word: k }) => word(model.lines.get(id), k))
    .map(({ start, end }) => edges(id, start, end)).filter(Boolean)
    .map(([from, fromAt, to, toAt]) => new StaticRange({ startContainer: from, startOffset: fromAt, endContainer: to, endOffset: toAt }));
  faintRanges.set(id, made);
  for (const each of made) faint.add(each);
}
