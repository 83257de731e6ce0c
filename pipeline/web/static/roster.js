// The roster: people typed, pasted from a spreadsheet or dropped as a CSV file; places and other words to remove.
import { byId, make, say } from "./dom.js";
import { post } from "./api.js";
import { button, confirm } from "./frame.js";
import { t } from "./text.js";

const KINDS = ["sites", "staff", "other"];
const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

function field(id, label, more = {}) {
  const input = make("input", { type: "text", id, autocomplete: "off", ...more });
  return [input, make("label", { class: "field" }, make("span", {}, label), input)];
}

function form(children, send) {
  const made = make("form", { class: "stack" }, ...children);
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    try { await send(); } catch (error) { say(error.message, "bad"); }
  });
  return made;
}

function personForm(changed) {
  const [name, nameField] = field("person-name", t("roster.name"), { required: true });
  const [nicknames, nicknamesField] = field("person-nicknames", t("roster.nicknames"));
  const role = make("select", { id: "person-role" }, ...["participant", "facilitator"].map((each) => make("option", { value: each === "participant" ? "" : each }, t(`roster.${each}`))));
  const submit = make("button", { type: "submit", class: "main", id: "add-person" }, t("roster.add"));
  return form([nameField, nicknamesField, make("label", { class: "field" }, make("span", {}, t("roster.role")), role), submit], async () => {
    const { code } = await post("/api/roster", { name: name.value, role: role.value, nicknames: nicknames.value.split(/[;,]/).map((each) => each.trim()).filter(Boolean) });
    say(t("roster.added", { code }));
    await changed();
    document.getElementById("person-name")?.focus();
  });
}

function wordsForm(changed) {
  const kind = make("select", { id: "words-kind" }, ...KINDS.map((each) => make("option", { value: each }, t(`roster.${each}`))));
  const words = make("textarea", { id: "words", rows: "3" });
  return form([make("label", { class: "field" }, make("span", {}, t("roster.kind")), kind),
    make("label", { class: "field" }, make("span", {}, t("roster.words")), words),
    make("button", { type: "submit", id: "add-words" }, t("roster.add"))], async () => {
    await post("/api/roster/words", { kind: kind.value, words: lines(words.value) });
    say(t("roster.kept"));
    await changed();
  });
}

/** What was pasted, or a file: with a heading or not, a name a line is enough. */
export function asTable(text) {
  const first = text.trim().split(/\r?\n/)[0] ?? "";
  const headed = first.toLowerCase().split(/[,;\t]/).map((each) => each.trim().replace(/^"|"$/g, "")).includes("name");
  return headed ? text : `name\n${lines(text).map((line) => `"${line.replaceAll('"', '""')}"`).join("\n")}\n`;
}

function tableForm(changed) {
  const text = make("textarea", { id: "table", rows: "4", placeholder: "code,name,nicknames,role,recording,quotation,archiving,voiceprint" });
  const file = make("input", { type: "file", id: "table-file", accept: ".csv,.tsv,.txt,text/csv" });
  file.addEventListener("change", async () => { if (file.files[0]) text.value = await readText(file.files[0]); });
  return form([make("label", { class: "field" }, make("span", {}, t("roster.file")), file),
    make("label", { class: "field" }, make("span", {}, t("roster.paste")), text),
    make("p", { class: "hint" }, t("roster.plain")),
    make("button", { type: "submit", id: "import-table" }, t("roster.import"))], async () => {
    const { people } = await post("/api/roster/table", { text: asTable(text.value) });
    say(t("roster.imported", { n: people }));
    await changed();
  });
}

/** A text file as spreadsheets save it: UTF-8 or UTF-16 by its mark, else Western European. */
export async function readText(file) {
  const data = new Uint8Array(await file.arrayBuffer());
  const wide = (data[0] === 0xff && data[1] === 0xfe) || (data[0] === 0xfe && data[1] === 0xff);
  if (wide) return new TextDecoder(data[0] === 0xff ? "utf-16le" : "utf-16be").decode(data);
  try { return new TextDecoder("utf-8", { fatal: true }).decode(data); } catch { return new TextDecoder("windows-1252").decode(data); }
}

