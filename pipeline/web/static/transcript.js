// The transcript: one element a line, text as plain text nodes, so that twenty thousand words stay light.
import { byId, clock, make } from "./dom.js";
import { model, points, word, wordCount } from "./model.js";
import { forgetParts, keepParts, light, lightFaint, rangeOf, trim } from "./spots.js";
import { t } from "./text.js";

const FIRST = 60;
const CHUNK = 120;
const rows = new Map();
let painting = 0;
let unpainted = 0; // lines that are still to be painted

const place = byId("lines");
export const cursor = { line: null, word: 0, anchor: null };
export let marked = null; // { line, start, end } in characters

function chip(piece) {
  const state = piece.q ? "open" : piece.v || "made";
  const kind = t(piece.h ? "chip.replaced" : piece.v === "rejected" ? "chip.kept" : "chip.shown");
  return make("span", {
    class: `chip ${piece.h ? "hides" : "shows"} ${state}`, role: "button", tabindex: "-1", data: { mark: piece.m },
    "aria-label": t(piece.q ? "chip.asks" : "chip.says", { label: piece.t, class: piece.c, kind }),
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
  keepParts(line.id, parts);
  return text;
}

const headOf = (line) => `${line.p} ${clock(line.s)}`;

function who(line) {
  const at = clock(line.s);
  return make("div", { class: "who", data: { head: headOf(line) } },
    make("button", { type: "button", class: "code", tabindex: "-1", "aria-label": t("transcript.said-by", { code: line.p }) }, line.p),
    make("button", { type: "button", class: "at number", tabindex: "-1", "aria-label": t("reading.play-from", { at }) }, at));
}

function row(line) {
  const element = make("div", { class: rowClass(line), role: "listitem", tabindex: "-1", data: { line: line.id } }, who(line), fill(line));
  rows.set(line.id, element);
  lightFaint(line.id);
  return element;
}

function rowClass(line) {
  return `line p${model.colour(line.p)}${model.read.has(line.id) ? " read" : ""}${model.skimmed.has(line.id) ? " skimmed" : ""}${model.noted.has(line.id) ? " noted" : ""}${line.overlap ? " overlap" : ""}`;
}

export function paintAll() {
  painting += 1;
  const mine = painting;
  const scroll = scrollY;
  rows.clear();
  forgetParts();
  const order = model.order.map((id) => model.lines.get(id));
  const first = Math.max(FIRST, cursor.line ? model.order.indexOf(cursor.line) + FIRST : 0);
  place.replaceChildren(...order.slice(0, first).map(row));
  if (!order.length) place.append(make("p", { class: "quiet" }, t("reading.none")));
  scrollTo(0, scroll);
  let at = first;
  const more = () => {
    if (mine !== painting) return;
    unpainted = Math.max(0, order.length - at);
    if (!unpainted) return;
    place.append(...order.slice(at, at + CHUNK).map(row));
    at += CHUNK;
    setTimeout(more);
  };
  unpainted = Math.max(0, order.length - at);
  setTimeout(more);
  letCursorGo();
}

/** Lines that came, went or are elsewhere now; the others stay as they are. */
export function paintOrder() {
  if (unpainted || !rows.size) { paintAll(); return; }
  const kept = new Set(model.order);
  for (const [id, element] of rows) if (!kept.has(id)) { element.remove(); rows.delete(id); }
  let next = place.firstElementChild;
  for (const id of model.order) {
    const element = rows.get(id) ?? row(model.lines.get(id));
    if (element === next) next = next.nextElementSibling; else place.insertBefore(element, next);
  }
  letCursorGo();
}

function letCursorGo() {
  if (cursor.line && !model.lines.has(cursor.line)) Object.assign(cursor, { line: null, word: 0, anchor: null });
}

/** Lines painted anew in their rows, which stay: a new row has no size before it is shown, and what stands below it would
 * jump up under a click. */
export function paintLines(lines) {
  for (const line of lines) {
    const element = rows.get(line.id);
    if (!element) continue;
    const focused = element.contains(document.activeElement);
    const [head, text] = element.children;
    if (head.dataset.head !== headOf(line)) head.replaceWith(who(line));
    text.replaceWith(fill(line));
    element.className = `${rowClass(line)}${cursor.line === line.id ? " here" : ""}`;
    lightFaint(line.id);
    if (focused && !element.contains(document.activeElement)) element.focus({ preventScroll: true });
  }
  showRead();
}

export function showRead() {
  for (const [id, element] of rows) {
    element.classList.toggle("read", model.read.has(id));
    element.classList.toggle("skimmed", model.skimmed.has(id));
    element.classList.toggle("noted", model.noted.has(id));
  }
}

export const rowOf = (id) => rows.get(id);
export const chipOf = (mark) => place.querySelector(`[data-mark="${CSS.escape(mark)}"]`);

/** What lies between the head of the page and the player, where a line can be read. */
function inSight(element) {
  const box = element.getBoundingClientRect();
  const covered = Math.max(0, document.querySelector(".top").getBoundingClientRect().bottom);
  return box.top >= covered + 8 && box.bottom <= innerHeight - 80;
}

let showing = 0; // which showing is the latest: an older one must not take the page back

/** Brings a line to where it can be read; painted first when it is not there yet. */
export function show(id, block = "center") {
  showing += 1;
  bring(id, block, showing);
}

function bring(id, block, mine) {
  if (mine !== showing) return;
  const element = rows.get(id);
  if (!element) { if (model.lines.has(id) && place.isConnected) setTimeout(() => bring(id, block, mine), 30); return; }
  if (inSight(element)) { scrollTo({ top: scrollY, behavior: "instant" }); return; } // ends an older way that still goes on
  const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  // A short way is shown as a way; a long one would cost time at every question.
  const far = Math.abs(element.getBoundingClientRect().top - innerHeight / 2) > innerHeight;
  element.scrollIntoView({ block, behavior: smooth && !far ? "smooth" : "instant" });
  // Lines that were never shown have a guessed height: once they have their own, the line may have moved.
  if (far) requestAnimationFrame(() => requestAnimationFrame(() => { if (mine === showing) element.scrollIntoView({ block, behavior: "instant" }); }));
}

// Whoever scrolls is not taken back either.
for (const kind of ["wheel", "touchmove"]) addEventListener(kind, () => { showing += 1; }, { passive: true });

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
  document.dispatchEvent(new CustomEvent("cursor-moved", { detail: line }));
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
