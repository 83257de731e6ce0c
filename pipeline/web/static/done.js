// What was done: the steps that stand, taking back the last of them, and the transcript before and after.
import { byId, clock, make, say } from "./dom.js";
import { holder, inTurn, post } from "./api.js";
import { address } from "./decide.js";
import { closeDialog, dialogOpen, open } from "./dialog.js";
import { model } from "./model.js";
import { later, t } from "./text.js";
import { cursor, setCursor } from "./transcript.js";

const moment = later(() => new Intl.DateTimeFormat(document.documentElement.lang || undefined, { dateStyle: "short", timeStyle: "short" }));
const ask = (path, body) => post(address(path), body).catch((error) => say(error.message, "bad"));

/** A step in words: what, about which label or code, and where. */
export function stepWords({ what, about, line, seconds, participant, lines }) {
  const where = line ? ` (${clock(seconds)} ${participant}${lines > 1 ? `, ${t("done.lines", { n: lines })}` : ""})` : "";
  return `${what}${about ? ` ${about}` : ""}${where}`;
}

export async function doneDialog(words = false) {
  const answer = await ask("/steps", { words });
  if (!answer) return;
  const show = make("input", { type: "checkbox", id: "done-words", checked: words });
  show.addEventListener("change", () => doneDialog(show.checked));
  open(t("done.title"), [
    answer.steps.length ? make("label", { class: "tick" }, show, " ", t("done.words")) : make("p", {}, t("done.none")),
    answer.steps.length > 0 && make("ol", { class: "mentions done", reversed: true, tabindex: "-1" }, ...answer.steps.map((step, n) => item(step, n + 1)))],
  [make("button", { type: "button", id: "before-line", disabled: !cursor.line, onclick: () => beforeDialog(cursor.line) }, t("done.before-line")),
    make("button", { type: "button", id: "before-all", onclick: () => beforeDialog() }, t("done.before-all")),
    make("button", { type: "button", class: "main", onclick: closeDialog }, t("dialog.close"))]);
}

function item(step, many) {
  return make("li", { data: { step: step.number } },
    make("span", { class: "quiet number" }, moment.format(new Date(step.at))), make("span", { class: "quiet" }, step.by),
    make("span", { class: "around" }, stepWords(step), (step.was || step.now) && make("span", { class: "difference", dir: "auto" }, make("del", {}, step.was), " ", make("ins", {}, step.now))),
    make("span", { class: "acts" }, make("button", { type: "button", disabled: !model.lines.has(step.line), onclick: () => { closeDialog(); setCursor(step.line, 0); } }, t("verify.go-to")),
    make("button", { type: "button", disabled: !model.can, onclick: () => takeBack(step.number) }, t("done.take-back", { n: many }))));
}

const takeBack = (number) => inTurn(async () => {
  closeDialog();
  const change = await ask("/take-back", { number, holder });
  if (!change) return;
  model.change(change);
  if (change.turned?.line) setCursor(change.turned.line, 0, { focus: false });
  say(t("done.taken-back", { n: change.count }));
});

/** What the software left beside what stands there now: of a line, or of all that changed. */
export async function beforeDialog(line = "", hidden = false) {
  const answer = await ask("/before", { line, hidden });
  if (!answer) return;
  const show = make("input", { type: "checkbox", id: "before-hidden", checked: hidden });
  show.addEventListener("change", () => beforeDialog(line, show.checked));
  open(t(line ? "done.line-title" : "done.before-title"), [
    make("label", { class: "tick" }, show, " ", t("done.hidden")),
    answer.passages.length
      ? make("ul", { class: "mentions before-after", tabindex: "-1" }, ...answer.passages.map(passage))
      : make("p", {}, t("done.same"))],
  [make("button", { type: "button", onclick: () => doneDialog() }, t("done.title")), make("button", { type: "button", class: "main", onclick: closeDialog }, t("dialog.close"))]);
}

function passage({ line, at, before, after }) {
  const side = (name, lines) => make("div", { class: name, dir: "auto", "aria-label": t(`done.${name}`) },
    ...lines.map((each) => make("p", {}, make("span", { class: `code p${model.colour(each.p)}` }, each.p), " ", each.t)));
  return make("li", {}, make("button", { type: "button", class: "number", disabled: !line, onclick: () => { closeDialog(); setCursor(line, 0); } }, clock(at)),
    side("before", before), side("after", after));
}

byId("done").addEventListener("click", () => { if (!dialogOpen()) doneDialog(); });
