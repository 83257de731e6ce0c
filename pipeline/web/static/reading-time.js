// Time at each line: how long the cursor was there while somebody was at the page, and how much of its sound was played.
import { model } from "./model.js";

const IDLE = 60_000; // without a key, a click or a move nobody is taken to read on
const SLOT = 0.5; // seconds: what is heard twice counts once
const HEARD = 0.85; // of a line's length, to count as heard (pipeline/verify/reading.py says the same)
const spent = new Map(); // line -> milliseconds not told yet
const slots = new Map(); // line -> stretches heard
const told = new Map(); // line -> stretches told
let at = null;
let since = 0;
let lastInput = 0;
let away = false;
let elsewhere = false; // another line is being played

const now = () => performance.now();

function settle() {
  const here = now();
  const until = Math.min(here, lastInput + IDLE);
  if (at && !away && !elsewhere && until > since) spent.set(at, (spent.get(at) ?? 0) + until - since);
  since = here;
}

function input() {
  settle();
  lastInput = now();
}

/** Seconds at a line since they were last asked for. */
export function takeSeconds(line) {
  settle();
  const seconds = (spent.get(line) ?? 0) / 1000;
  spent.delete(line);
  return Math.round(seconds * 100) / 100;
}

/** Seconds of a line's sound that were played since they were last asked for. */
export function takeHeard(line) {
  const all = slots.get(line)?.size ?? 0;
  const fresh = all - (told.get(line) ?? 0);
  told.set(line, all);
  return fresh * SLOT;
}

/** What could not be told is told another time. */
export function putBack(line, seconds, heard) {
  spent.set(line, (spent.get(line) ?? 0) + seconds * 1000);
  told.set(line, Math.max(0, (told.get(line) ?? 0) - heard / SLOT));
}

/** Whether a line was marked faster than a person reads and may be told again. */
export const mayRead = (line) => !model.read.has(line) || model.skimmed.has(line);

/** Takes in what is being played; a line heard nearly to its end counts as read. */
export function countHeard(lines, position) {
  elsewhere = lines.length > 0 && !lines.some((line) => line.id === at);
  input();
  for (const line of lines) {
    const heard = slots.get(line.id) ?? new Set();
    slots.set(line.id, heard.add(Math.floor((position - line.s) / SLOT)));
    if (mayRead(line.id) && heard.size * SLOT >= HEARD * (line.e - line.s)) document.dispatchEvent(new CustomEvent("line-heard", { detail: line.id }));
  }
}

export function soundStopped() {
  settle();
  elsewhere = false;
}

function setAway(is) {
  settle();
  away = is;
  lastInput = now();
}

document.addEventListener("cursor-moved", (event) => { input(); at = event.detail; });
for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "scroll"]) addEventListener(kind, input, { passive: true, capture: true });
document.addEventListener("visibilitychange", () => setAway(document.hidden));
addEventListener("blur", () => setAway(true));
addEventListener("focus", () => setAway(false));
document.addEventListener("blanked", (event) => setAway(Boolean(event.detail)));
