// Dialogs: one of a list, marking words with all their mentions, a corrected word, verifying, the keys.
import { byId, clock, make, percent, say } from "./dom.js";
import { get, holder, post } from "./api.js";
import { address, decide, sendRead } from "./decide.js";
import { heard, model, shown } from "./model.js";
import { playFrom } from "./player.js";

const dialog = byId("dialog");
let finish = () => undefined;
let from = null;

function open(title, body, buttons) {
  from = document.activeElement;
  dialog.replaceChildren(
    make("div", { class: "dialog-head" }, make("h2", { id: "dialog-title", tabindex: "-1" }, title),
      make("button", { type: "button", class: "plain", "aria-label": "Close", onclick: () => dialog.close() }, "✕")),
    ...body, make("div", { class: "dialog-foot" }, ...buttons));
  dialog.setAttribute("aria-labelledby", "dialog-title");
  dialog.showModal();
}

dialog.addEventListener("close", () => {
  const done = finish;
  finish = () => undefined;
  dialog.replaceChildren();
  if (from?.isConnected) from.focus({ preventScroll: true });
  done(null);
});

function settle(value) {
  const done = finish;
  finish = () => undefined;
  dialog.close();
  done(value);
}

export const dialogOpen = () => dialog.open;
export const closeDialog = () => { if (dialog.open) dialog.close(); };

/** One of some options, found by typing; `fresh` makes an option of what was typed. Gives its value or null. */
export function choose(title, options, { hint = "", fresh = null } = {}) {
  return new Promise((resolve) => {
    finish = resolve;
    let at = 0;
    let found = options;
    const list = make("ul", { class: "options", role: "listbox", id: "options", "aria-label": title });
    const input = make("input", { type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "options", "aria-label": `${title}: type to find`, autocomplete: "off", spellcheck: "false" });
    const paint = () => {
      list.replaceChildren(...found.map((option, n) => make("li", {
        role: "option", id: `option-${n}`, "aria-selected": String(n === at), class: option.colour === undefined ? "" : `p${option.colour}`,
        onclick: () => settle(option.value),
      }, make("span", { class: "label" }, option.label), option.hint ? make("span", { class: "quiet" }, option.hint) : null)));
      input.setAttribute("aria-activedescendant", found.length ? `option-${at}` : "");
      list.children[at]?.scrollIntoView({ block: "nearest" });
    };
    const filter = () => {
      const typed = input.value.trim().toLowerCase();
      found = options.filter((option) => option.label.toLowerCase().includes(typed) || (option.hint ?? "").toLowerCase().includes(typed));
      const made = typed && fresh?.(input.value.trim());
      if (made) found = [...found, made];
      at = 0;
      paint();
    };
    input.addEventListener("input", filter);
    input.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) { event.preventDefault(); at = (at + step + found.length) % Math.max(found.length, 1); paint(); }
      if (event.key === "Enter") { event.preventDefault(); if (found[at]) settle(found[at].value); }
    });
    open(title, [hint ? make("p", { class: "quiet" }, hint) : "", input, list], []);
    filter();
    input.focus();
  });
}

export const chooseClass = (title) => choose(title, Object.entries(model.classes).map(([value, [label, hint]]) => ({ value, label, hint })));

export function chooseLabel(title, without = "") {
  const options = model.labels.filter((label) => label !== without).map((label) => ({ value: label, label }));
  return choose(title, [...options, { value: "", label: "Next free number", hint: "somebody or something new" }]);
}

export function chooseParticipant(title, { without = "", hint = "" } = {}) {
  const options = [...model.people.values()].filter((person) => person.code !== without)
    .map((person) => ({ value: person.code, label: person.code, hint: `${person.role} ${percent(person.share)} of speech`.trim(), colour: person.colour }));
  const fresh = (typed) => (/^[A-Za-z]{1,2}\d{1,3}$/.test(typed) && !model.people.has(typed.toUpperCase())
    ? { value: typed.toUpperCase(), label: typed.toUpperCase(), hint: "a new participant" } : null);
  return choose(title, options, { hint: hint || "Type a code that is not there to make a new one.", fresh });
}

