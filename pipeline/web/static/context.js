// What is said around a place, cut between words and never in one.
import { points, shown, word, wordCount } from "./model.js";

const lengthOf = (line) => line.t.reduce((sum, piece) => sum + (typeof piece === "string" ? points(piece) : piece.n), 0);

/** The first character, not before `at`, at which a word of the line begins; `none` where no word does before it. */
function beginOfWord(line, at, none) {
  for (let k = 0; k < wordCount(line); k++) if (word(line, k).start >= at) return Math.min(word(line, k).start, none);
  return none;
}

/** The last character, not after `at`, at which a word of the line ends. */
function endOfWord(line, at, none) {
  for (let k = wordCount(line) - 1; k >= 0; k--) if (word(line, k).end <= at) return Math.max(word(line, k).end, none);
  return none;
}

/** So many characters before and after some characters of a line, as their reader sees them. */
export function around(line, start, end, before, after) {
  const total = lengthOf(line);
  const from = start - before <= 0 ? 0 : beginOfWord(line, start - before, start);
  const to = end + after >= total ? total : endOfWord(line, end + after, end);
  return [`${from > 0 ? "… " : ""}${shown(line, from, start)}`, `${shown(line, end, to)}${to < total ? " …" : ""}`];
}

/** The beginning of a line. */
export const beginning = (line, most) => around(line, 0, 0, 0, most)[1];
