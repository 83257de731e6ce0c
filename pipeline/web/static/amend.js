// Putting an approved transcript right: a word is clicked, taken out or generalised, here or everywhere; then it is stated.
import { byId, make, say } from "./dom.js";
import { get, post } from "./api.js";
import { button, confirm } from "./frame.js";
import { t } from "./text.js";

const id = location.pathname.split("/").at(-1);
const one = `/api/recordings/${encodeURIComponent(id)}`;
const REMOVED = "[removed]";
let edits = [];
let reviewer = "";

const list = (things) => make("ul", {}, ...things.map((each) => make("li", {}, each)));

/** A line's words as buttons; whatever stands in brackets is one of them. */
function pieces(text) {
  return [...text.matchAll(/\[[^\[\]\n]+\]|\S+/g)].map((found) => ({ text: found[0], start: found.index, end: found.index + found[0].length }));
}

/** The word without the comma or full stop after it, and without quotes before. */
function bare(piece) {
  if (piece.text.startsWith("[")) return piece;
  const before = piece.text.match(/^[^\p{L}\p{N}]*/u)[0].length;
  const after = piece.text.match(/(?:['’]s)?[^\p{L}\p{N}]*$/u)[0].length;
  const end = piece.end - after;
  return end > piece.start + before ? { text: piece.text.slice(before, piece.text.length - after), start: piece.start + before, end } : piece;
}

async function takeOut(number, text, first) {
  let last = first;
  const words = pieces(text);
  const shown = make("div", { class: "choices", role: "group", "aria-label": t("amend.words") });
  const chosen = () => ({ start: bare(words[Math.min(first, last)]).start, end: bare(words[Math.max(first, last)]).end });
  const label = make("input", { type: "text", id: "amend-label", value: REMOVED, maxlength: "42", autocomplete: "off" });
  const everywhere = make("input", { type: "checkbox", id: "amend-everywhere" });
  const many = make("span", {}, t("amend.everywhere", { n: 0 }));
  let places = [];
  const paint = async () => {
    shown.replaceChildren(...words.map((word, n) => make("button", { type: "button", class: n >= Math.min(first, last) && n <= Math.max(first, last) ? "main" : "", "aria-pressed": String(n >= Math.min(first, last) && n <= Math.max(first, last)), onclick: () => { last = n; paint(); } }, word.text)));
    const { start, end } = chosen();
    places = (await post(`${one}/amendment/places`, { words: text.slice(start, end) })).places.filter(([line, from]) => line !== number || from !== start);
    many.textContent = t("amend.everywhere", { n: places.length });
    everywhere.disabled = !places.length;
  };
  await paint();
  const yes = await confirm(t("amend.line", { n: number }), [
    make("p", { class: "hint" }, t("amend.choose")), shown,
    make("label", { class: "field" }, make("span", {}, t("amend.instead")), label),
    make("label", { class: "tick" }, everywhere, many)], { go: t("amend.take-out") });
  if (!yes) return;
  const { start, end } = chosen();
  const all = everywhere.checked ? places : [];
  edits = [...edits, ...[[number, start, end], ...all].map(([line, from, to]) => ({ kind: "take-out", line, start: from, end: to, label: label.value.trim() }))];
  await state();
}

/** What it will be, and the statement. */
async function state(why = "") {
  let seen;
  try { seen = await post(`${one}/amendment/look`, { edits }); } catch (error) { edits = []; say(error.message, "bad"); return; }
  const reason = make("input", { type: "text", id: "amend-reason", maxlength: "300", value: why, autocomplete: "off" });
  const name = make("input", { type: "text", id: "amend-name", value: reviewer, autocomplete: "off" });
  const yes = await confirm(t("amend.title", { n: seen.version }), [
    make("ol", { class: "script" }, ...seen.lines.map(([number, text]) => make("li", { value: String(number) }, text))),
    seen.given.length > 0 && make("div", { class: "notice" }, make("p", {}, t("amend.given")), list(seen.given)),
    make("label", { class: "field" }, make("span", {}, t("amend.reason")), reason),
    make("label", { class: "field" }, make("span", {}, t("withdraw.name")), name),
    make("p", { class: "accept" }, seen.statement)], { accept: t("withdraw.accept"), go: t("amend.go") });
  if (!yes) { say(edits.length ? t("amend.kept", { n: edits.length }) : ""); paintPending(); return; }
  try {
    const { done } = await post(`${one}/amendment`, { edits, before: seen.before, after: seen.after, reason: reason.value, reviewer: name.value });
    edits = [];
    if (done) { location.reload(); return; }
    say(t("withdraw.second"));
  } catch (error) { say(error.message, "bad"); }
  paintPending();
}

function paintPending() {
  byId("amend-pending").replaceChildren(...(edits.length ? [
    make("p", {}, t("amend.pending", { n: edits.length })),
    make("div", { class: "acts" }, button(t("amend.state"), () => state(), { kind: "main" }), button(t("amend.drop"), async () => { edits = []; paintPending(); }))] : []));
}

async function mergeLabels(lines) {
  const labels = [...new Set(lines.flatMap((line) => line.t.match(/\[[^\[\]\n]{1,40}\]/g) ?? []))].sort();
  const from = make("select", { id: "merge-from" }, ...labels.map((each) => make("option", { value: each }, each)));
  const into = make("input", { type: "text", id: "merge-into", maxlength: "42", autocomplete: "off", value: labels[0] ?? "" });
  if (!labels.length) { say(t("amend.no-labels"), "bad"); return; }
  const yes = await confirm(t("amend.merge"), [make("label", { class: "field" }, make("span", {}, t("amend.merge-from")), from),
    make("label", { class: "field" }, make("span", {}, t("amend.merge-into")), into)], { go: t("amend.merge") });
  if (!yes) return;
  edits = [...edits, { kind: "merge-labels", label: from.value, other: into.value.trim() }];
  await state();
}

/** Makes the lines' words clickable and gives the panel with versions and what waits; nothing where it cannot be amended. */
export async function amendPanel(lines, places) {
  const standing = await get(`${one}/amendment`);
  if (!standing.can) return null;
  reviewer = standing.reviewer;
  const versions = standing.versions.map((each) => make("li", {}, t("amend.version", { n: each.number }), " ", each.made, " ", make("code", { class: "small" }, each.digest)));
  const toggle = button(t("amend.begin"), async (made) => {
    made.hidden = true;
    say(t("amend.click"));
    places.forEach((place, n) => place.replaceChildren(...pieces(lines[n].t).flatMap((piece, word) => [make("button", { type: "button", class: "plain word", onclick: () => takeOut(n + 1, lines[n].t, word) }, piece.text), " "])));
  });
  return make("section", { class: "panel", "aria-labelledby": "amend-title" }, make("h2", { id: "amend-title" }, t("amend.versions")),
    make("ul", {}, ...versions), make("div", { id: "amend-pending" }),
    make("div", { class: "acts" }, toggle, button(t("amend.merge"), () => mergeLabels(lines)),
      standing.waiting && button(t("amend.waiting"), () => { edits = standing.waiting.edits; return state(standing.waiting.reason); }, { kind: "main" })));
}

async function settle(number, how) {
  await post(`/api/corrections/${number}`, { how });
  location.reload();
}

/** What participants sent back, and a form to enter more. */
export async function correctionsPanel() {
  const { corrections } = await get(`${one}/corrections`);
  const rows = corrections.map((each) => make("li", {}, make("strong", {}, each.participant), ` ${each.day} `, make("span", { class: "quiet" }, each.settled && t(`correction.${each.settled}`)), make("p", {}, each.text),
    !each.settled && make("div", { class: "acts" }, ...["amended", "noted", "declined"].map((how) => button(t(`correction.${how}`), () => settle(each.number, how), { describe: each.participant })))));
  const who = make("input", { type: "text", id: "correction-who", size: "5", required: true, autocomplete: "off" });
  const text = make("textarea", { id: "correction-text", rows: "3", maxlength: "4000", required: true });
  const form = make("form", { class: "stack" }, make("label", { class: "field" }, make("span", {}, t("correction.who")), who),
    make("label", { class: "field" }, make("span", {}, t("correction.text")), text), make("button", { type: "submit" }, t("correction.enter")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try { await post(`${one}/corrections`, { participant: who.value, text: text.value }); location.reload(); } catch (error) { say(error.message, "bad"); }
  });
  return make("section", { class: "panel", "aria-labelledby": "corrections-title" }, make("h2", { id: "corrections-title" }, t("correction.title")),
    make("ul", {}, ...rows), make("details", {}, make("summary", {}, t("correction.new")), form));
}
