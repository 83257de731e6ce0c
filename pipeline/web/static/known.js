// Names and words the study knows, offered while one types. Enter takes what is chosen; of an ordinary word nothing is
// chosen beforehand, so that Enter cannot redact it by accident.
import { make } from "./dom.js";
import { post } from "./api.js";
import { address } from "./decide.js";
import { t } from "./text.js";

const PAUSE = 120;
const MOST = 60; // letters before the caret that are looked at
const list = make("ul", { id: "known", class: "known", role: "listbox", "aria-label": t("typing.known"), hidden: true });
document.body.append(list);
let offers = [];
let chosen = -1;
let asking = 0;
let turn = 0;
let taken = () => undefined;

export const knownShown = () => !list.hidden;

export function closeKnown() {
  clearTimeout(asking);
  turn += 1;
  list.hidden = true;
  offers = [];
  chosen = -1;
}

function paint() {
  list.replaceChildren(...offers.map((offer, n) => make("li", { role: "option", "aria-selected": String(n === chosen), onclick: () => taken(offer) },
    make("span", { class: "chip hides open" }, offer.label), make("span", { class: "quiet" }, t(`typing.why.${offer.why}`)),
    n === chosen ? make("kbd", {}, "Enter") : null)));
}

function show(found) {
  const range = getSelection().rangeCount ? getSelection().getRangeAt(0).cloneRange() : null;
  if (!found.length || !range) { closeKnown(); return; }
  offers = found;
  chosen = found[0].sure ? 0 : -1;
  paint();
  list.hidden = false;
  const box = range.getClientRects()[0] ?? range.startContainer.parentElement.getBoundingClientRect();
  list.style.left = `${Math.max(8, Math.min(innerWidth - list.offsetWidth - 8, box.left))}px`;
  list.style.top = `${box.bottom + 4 + list.offsetHeight > innerHeight - 70 ? box.top - list.offsetHeight - 4 : box.bottom + 4}px`;
}

/** Asks what is known of the words before the caret; `take` is called with the offer that is taken. */
export function offerKnown(words, take) {
  closeKnown();
  taken = take;
  const mine = turn;
  const last = words.slice(-MOST);
  if (!/[\p{L}\p{N}]$/u.test(last)) return;
  asking = setTimeout(async () => {
    const { known } = await post(address("/known"), { words: last }).catch(() => ({ known: [] }));
    if (mine === turn) show(known);
  }, PAUSE);
}

/** A key while something is offered; true when it was meant for the offer. */
export function knownKey(event) {
  if (list.hidden) return false;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) { chosen = (chosen + step + offers.length) % offers.length; paint(); return true; }
  if (event.key === "Escape") { closeKnown(); return true; }
  return false;
}

/** What Enter takes, if anything is chosen. */
export const chosenKnown = () => (list.hidden ? undefined : offers[chosen]);

list.addEventListener("pointerdown", (event) => event.preventDefault()); // the caret stays where it is
