// Find and replace: words or a label, here or in all open recordings of the study, each place to hear and to tick.
import { byId, clock, make, say } from "./dom.js";
import { holder, post } from "./api.js";
import { closeDialog, dialogOpen, open } from "./dialog.js";
import { hearIn, here, inEach, tell, whyLeft } from "./elsewhere.js";
import { model, shown } from "./model.js";
import { marked } from "./transcript.js";
import { t } from "./text.js";

const PAUSE = 250; // ms without a key before it is looked for
const asked = { label: false, parts: false, case: false, study: false };
let found = []; // recordings with their places
let search = 0;

const tick = (name, words, then) => {
  const box = make("input", { type: "checkbox", id: `find-${name}`, checked: asked[name] });
  box.addEventListener("change", () => { asked[name] = box.checked; then(); });
  return make("label", { class: "tick" }, box, " ", words);
};

/** What is looked for at first: the marked words, if any. */
const begun = () => (marked ? shown(model.lines.get(marked.line), marked.start, marked.end) : "");

export function findDialog(words = begun(), how = {}) {
  Object.assign(asked, how);
  const labels = make("datalist", { id: "find-labels" }, ...model.labels.map((each) => make("option", { value: each })));
  const wanted = make("input", { type: "text", id: "find-words", autocomplete: "off", spellcheck: "false", value: words });
  const text = make("input", { type: "text", id: "find-text", autocomplete: "off", spellcheck: "false" });
  const list = make("div", { class: "found", id: "found" });
  const told = make("p", { class: "said-only", role: "status", id: "found-many" }); // hundreds of places are not read out
  const go = make("button", { type: "button", class: "main", id: "find-go", onclick: () => send(wanted.value, text.value) });
  const count = () => { const n = chosen().flatMap((each) => each.places).length; const out = !text.value.trim(); go.textContent = t(out && !asked.label ? "find.out" : "find.go", { n }); go.disabled = !n || !model.can || (out && asked.label); };
  const look = async () => {
    const mine = ++search;
    for (const field of [wanted, text]) if (asked.label) field.setAttribute("list", "find-labels"); else field.removeAttribute("list");
    const answer = wanted.value.trim() ? await post("/api/find", { ...asked, words: wanted.value, here, holder }).catch((error) => { say(error.message, "bad"); }) : null;
    if (mine !== search) return;
    found = answer?.recordings ?? [];
    for (const each of found) each.ticks = each.places.map(() => each.open);
    const some = found.filter((each) => each.places.length);
    list.replaceChildren(...some.map((each) => group(each, count)));
    const nothing = wanted.value.trim() && !some.length;
    if (nothing) list.append(make("p", { class: "quiet", "aria-hidden": "true" }, t("find.nothing")));
    told.textContent = nothing ? t("find.nothing") : some.map((each) => t("find.in", { name: each.name, n: each.places.length })).join("; ");
    count();
  };
  text.addEventListener("input", () => count());
  let waiting = 0;
  wanted.addEventListener("input", () => { search += 1; go.disabled = true; clearTimeout(waiting); waiting = setTimeout(look, PAUSE); });
  open(t("find.title"), [
    make("div", { class: "fields" }, make("label", {}, t("find.words"), " ", wanted), make("label", {}, t("find.text"), " ", text), labels),
    make("div", { class: "fields" }, tick("label", t("find.label"), look), tick("parts", t("find.parts"), look), tick("case", t("find.case"), look), tick("study", t("find.study"), look)),
    told, list, make("p", { class: "quiet small" }, t("find.about"))],
  [make("button", { type: "button", onclick: closeDialog }, t("frame.cancel")), go], { enter: () => enter(text, go) });
  look();
  wanted.select();
  wanted.focus();
}

/** Enter goes from what is looked for to what is put in, and from there on. */
function enter(text, go) {
  if (document.activeElement === byId("find-words")) { text.focus(); return; }
  if (document.activeElement === text && !go.disabled) go.click();
}

const chosen = () => found.filter((each) => each.open)
  .map((each) => ({ id: each.id, places: each.places.filter((_, n) => each.ticks[n]).map(({ line, start, end }) => ({ line, start, end })) }))
  .filter((each) => each.places.length);

function group(recording, count) {
  const boxes = recording.places.map((_, n) => {
    const box = make("input", { type: "checkbox", checked: recording.ticks[n], disabled: !recording.open });
    box.addEventListener("change", () => { recording.ticks[n] = box.checked; whole(); count(); });
    return box;
  });
  const all = make("input", { type: "checkbox", disabled: !recording.open });
  const whole = () => { all.checked = recording.ticks.every(Boolean); all.indeterminate = !all.checked && recording.ticks.some(Boolean); };
  all.addEventListener("change", () => { boxes.forEach((box, n) => { box.checked = all.checked; recording.ticks[n] = all.checked; }); count(); });
  whole();
  const why = whyLeft(recording);
  return make("section", { data: { found: recording.id } },
    make("h3", {}, make("label", { class: "tick" }, all, " ", t("find.in", { name: recording.name, n: recording.places.length }))),
    why ? make("p", { class: "quiet" }, why) : null,
    make("ul", { class: "mentions" }, ...recording.places.map((place, n) => item(recording, place, boxes[n]))));
}

function item(recording, place, box) {
  return make("li", {}, make("label", {}, box,
    make("span", { class: "number quiet" }, `${clock(place.at)} ${place.participant}`),
    make("span", { class: "around", dir: "auto" }, place.before, make("mark", {}, place.words), place.after)),
  make("button", { type: "button", "aria-label": t("verify.hear-words", { words: place.words }), onclick: () => hearIn(recording.id, place.from, place.to) }, t("act.hear")));
}

async function send(words, text) {
  const places = chosen();
  const n = places.flatMap((each) => each.places).length;
  closeDialog();
  const answer = await inEach("/api/replace", { ...asked, words, text, keepCase: !asked.case, chosen: places });
  if (!answer) return;
  const kept = new Set(answer.done.map((each) => each.id));
  const put = places.filter((each) => kept.has(each.id)).flatMap((each) => each.places).length;
  tell(answer, t("find.done", { n: put, of: n }));
}

byId("find").addEventListener("click", () => { if (!dialogOpen()) findDialog(); });
