// The questions as a list to choose from: words in the open, confirmations, voices, each by falling risk.
import { byId, make } from "./dom.js";
import { around, beginning } from "./context.js";
import { model, shown } from "./model.js";
import { aim, asked } from "./questions.js";
import { t } from "./text.js";

const FIRST = 40;
const BEFORE = 24;
const AFTER = 30;
const ORDER = ["open", "hidden", "voice"];

export function riskWord(risk) {
  const level = risk >= 0.6 ? "high" : risk >= 0.3 ? "middle" : "low";
  return [level, t(`risk.${level}`)];
}

export function paintQueue() {
  const list = byId("queue");
  const had = list.contains(document.activeElement);
  const items = ORDER.flatMap(group);
  const painted = Math.min(model.questions.length, FIRST);
  const rest = model.progress.open - painted;
  if (rest > 0) items.push(make("li", { class: "quiet" }, t("queue.more", { n: rest })));
  if (!items.length) items.push(make("li", { class: "quiet" }, t(model.progress.questions ? "queue.decided" : "queue.none")));
  list.replaceChildren(...items);
  paintCurrent();
  if (had) list.querySelector("[aria-current]")?.focus({ preventScroll: true });
}

/** The questions of one kind, under a heading. */
function group(order) {
  const items = model.questions.slice(0, FIRST).filter((each) => each.order === order).map(item);
  return items.length ? [make("li", { class: "quiet heading" }, t(`queue.${order}`)), ...items] : [];
}

function wordsOf({ line, start, end }) {
  const [before, after] = around(line, start, end, BEFORE, AFTER);
  return `${before}${shown(line, start, end)}${after}`;
}

function voiceWords(question) {
  const code = model.voices.find((voice) => `v${voice.speaker}` === question.id)?.code;
  const line = model.lines.get(question.line);
  return `${t("card.is-this", { code })} ${line ? beginning(line, BEFORE + AFTER) : ""}`;
}

function item(question) {
  const mark = model.marks.get(question.id);
  const [level, words] = riskWord(question.risk);
  return make("li", {}, make("button", { type: "button", data: { question: question.id }, onclick: () => aim(question.id, question.about) },
    make("span", { class: `dot ${level}`, title: words }), make("span", { class: "said-only" }, `${words}: `),
    make("span", { class: "kind" }, mark ? mark.piece.c : t("card.voice"), question.like.length ? ` ×${question.like.length + 1}` : ""),
    make("span", { class: "around", dir: "auto" }, mark ? wordsOf(mark) : voiceWords(question))));
}

function paintCurrent() {
  for (const old of byId("queue").querySelectorAll("[aria-current]")) old.removeAttribute("aria-current");
  const current = byId("queue").querySelector(`[data-question="${CSS.escape(asked()?.id ?? "")}"]`);
  current?.setAttribute("aria-current", "true");
  return current;
}

/** Scrolls the list alone, never the page: one that is not wholly seen comes to its head, so that the next ones follow. */
function bringIntoList(element) {
  const list = byId("queue");
  const [box, frame] = [element.getBoundingClientRect(), list.getBoundingClientRect()];
  if (box.top < frame.top || box.bottom > frame.bottom) list.scrollTop += box.top - frame.top;
}

document.addEventListener("aimed", () => {
  const current = paintCurrent();
  if (current) requestAnimationFrame(() => bringIntoList(current)); // measuring at once would cost a layout
});
