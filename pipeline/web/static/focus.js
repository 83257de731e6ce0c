// The focus of a person who works by keyboard: it stays where it is while what it lies on is painted anew.
import { byId } from "./dom.js";

const NEXT = "next";

/** Where the focus is: the control, and what it can be found by once another stands in its place. */
export function focusIn(place) {
  const on = document.activeElement;
  if (on === place || !place.contains(on)) return null;
  return { on, id: on.id, card: on.closest("li.card-row, tr[id], #models")?.id, act: on.dataset.act };
}

function again({ on, id, card, act }) {
  if (on.isConnected) return on;
  const row = card && byId(card);
  const there = row ? [...row.querySelectorAll("button, a")] : [];
  return (id && byId(id)) || there.find((each) => act && each.dataset.act === act) || there[0] || byId(NEXT);
}

/** What of it can be seen: itself, or the heading of the folded part that it lies in. */
function seen(control) {
  const folded = control.closest("details:not([open])");
  return folded ? folded.querySelector("summary") : control;
}

/** Puts the focus back: on the same control, else on the first of its card, else on what comes next, else on the place. */
export function focusAgain(was, place) {
  if (was) seen(again(was) ?? place).focus({ preventScroll: true });
}

/** Paints a place anew and leaves the focus where it was. */
export function keepFocus(place, paint) {
  const was = focusIn(place);
  paint();
  focusAgain(was, place);
}
