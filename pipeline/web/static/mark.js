// Marking words with all their mentions.
import { clock, make, say } from "./dom.js";
import { post } from "./api.js";
import { address, decide } from "./decide.js";
import { closeDialog, dialogOpen, open } from "./dialog.js";
import { model } from "./model.js";
import { aim } from "./questions.js";
import { t } from "./text.js";

/** Offers a place and every other mention; a class and label can be given, `others` leaves the place itself out. */
export async function markWords(place, { type = "", label = "", title = t("mark.title"), others = false } = {}) {
  if (!place) { say(t("mark.words-first")); return; }
  const offer = await post(address("/mentions"), place).catch((error) => say(error.message, "bad"));
  if (!offer) return;
  const mentions = others ? offer.mentions.filter((mention) => mention.how !== "marked") : offer.mentions;
  const kinds = make("select", { id: "mark-class" }, ...Object.entries(model.classes).map(([value, [, name]]) => make("option", { value }, name)));
  const into = make("input", { type: "text", id: "mark-label", list: "known-labels", spellcheck: "false", autocomplete: "off" });
  const known = make("datalist", { id: "known-labels" }, ...model.labels.map((each) => make("option", { value: each })));
  const suggest = () => { into.value = offer.labels[kinds.value]; };
  kinds.addEventListener("change", suggest);
  if (type in offer.labels) kinds.value = type;
  suggest();
  if (label) into.value = label;
  const boxes = mentions.map((mention) => make("input", { type: "checkbox", checked: mention.chosen }));
  const confirm = make("button", { type: "button", class: "main", onclick: () => send() });
  const chosen = () => mentions.filter((_, n) => boxes[n].checked);
  const count = () => { const n = chosen().length; confirm.textContent = t("mark.go", { n }); confirm.disabled = n === 0; };
  boxes.forEach((box) => box.addEventListener("change", count));
  const tickAll = () => { const all = boxes.every((box) => box.checked); for (const box of boxes) box.checked = !all; count(); };
  const send = async () => {
    if (confirm.disabled) return;
    const places = chosen().map((m) => ({ line: m.line, start_char: m.start, end_char: m.end }));
    const decision = { kind: "redact", places, type: kinds.value, label: into.value.trim() };
    closeDialog();
    if (await decide(decision)) say(t("mark.done", { n: places.length }));
  };
  open(title, [
    make("div", { class: "fields" }, make("label", {}, t("card.class"), " ", kinds), make("label", {}, t("mark.into"), " ", into), known),
    make("p", { class: "quiet" }, t("mark.about")),
    make("ul", { class: "mentions", tabindex: "-1" }, ...mentions.map((mention, n) => item(mention, boxes[n])))],
  [make("button", { type: "button", class: "plain", onclick: tickAll }, t("mark.all")), make("button", { type: "button", onclick: closeDialog }, t(others ? "mark.leave" : "frame.cancel")), confirm], { enter: send });
  count();
  (others && !confirm.disabled ? confirm : kinds).focus();
}

function item(mention, box) {
  return make("li", {}, make("label", {}, box,
    make("span", { class: "number quiet" }, `${clock(mention.at)} ${mention.participant}`),
    make("span", { class: "around", dir: "auto" }, mention.before, make("mark", {}, mention.words), mention.after),
    make("span", { class: "quiet how" }, t(`why.${mention.how}`))));
}

// What was redacted in one place stands elsewhere.
document.addEventListener("offer", ({ detail }) => {
  if (dialogOpen()) return;
  const { place, type, label } = detail;
  markWords({ line: place.line, start: place.start_char, end: place.end_char },
    { type, label, others: true, title: t("mark.elsewhere") });
});

/** What was typed and is known to the study is hidden already, and asked about at once. */
function sayPutRight({ detail: change }) {
  const found = [...model.marks.keys()].find((id) => id.startsWith(`m${change.event}.`));
  if (!found) { say(t("decided.right")); return; }
  const { piece } = model.marks.get(found);
  aim(found, "mark", { go: false });
  say(t("decided.right-hidden", { why: piece.r, label: piece.t }));
}

document.addEventListener("typed", sayPutRight);
