// The questions by falling risk, as a list to choose from.
import { byId, make } from "./dom.js";
import { model, shown } from "./model.js";
import { aim, target } from "./questions.js";
import { t } from "./text.js";

const FIRST = 40;
const BEFORE = 24;
const AFTER = 30;

export function riskWord(risk) {
  const level = risk >= 0.6 ? "high" : risk >= 0.3 ? "middle" : "low";
  return [level, t(`risk.${level}`)];
}

export function paintQueue() {
  const list = byId("queue");
  const had = list.contains(document.activeElement);
  const items = model.questions.slice(0, FIRST).map(item);
  const rest = model.progress.open - items.length;
  if (rest > 0) items.push(make("li", { class: "quiet" }, t("queue.more", { n: rest })));
  if (!items.length) items.push(make("li", { class: "quiet" }, t(model.progress.questions ? "queue.decided" : "queue.none")));
  list.replaceChildren(...items);
  paintCurrent();
  if (had) list.querySelector("[aria-current]")?.focus({ preventScroll: true });
}

/** A few words around a mark, cut between words. */
function around(mark) {
  const from = Math.max(0, mark.start - BEFORE);
  const before = shown(mark.line, from, mark.start);
  return `${from ? `… ${before.slice(before.indexOf(" ") + 1)}` : before}${shown(mark.line, mark.start, mark.end + AFTER)}`;
}

function voiceWords(question) {
  const code = model.voices.find((voice) => `v${voice.speaker}` === question.id)?.code;
  const line = model.lines.get(question.line);
  return `${t("card.is-this", { code })} ${line ? shown(line, 0, BEFORE + AFTER) : ""}`;
}

function item(question) {
  const mark = model.marks.get(question.id);
  const [level, words] = riskWord(question.risk);
  return make("li", {}, make("button", { type: "button", data: { question: question.id }, onclick: () => aim(question.id, question.about) },
    make("span", { class: `dot ${level}`, title: words }), make("span", { class: "said-only" }, `${words}: `),
    make("span", { class: "kind" }, mark ? mark.piece.c : t("card.voice")),
    make("span", { class: "around", dir: "auto" }, mark ? around(mark) : voiceWords(question))));
}

function paintCurrent() {
  for (const old of byId("queue").querySelectorAll("[aria-current]")) old.removeAttribute("aria-current");
  const current = byId("queue").querySelector(`[data-question="${CSS.escape(target.id ?? "")}"]`);
  current?.setAttribute("aria-current", "true");
  return current;
}

/** Scrolls the list alone, never the page. */
function bringIntoList(element) {
  const list = byId("queue");
  const [box, frame] = [element.getBoundingClientRect(), list.getBoundingClientRect()];
  if (box.top < frame.top) list.scrollTop -= frame.top - box.top;
  else if (box.bottom > frame.bottom) list.scrollTop += box.bottom - frame.bottom;
}

document.addEventListener("aimed", () => {
  const current = paintCurrent();
  if (current) requestAnimationFrame(() => bringIntoList(current)); // measuring at once would cost a layout
});