async function rename(person, changed) {
  const [name, nameField] = field("new-name", t("roster.name"), { value: person.name });
  if (!await confirm(t("roster.rename", { code: person.code }), [make("p", { class: "quiet" }, t("roster.rename-about")), nameField], { go: t("roster.keep") })) return;
  await post(`/api/roster/${encodeURIComponent(person.code)}/name`, { name: name.value });
  await changed();
}

const CONSENTS = ["recording", "quotation", "archiving", "voiceprint"];

/** What somebody agreed to, with the day: what is left as it is stays. */
async function askConsent(person, changed) {
  const rows = CONSENTS.map((kind) => {
    const held = person.consent[kind];
    const answer = make("select", { id: `consent-${kind}` }, ...["", "yes", "no"].map((each) => make("option", { value: each, selected: each === held.answer }, t(each ? `consent.${each}` : "consent.unasked"))));
    const day = make("input", { type: "date", id: `consent-${kind}-day`, value: held.on, "aria-label": t("consent.day") });
    return { kind, answer, day, element: make("label", { class: "field" }, make("span", {}, t(`consent.${kind}`)), answer, day) };
  });
  if (!await confirm(t("consent.title", { code: person.code }), [make("p", { class: "quiet" }, t("consent.about")), ...rows.map((row) => row.element)], { go: t("roster.keep") })) return;
  await post(`/api/roster/${encodeURIComponent(person.code)}/consent`, Object.fromEntries(rows.filter((row) => row.answer.value).map((row) => [row.kind, `${row.answer.value} ${row.day.value}`.trim()])));
  await changed();
}

const consentWords = (person) => CONSENTS.filter((kind) => person.consent[kind].answer).map((kind) => `${t(`consent.${kind}`)}: ${t(`consent.${person.consent[kind].answer}`)}`).join(" · ");

function list(people, changed, leave) {
  if (!people.people.length) return make("p", { class: "quiet" }, t("roster.empty"));
  const rows = people.people.map((person) => make("tr", { id: `person-${person.code}` },
    make("th", { scope: "row" }, person.code), make("td", {}, person.name), make("td", {}, person.nicknames.join(", ")), make("td", {}, person.role), make("td", { class: "small" }, consentWords(person)),
    make("td", {}, button(t("roster.correct"), () => rename(person, changed), { describe: person.code, data: { act: "name" } }), " ", button(t("consent.button"), () => askConsent(person, changed), { describe: person.code, data: { act: "consent" } }), leave && button(t("leave.act"), () => leave(person.code), { describe: person.code, kind: "quietly", data: { act: "leave" } }))));
  const head = ["code", "name", "also", "role", "consent"].map((each) => make("th", { scope: "col" }, t(`roster.${each}`)));
  return make("div", { class: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...head, make("td", {}))), make("tbody", {}, ...rows)));
}

export function rosterForms(people, changed, { short = false, leave = null } = {}) {
  const words = KINDS.flatMap((kind) => (people.words[kind] ?? []).map((word) => make("li", {}, word, make("span", { class: "quiet small" }, ` ${t(`roster.${kind}`)}`))));
  const unfolded = (name) => byId(`${name}-form`)?.open ?? (name === "person" && !people.people.length); // as the person left it
  const forms = [["roster.person", personForm], ["roster.table", tableForm], ["roster.surroundings", wordsForm]];
  return make("section", { "aria-labelledby": "roster-title" },
    make("h2", { id: "roster-title" }, t("roster.title")),
    !short && make("p", { class: "quiet small" }, t("roster.about")),
    list(people, changed, leave), words.length > 0 && make("ul", { class: "tags" }, ...words),
    make("div", { class: "columns" }, ...forms.map(([key, make_]) => make("details", { class: "panel", id: `${key.split(".")[1]}-form`, open: unfolded(key.split(".")[1]) },
      make("summary", {}, t(key)), make_(changed)))));
}