export async function chooseRoster(mark) {
  const people = [...model.people.values()].filter((person) => !person.voice)
    .map((person) => ({ value: { code: person.code }, label: person.code, hint: `their name; ${person.role}`, colour: person.colour }));
  const groups = [["staff", "Staff", "a name to remove everywhere"], ["sites", "Site", "a ward, hospital or team"], ["other", "Other", "other words to remove"]]
    .map(([group, label, hint]) => ({ value: { group }, label, hint }));
  const chosen = await choose("Add to the roster as", [...people, ...groups]);
  return chosen && decide({ kind: "add-to-roster", mark, code: chosen.code ?? "", group: chosen.group ?? "" });
}

/** Marks words, with all other mentions offered together. */
export async function markWords(place) {
  if (!place) { say("Mark some words first"); return; }
  const offer = await post(address("/mentions"), place).catch((error) => say(error.message, "bad"));
  if (!offer) return;
  const kinds = make("select", { id: "mark-class" }, ...Object.entries(model.classes).map(([value, [, title]]) => make("option", { value }, title)));
  const label = make("input", { type: "text", id: "mark-label", list: "known-labels", spellcheck: "false", autocomplete: "off" });
  const known = make("datalist", { id: "known-labels" }, ...model.labels.map((each) => make("option", { value: each })));
  const suggest = () => { label.value = offer.labels[kinds.value]; };
  kinds.addEventListener("change", suggest);
  suggest();
  const boxes = offer.mentions.map((mention) => make("input", { type: "checkbox" }));
  const confirm = make("button", { type: "button", class: "main" });
  const count = () => { const n = boxes.filter((box) => box.checked).length; confirm.textContent = `Redact ${n} ${n === 1 ? "mention" : "mentions"}`; confirm.disabled = n === 0; };
  boxes.forEach((box, n) => { box.checked = offer.mentions[n].chosen; box.addEventListener("change", count); });
  const why = { marked: "marked", same: "the same", part: "a part of it", near: "sounds or looks alike" };
  const items = offer.mentions.map((mention, n) => make("li", {}, make("label", {}, boxes[n],
    make("span", { class: "number quiet" }, `${clock(mention.at)} ${mention.participant}`),
    make("span", { class: "around" }, mention.before, make("mark", {}, mention.words), mention.after),
    make("span", { class: "quiet how" }, why[mention.how]))));
  const send = async () => {
    const places = offer.mentions.filter((_, n) => boxes[n].checked).map((m) => ({ line: m.line, start_char: m.start, end_char: m.end }));
    const decision = { kind: "redact", places, type: kinds.value, label: label.value.trim() };
    dialog.close();
    if (await decide(decision)) say(`Redacted ${places.length} ${places.length === 1 ? "mention" : "mentions"}. U takes it back.`);
  };
  confirm.addEventListener("click", send);
  dialog.onkeydown = (event) => { if (event.key === "Enter" && !event.target.matches("button")) { event.preventDefault(); if (!confirm.disabled) send(); } };
  open("Redact these words", [
    make("div", { class: "fields" }, make("label", {}, "Class ", kinds), make("label", {}, "Replaced by ", label), known),
    make("p", { class: "quiet" }, "Everything that may mean the same is listed. Untick what does not."),
    make("ul", { class: "mentions", tabindex: "-1" }, ...items)], [confirm]);
  count();
  kinds.focus();
}

/** A misheard word put right. */
export function correctWords(place) {
  if (!place) { say("Mark a word first"); return; }
  const line = model.lines.get(place.line);
  const input = make("input", { type: "text", id: "right-words", autocomplete: "off", value: shown(line, place.start, place.end) });
  const send = async () => {
    const text = input.value.trim();
    dialog.close();
    if (text) await decide({ kind: "correct", place: { line: place.line, start_char: place.start, end_char: place.end }, text });
  };
  dialog.onkeydown = (event) => { if (event.key === "Enter" && !event.target.matches("button")) { event.preventDefault(); send(); } };
  open("What was really said?", [
    make("label", { class: "fields" }, "Words ", input),
    make("p", { class: "quiet" }, "A replacement around them stays in place."),
  ], [make("button", { type: "button", onclick: () => playFrom(...heard(line, place.start, place.end)) }, "Hear it"),
    make("button", { type: "button", class: "main", onclick: send }, "Put right")]);
  input.select();
}

