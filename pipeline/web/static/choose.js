// One of some options, found by typing: a class, a label, a participant, a place in the roster.
import { make, percent, say } from "./dom.js";
import { decide } from "./decide.js";
import { open, settle, whenDone } from "./dialog.js";
import { model } from "./model.js";

/** The value of the option chosen, or null; `fresh` makes an option of what was typed. */
export function choose(title, options, { hint = "", fresh = null } = {}) {
  return new Promise((resolve) => {
    whenDone(resolve);
    let at = 0;
    let found = options;
    const list = make("ul", { class: "options", role: "listbox", id: "options", "aria-label": title });
    const input = make("input", { type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "options", "aria-label": `${title}: type to find`, autocomplete: "off", spellcheck: "false" });
    const paint = () => {
      list.replaceChildren(...found.map((option, n) => make("li", {
        role: "option", id: `option-${n}`, "aria-selected": String(n === at), class: option.colour === undefined ? "" : `p${option.colour}`,
        onclick: () => settle(option.value),
      }, make("span", { class: "label" }, option.label), option.hint ? make("span", { class: "quiet" }, option.hint) : null)));
      if (!found.length) list.append(make("li", { class: "quiet", role: "option", "aria-disabled": "true" }, "Nothing fits what you typed."));
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
  return choose(title, [...options, { value: "", label: "Next free number", hint: "somebody or something new" }]);
}

/** A label in use other than the one given: who or what two labels both mean. */
export function chooseOther(title, without) {
  return choose(title, model.labels.filter((label) => label !== without).map((label) => ({ value: label, label })));
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
