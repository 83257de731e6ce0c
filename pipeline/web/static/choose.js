// One of some options, found by typing: a class, a label, a participant, a place in the roster.
import { make, percent, say } from "./dom.js";
import { decide } from "./decide.js";
import { open, settle, whenDone } from "./dialog.js";
import { model } from "./model.js";
import { roleWord, t } from "./text.js";

/** The value of the option chosen, or null; `fresh` makes an option of what was typed. */
export function choose(title, options, { hint = "", fresh = null } = {}) {
  return new Promise((resolve) => {
    whenDone(resolve);
    let at = 0;
    let found = options;
    const list = make("ul", { class: "options", role: "listbox", id: "options", "aria-label": title });
    const input = make("input", { type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "options", "aria-label": t("ask.find", { title }), autocomplete: "off", spellcheck: "false" });
    const paint = () => {
      list.replaceChildren(...found.map((option, n) => make("li", {
        role: "option", id: `option-${n}`, "aria-selected": String(n === at), class: option.colour === undefined ? "" : `p${option.colour}`,
        onclick: () => settle(option.value),
      }, make("span", { class: "label" }, option.label), option.hint ? make("span", { class: "quiet" }, option.hint) : null)));
      if (!found.length) list.append(make("li", { class: "quiet", role: "option", "aria-disabled": "true" }, t("ask.nothing")));
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
      if (!step || !found.length) return;
      event.preventDefault();
      at = (at + step + found.length) % found.length;
      paint();
    });
    open(title, [hint ? make("p", { class: "quiet" }, hint) : "", input, list], [],
      { enter: () => { if (found[at]) settle(found[at].value); } });
    filter();
    input.focus();
  });
}

export const chooseClass = (title) => choose(title, Object.entries(model.classes).map(([value, [label, hint]]) => ({ value, label, hint })));

export function chooseLabel(title, without = "") {
  const options = model.labels.filter((label) => label !== without).map((label) => ({ value: label, label }));
  const fresh = (typed) => {
    const label = `[${typed.replace(/^\[|\]$/g, "")}]`;
    return model.labels.includes(label) ? null : { value: label, label, hint: t("ask.label-fresh") };
  };
  return choose(title, [...options, { value: "", label: t("ask.next"), hint: t("ask.next-about") }], { fresh });
}

export function chooseParticipant(title, { without = "", hint = "" } = {}) {
  const options = [...model.people.values()].filter((person) => person.code !== without)
    .map((person) => ({ value: person.code, label: person.code, hint: t("ask.share", { role: roleWord(person), percent: percent(person.share) }).trim(), colour: person.colour }));
  const fresh = (typed) => (/^[A-Za-z]{1,2}\d{1,3}$/.test(typed) && !model.people.has(typed.toUpperCase())
    ? { value: typed.toUpperCase(), label: typed.toUpperCase(), hint: t("ask.new") } : null);
  return choose(title, options, { hint: hint || t("ask.type-code"), fresh });
}

export async function chooseRoster(mark) {
  const people = [...model.people.values()].filter((person) => !person.voice)
    .map((person) => ({ value: { code: person.code }, label: person.code, hint: t("ask.their-name", { role: roleWord(person) }), colour: person.colour }));
  const groups = ["staff", "sites", "other"].map((group) => ({ value: { group }, label: t(`ask.${group}`), hint: t(`ask.${group}-about`) }));
  const chosen = await choose(t("ask.roster"), [...people, ...groups]);
  return chosen && decide({ kind: "add-to-roster", mark, code: chosen.code ?? "", group: chosen.group ?? "" });
}

/** A line, or marked words of it, given to another participant. */
export async function moveWords(place, line) {
  const of = model.lines.get(place?.line ?? line);
  if (!of) { say(t("mark.line-first")); return; }
  const who = await chooseParticipant(t(place ? "ask.who-words" : "ask.who-line"), { without: of.p });
  if (!who) return;
  const part = place ? { line: of.id, start_char: place.start, end_char: place.end } : null;
  if (await decide({ kind: "move", line: of.id, participant: who, place: part })) say(t("decided.given", { code: who }));
}

export async function mergeSpeakers(code) {
  const first = code ?? await chooseParticipant(t("ask.merge"));
  if (!first) return;
  const into = await chooseParticipant(t("ask.merge-into", { code: first }), { without: first, hint: t("ask.merge-about", { code: first }) });
  if (into && await decide({ kind: "merge-speakers", participant: first, into })) say(t("decided.merged", { code: first, into }));
}
