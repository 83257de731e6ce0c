// The places of a question that is asked in several: each to hear, to go to and to tick; what is ticked is decided together.
import { clock, make } from "./dom.js";
import { around } from "./context.js";
import { heard, model } from "./model.js";
import { playFrom } from "./player.js";
import { t } from "./text.js";
import { setCursor } from "./transcript.js";

const AROUND = 28;
const ticked = new Set();
let of = null;

/** A fresh question: all its places are ticked, but those of an ordinary word, which means something else elsewhere. */
export function beginPlaces(question, target) {
  if (question?.id === of && ticked.has(target)) return;
  of = question?.id ?? null;
  ticked.clear();
  ticked.add(target);
  if (question?.together) for (const id of placesOf(question)) ticked.add(id);
}

export const placesOf = (question) => [question.id, ...question.like];
export const tickedOf = (question) => placesOf(question).filter((id) => ticked.has(id));

function row(id, painted) {
  const { line, piece, start, end } = model.marks.get(id);
  const [before, after] = around(line, start, end, AROUND, AROUND);
  const [from, to] = heard(line, start, end);
  const tick = make("input", { type: "checkbox", checked: ticked.has(id), "aria-label": t("places.tick", { at: clock(from), code: line.p }) });
  tick.addEventListener("change", () => { if (tick.checked) ticked.add(id); else ticked.delete(id); painted(); });
  return make("li", {}, tick,
    make("button", { type: "button", class: "number", "aria-label": t("places.hear", { at: clock(from), code: line.p }), onclick: () => playFrom(Math.max(0, from - 1.5), to + 1.2) }, `▶ ${clock(from)}`),
    make("button", { type: "button", class: "plain around", dir: "auto", onclick: () => setCursor(line.id, 0) }, `${line.p} ${before}`, make("mark", {}, piece.t), after));
}

export function placesList(question, painted) {
  const places = placesOf(question).filter((id) => model.marks.has(id));
  if (places.length < 2) return null;
  return make("section", { class: "places" }, make("p", { class: "quiet small" }, t("places.about", { n: places.length })),
    make("ul", { class: "mentions", tabindex: "-1" }, ...places.map((id) => row(id, painted))));
}
