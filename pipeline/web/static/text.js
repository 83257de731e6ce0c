// The page's texts, in the language the server chose. A text with a count has a form for each plural of the language.
import { language, texts } from "/texts.js";

const plural = new Intl.PluralRules(language);

/** A format that is made when it is first needed: most pages need few, and each would keep all of them waiting. */
export function later(made) {
  let kept = null;
  return { format: (...what) => (kept ??= made()).format(...what) };
}

export const dateFormat = later(() => new Intl.DateTimeFormat(language, { dateStyle: "medium" }));
export const timeFormat = later(() => new Intl.DateTimeFormat(language, { weekday: "long", hour: "2-digit", minute: "2-digit" }));
const relative = later(() => new Intl.RelativeTimeFormat(language, { numeric: "auto" }));

const figures = later(() => new Intl.NumberFormat(language, { maximumFractionDigits: 2 }));
const fact = (value) => (typeof value === "number" ? figures.format(value) : String(value));

/** The text of a key with its facts filled in, numbers as the language writes them; `n` chooses the form of a text that counts. */
export function t(key, facts = {}) {
  const form = "n" in facts ? `${key}.${plural.select(facts.n)}` : key;
  const text = texts[form] ?? texts[`${key}.other`] ?? texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? fact(facts[name]) : whole));
}

export const known = (key) => key in texts;

/** How long ago, in one unit. */
export function ago(seconds) {
  const past = Date.now() / 1000 - seconds;
  for (const [size, unit] of [[86400, "day"], [3600, "hour"], [60, "minute"]]) {
    if (past >= size) return relative.format(-Math.floor(past / size), unit);
  }
  return t("time.now");
}

/** A length of time as people say it. */
export function lasting(seconds) {
  if (seconds < 90) return t("time.seconds", { n: Math.max(1, Math.round(seconds)) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t("time.minutes", { n: minutes });
  return t("time.hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

const list = later(() => new Intl.ListFormat(language, { type: "conjunction" }));

/** Several things as one phrase: "P01 and P02". */
export const together = (things) => list.format(things);

/** A person's role in words; a role the study made up as it is. */
export const roleWord = ({ role }) => (known(`roster.${role}`) ? t(`roster.${role}`).toLowerCase() : role);

/** A size of a file. */
export function bytes(count) {
  for (const [size, unit] of [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]]) {
    if (count >= size) return `${(count / size).toLocaleString(language, { maximumFractionDigits: 1 })} ${unit}`;
  }
  return `${count} B`;
}
