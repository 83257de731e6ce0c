// Which stretch of the recording the picture shows: all of it, or a part that can be moved.
import { model } from "./model.js";

const CLOSEST = 10; // seconds
const view = { from: 0, length: null }; // length null: all

export const shownLength = () => Math.min(view.length ?? Infinity, Math.max(model.duration, 1));
export const shownFrom = () => Math.max(0, Math.min(view.from, model.duration - shownLength()));
export const isWhole = () => shownLength() >= model.duration;

/** Nearer (a factor under 1) or farther; what is at `at` seconds stays where it is. */
export function zoomBy(factor, at) {
  const length = Math.max(CLOSEST, Math.min(model.duration, shownLength() * factor));
  const share = (at - shownFrom()) / shownLength();
  view.length = length >= model.duration ? null : length;
  view.from = at - share * length;
}

export function showWhole() {
  Object.assign(view, { from: 0, length: null });
}

export function moveBy(seconds) {
  view.from = Math.max(0, shownFrom() + seconds);
}

/** Moves on so that a place is in view; says whether it had to. */
export function follow(at) {
  const from = shownFrom();
  if (at >= from && at <= from + shownLength()) return false;
  view.from = at - shownLength() * 0.1;
  return true;
}
