// Reading what was not flagged: on line by line, to what was not read yet, to what was heard faintly.
import { say } from "./dom.js";
import { noteRead } from "./decide.js";
import { model } from "./model.js";
import { mayRead } from "./reading-time.js";
import { t } from "./text.js";
import { cursor, setCursor, showRead } from "./transcript.js";

/** The line so many further on from the cursor. */
export function goLine(step) {
  const at = model.order.indexOf(cursor.line);
  const next = model.order[at < 0 ? 0 : Math.max(0, Math.min(model.order.length - 1, at + step))];
  if (next) setCursor(next, 0);
}

export function readOn() {
  if (cursor.line) noteRead([cursor.line]);
  showRead();
  const last = cursor.line === model.order.at(-1);
  if (last && model.order.some(mayRead)) goUnread(); else goLine(1);
}

export function goUnread() {
  const next = model.order.find(mayRead);
  if (next) setCursor(next, 0); else say(t("reading.all"));
}

/** The next word the recogniser was not sure of, and how sure it was. */
export function goFaint() {
  const from = Math.max(0, model.order.indexOf(cursor.line));
  const onward = [...model.order.slice(from), ...model.order.slice(0, from + 1)];
  for (const [n, id] of onward.entries()) {
    const faint = model.faint(id).find((each) => n > 0 || each.word > cursor.word);
    if (!faint) continue;
    setCursor(id, faint.word);
    say(t("reading.faint", { sure: faint.sure }));
    return;
  }
  say(t("reading.no-faint"));
}