/** A line, or marked words of it, given to another participant. */
export async function moveWords(place, line) {
  const of = model.lines.get(place?.line ?? line);
  if (!of) { say("Go to a line first"); return; }
  const who = await chooseParticipant(place ? "Who said the marked words?" : "Who said this line?", { without: of.p });
  if (!who) return;
  const part = place ? { line: of.id, start_char: place.start, end_char: place.end } : null;
  if (await decide({ kind: "move", line: of.id, participant: who, place: part })) say(`Given to ${who}. U takes it back.`);
}

export async function mergeSpeakers(code) {
  const first = code ?? await chooseParticipant("Merge which participant …");
  if (!first) return;
  const into = await chooseParticipant(`… ${first} into which?`, { without: first, hint: `All of ${first}'s lines go to the one you choose.` });
  if (into && await decide({ kind: "merge-speakers", participant: first, into })) say(`${first} is now ${into}. U takes it back.`);
}

/** The statement, the name, what will be destroyed and when. */
export async function verifyDialog() {
  await sendRead();
  const asked = await get(address("/approval")).catch((error) => say(error.message, "bad"));
  if (!asked) return;
  const p = asked.progress;
  const name = make("input", { type: "text", id: "reviewer", value: asked.reviewer, autocomplete: "off" });
  const accept = make("input", { type: "checkbox", id: "accept" });
  const confirm = make("button", { type: "button", class: "main", disabled: true }, "Verify and freeze");
  const ready = () => { confirm.disabled = p.open > 0 || !accept.checked || !name.value.trim() || !model.can; };
  accept.addEventListener("change", ready);
  name.addEventListener("input", ready);
  confirm.addEventListener("click", async () => {
    try {
      confirm.disabled = true;
      await post(address("/approval"), { reviewer: name.value, digest: asked.digest, accepted: accept.checked, holder });
      dialog.close();
      document.dispatchEvent(new Event("verified"));
    } catch (error) { say(error.message, "bad"); ready(); }
  });
  open("Verify this transcript", [
    p.open ? make("p", { class: "problem" }, `${p.open} ${p.open === 1 ? "question is" : "questions are"} still open. Decide them first.`)
      : make("p", {}, `All ${p.questions} questions are decided; ${percent(p.coverage)} of the words were read or heard.`),
    make("h3", {}, "What will be destroyed"),
    make("ul", {}, ...asked.what.map((each) => make("li", {}, each))),
    make("p", {}, make("strong", {}, "When: "), asked.when),
    make("label", { class: "accept" }, accept, make("span", {}, asked.statement)),
    make("label", { class: "fields" }, "Your name ", name),
    make("p", { class: "quiet digest" }, "Transcript ", make("code", {}, asked.digest)),
  ], [confirm]);
  (p.open ? dialog.querySelector("h2") : accept).focus();
}

export function helpDialog(keys, single) {
  const toggle = make("input", { type: "checkbox", id: "single-keys" });
  toggle.checked = single.on;
  toggle.addEventListener("change", () => { single.on = toggle.checked; });
  open("Keys", [make("div", { class: "keys" }, ...keys.map(([title, list]) => make("section", {}, make("h3", {}, title),
    make("dl", {}, ...list.flatMap(([key, what]) => [make("dt", {}, ...key.split(" ").map((k) => make("kbd", {}, k))), make("dd", {}, what)]))))),
  make("label", { class: "tick" }, toggle, "Single-key shortcuts are on")],
  [make("button", { type: "button", onclick: () => dialog.close() }, "Close")]);
}

dialog.addEventListener("close", () => { dialog.onkeydown = null; });
