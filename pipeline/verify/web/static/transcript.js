// The transcript: one element a line, text as plain text nodes, so that twenty thousand words stay light.
// The word that plays and the words that are marked are lit with the CSS Custom Highlight API.
import { byId, clock, make } from "./dom.js";
import { model, points, slicePoints, word, wordAt, wordCount } from "./model.js";

const FIRST = 60;
const CHUNK = 120;
const nodes = new Map(); // line id -> [{ node, start, length, mark }]
const rows = new Map();
let painting = 0;

const place = byId("lines");
export const cursor = { line: null, word: 0, anchor: null };
export let marked = null; // { line, start, end } in characters

function chip(piece) {
  const state = piece.q ? "open" : piece.v || "made";
  const kind = piece.h ? "replaced" : piece.v === "rejected" ? "kept" : "not replaced";
  return make("span", {
    class: `chip ${piece.h ? "hides" : "shows"} ${state}`, role: "button", tabindex: "-1", data: { mark: piece.m },
    "aria-label": `${piece.t}, ${piece.c}, ${kind}${piece.q ? ", open question" : ""}`,
  }, piece.t);
}

function fill(line) {
  const text = make("p", { class: "text", dir: "auto" });
  const parts = [];
  let at = 0;
  for (const piece of line.t) {
    const length = typeof piece === "string" ? points(piece) : piece.n;
    const node = typeof piece === "string" ? document.createTextNode(piece) : chip(piece);
    text.append(node);
    parts.push({ node, start: at, length, piece });
    at += length;
  }
  nodes.set(line.id, parts);
  return text;
}

function row(line) {
  const at = clock(line.s);
  const element = make("div", { class: rowClass(line), role: "listitem", tabindex: "-1", data: { line: line.id } },
    make("div", { class: "who" },
      make("span", { class: "code" }, line.p),
      make("button", { type: "button", class: "at number", tabindex: "-1", "aria-label": `Play from ${at}` }, at)),
    fill(line));
  rows.set(line.id, element);
  lightFaint(line.id);
  return element;
}

const faint = globalThis.Highlight && new Highlight();
const faintRanges = new Map();
if (faint) CSS.highlights.set("faint", faint);

/** Underlines what was heard faintly. Static ranges: a live one would have to be kept right at every change. */
function lightFaint(id) {
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

function rowClass(line) {
  return `line p${model.colour(line.p)}${model.read.has(line.id) ? " read" : ""}${line.overlap ? " overlap" : ""}`;
}

export function paintAll() {
  painting += 1;
  const mine = painting;
  const scroll = scrollY;
  nodes.clear();
  rows.clear();
  faint?.clear();
  faintRanges.clear();
  const order = model.order.map((id) => model.lines.get(id));
  const first = Math.max(FIRST, cursor.line ? model.order.indexOf(cursor.line) + FIRST : 0);
  place.replaceChildren(...order.slice(0, first).map(row));
  if (!order.length) place.append(make("p", { class: "quiet" }, "No words were heard in this recording."));
  scrollTo(0, scroll);
  let at = first;
  const more = () => {
    if (mine !== painting || at >= order.length) return;
    place.append(...order.slice(at, at + CHUNK).map(row));
    at += CHUNK;
    setTimeout(more);
  };
  setTimeout(more);
  if (cursor.line && !model.lines.has(cursor.line)) Object.assign(cursor, { line: null, word: 0, anchor: null });
}

export function paintLines(lines) {
  for (const line of lines) {
    const old = rows.get(line.id);
    if (!old) continue;
    const focused = old.contains(document.activeElement);
    const fresh = row(line);
    old.replaceWith(fresh);
    if (cursor.line === line.id) fresh.classList.add("here");
    if (focused) fresh.focus({ preventScroll: true });
  }
  showRead();
}

export function showRead() {
  for (const [id, element] of rows) element.classList.toggle("read", model.read.has(id));
}

export const rowOf = (id) => rows.get(id);
export const chipOf = (mark) => place.querySelector(`[data-mark="${CSS.escape(mark)}"]`);

/** Brings a line to where it can be read; painted first when it is not there yet. */
export function show(id, block = "center") {
  const element = rows.get(id);
  if (!element) return;
  const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const box = element.getBoundingClientRect();
  const covered = Math.max(0, document.querySelector(".top").getBoundingClientRect().bottom);
  if (box.top >= covered + 8 && box.bottom <= innerHeight - 80) return;
  // A short way is shown as a way; a long one would cost time at every question.
  const far = Math.abs(box.top - innerHeight / 2) > innerHeight;
  element.scrollIntoView({ block, behavior: smooth && !far ? "smooth" : "instant" });
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

/** The word under a click: { line, word, mark }. */
export function hit(event) {
  const position = document.caretPositionFromPoint?.(event.clientX, event.clientY);
  const range = position ? null : document.caretRangeFromPoint?.(event.clientX, event.clientY);
  const node = position?.offsetNode ?? range?.startContainer;
  if (!node) return null;
  const found = charAt(node, position?.offset ?? range.startOffset);
  return found && { line: found.line, word: wordAt(model.lines.get(found.line), found.char), mark: found.mark };
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
function trim(line, start, end) {
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

export function setMarked(what) {
  marked = what;
  light("marked", what ? [rangeOf(what.line, what.start, what.end)] : []);
  document.dispatchEvent(new Event("marked"));
}

export function setCursor(line, k = 0, { extend = false, focus = true, scroll = true } = {}) {
  const before = rows.get(cursor.line);
  before?.classList.remove("here");
  if (before) before.tabIndex = -1;
  const of = model.lines.get(line);
  if (!of) return;
  const anchor = extend ? cursor.anchor ?? cursor.word : null;
  Object.assign(cursor, { line, word: Math.max(0, Math.min(k, wordCount(of) - 1)), anchor });
  const element = rows.get(line);
  element?.classList.add("here");
  if (element) element.tabIndex = 0;
  if (focus) element?.focus({ preventScroll: true });
  if (scroll) show(line);
  const at = wordCount(of) ? word(of, cursor.word) : { start: 0, end: 1 };
  light("cursor", [rangeOf(line, at.start, at.end)]);
  if (anchor === null) setMarked(null);
  else {
    const [a, b] = [Math.min(anchor, cursor.word), Math.max(anchor, cursor.word)];
    setMarked(trim(of, word(of, a).start, word(of, b).end));
  }
}

/** What to act on: the marked words, or the word the cursor is on. */
export function chosenPlace() {
  if (marked) return marked;
  if (!cursor.line) return null;
  const line = model.lines.get(cursor.line);
  return wordCount(line) ? trim(line, word(line, cursor.word).start, word(line, cursor.word).end) : null;
}

// Copying gives what the transcript shows, also while the original is revealed.
place.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!selection.rangeCount) return;
  const copied = selection.getRangeAt(0).cloneContents();
  for (const each of copied.querySelectorAll("[data-mark]")) each.textContent = model.marks.get(each.dataset.mark)?.piece.t ?? "";
  event.clipboardData.setData("text/plain", copied.textContent);
  event.preventDefault();
});
place.addEventListener("dragstart", (event) => event.preventDefault());
