// Typing as changes of texts: what stands before, between and behind a line's replacements. A place is { gap, at }:
// which of the texts, and so many letters into it. Nothing here can touch a replacement.

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const LETTER = /[\p{L}\p{N}]/u;

export const before = (a, b) => a.gap < b.gap || (a.gap === b.gap && a.at < b.at);
export const same = (a, b) => a.gap === b.gap && a.at === b.at;

/** Without what stands between two places; replacements between them stay. */
export function remove(texts, from, to) {
  const left = texts.map((text, gap) => {
    if (gap < from.gap || gap > to.gap) return text;
    return (gap === from.gap ? text.slice(0, from.at) : "") + (gap === to.gap ? text.slice(to.at) : "");
  });
  return { texts: left, at: from };
}

/** With words put in; a word right beside a replacement is a word of its own. */
export function insert(texts, place, words) {
  const text = texts[place.gap];
  const behind = place.gap > 0 && place.at === 0 && LETTER.test(words[0] ?? "");
  const ahead = place.gap < texts.length - 1 && place.at === text.length && LETTER.test(words.at(-1) ?? "");
  const put = (behind ? " " : "") + words;
  const made = [...texts];
  made[place.gap] = text.slice(0, place.at) + put + (ahead ? " " : "") + text.slice(place.at);
  return { texts: made, at: { gap: place.gap, at: place.at + put.length } };
}

const UNITS = {
  Content: { back: (text) => [...graphemes.segment(text)].at(-1)?.segment.length ?? 0, on: (text) => [...graphemes.segment(text)][0]?.segment.length ?? 0 },
  Word: { back: (text) => text.match(/(?:[\p{L}\p{N}'’]+|[^\p{L}\p{N}\s]+)?\s*$/u)[0].length, on: (text) => text.match(/^\s*(?:[\p{L}\p{N}'’]+|[^\p{L}\p{N}\s]+)?/u)[0].length },
  SoftLine: { back: (text) => text.length, on: (text) => text.length },
  HardLine: { back: (text) => text.length, on: (text) => text.length },
};

/** The place so much (of a beforeinput's kind) before or behind another; the same where nothing is left of the text. */
export function reach(texts, place, kind) {
  const [, unit, way] = /^delete(Content|Word|SoftLine|HardLine)(Backward|Forward)$/.exec(kind) ?? [];
  if (!unit) return place;
  const text = texts[place.gap];
  const length = way.startsWith("B") ? -UNITS[unit].back(text.slice(0, place.at)) : UNITS[unit].on(text.slice(place.at));
  return { gap: place.gap, at: place.at + length };
}

/** The texts as they are kept: single spaces, none at the ends of the line. */
export function tidy(texts) {
  return texts.map((text, gap) => {
    let made = text.replace(/\s+/g, " ");
    if (gap === 0) made = made.trimStart();
    if (gap === texts.length - 1) made = made.trimEnd();
    return made || (gap > 0 && gap < texts.length - 1 ? " " : "");
  });
}

export const alike = (a, b) => a.length === b.length && a.every((text, gap) => text === b[gap]);
