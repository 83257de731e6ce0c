// The review as the server told it. Characters are counted in code points, as Python counts them.

export const points = (text) => (/[\ud800-\udfff]/.test(text) ? [...text].length : text.length);
export const slicePoints = (text, start, end) =>
  (/[\ud800-\udfff]/.test(text) ? [...text].slice(start, end).join("") : text.slice(start, end));

class Model extends EventTarget {
  lines = new Map();
  order = [];
  people = new Map();
  questions = [];
  labels = [];
  voices = [];
  read = new Set();
  notes = [];
  noted = new Set();
  skimmed = new Set();
  progress = { questions: 0, open: 0, decided: 0, coverage: 0 };
  classes = {};
  duration = 0;
  can = false;
  unlooked = 0; // lines with typed words that the recognizers have yet to look through
  event = 0;

  begin(all) {
    this.lines = new Map(all.lines.map((line) => [line.id, line]));
    this.order = all.order;
    this.classes = all.classes;
    this.duration = all.duration;
    this.event = all.event;
    this.leftOff = all.leftOff;
    this.take(all);
    this.index();
  }

  change(delta) {
    for (const line of delta.lines) this.lines.set(line.id, line);
    const reordered = Boolean(delta.order);
    if (reordered) {
      this.order = delta.order;
      const kept = new Set(delta.order);
      for (const id of this.lines.keys()) if (!kept.has(id)) this.lines.delete(id);
    }
    const before = [...this.people.keys()].join();
    this.take(delta);
    this.event = delta.event;
    this.index();
    const repaint = before !== [...this.people.keys()].join();
    this.dispatchEvent(new CustomEvent("changed", { detail: { lines: delta.lines, repaint, reordered } }));
  }

  take(part) {
    for (const name of ["questions", "labels", "voices", "progress", "canUndo", "canRedo", "unlooked"]) this[name] = part[name];
    this.people = new Map(part.participants.map((person) => [person.code, person]));
    this.read = new Set(part.read);
    this.skimmed = new Set(part.skimmed);
    this.notes = part.notes;
    this.noted = new Set(part.notes.map((note) => note.line));
  }

  index() {
    this.byTime = this.order.map((id) => this.lines.get(id)).sort((a, b) => a.s - b.s);
    this.longest = this.byTime.reduce((most, line) => Math.max(most, line.e - line.s), 0);
    this.marks = new Map();
    for (const line of this.lines.values()) {
      let at = 0;
      for (const piece of line.t) {
        if (typeof piece === "string") at += points(piece);
        else {
          this.marks.set(piece.m, { line, piece, start: at, end: at + piece.n });
          at += piece.n;
        }
      }
    }
  }

  /** Words of a line the recogniser was not sure of: which, and how sure it was in percent. */
  faint(id) {
    const flat = this.lines.get(id)?.u ?? [];
    return Array.from({ length: flat.length / 2 }, (_, k) => ({ word: flat[2 * k], sure: flat[2 * k + 1] }));
  }

  colour(code) { return this.people.get(code)?.colour ?? 0; }

  /** Lines heard at a time, in order of their start. */
  linesAt(time) {
    let low = 0;
    let high = this.byTime.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.byTime[middle].s <= time) low = middle + 1; else high = middle;
    }
    const found = [];
    for (let i = low - 1; i >= 0 && this.byTime[i].s >= time - this.longest; i--) {
      if (this.byTime[i].e >= time) found.unshift(this.byTime[i]);
    }
    return found;
  }
}

export const wordCount = (line) => line.w.length / 4;
export const word = (line, k) => ({ start: line.w[4 * k], end: line.w[4 * k + 1], from: line.w[4 * k + 2] / 1000, to: line.w[4 * k + 3] / 1000 });

/** The word at a character, or the nearest one after it. */
export function wordAt(line, char) {
  const count = wordCount(line);
  for (let k = 0; k < count; k++) if (line.w[4 * k + 1] > char) return k;
  return count - 1;
}

/** The word being said at a time, or -1 in a pause. */
export function wordHeard(line, time) {
  const at = time * 1000;
  for (let k = wordCount(line) - 1; k >= 0; k--) {
    if (line.w[4 * k + 2] <= at) return at <= line.w[4 * k + 3] + 120 ? k : -1;
  }
  return -1;
}

/** Seconds at which some characters are heard. */
export function heard(line, start, end) {
  const first = wordAt(line, start);
  let last = first;
  while (last + 1 < wordCount(line) && line.w[4 * (last + 1)] < end) last += 1;
  return first < 0 ? [line.s, line.e] : [word(line, first).from, word(line, last).to];
}

/** What the reader sees of some characters of a line: a replacement is whole or nothing. */
export function shown(line, start, end) {
  let at = 0;
  let text = "";
  for (const piece of line.t) {
    const length = typeof piece === "string" ? points(piece) : piece.n;
    if (typeof piece === "string" || !piece.h) {
      const from = Math.max(start - at, 0);
      const to = Math.min(end - at, length);
      if (from < to) text += slicePoints(typeof piece === "string" ? piece : piece.t, from, to);
    } else if (at < end && start < at + length) text += piece.t;
    at += length;
  }
  return text;
}

export const model = new Model();
