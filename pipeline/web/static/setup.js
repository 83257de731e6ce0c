// A new study in five steps: where, how it is opened, a recovery sheet, people and places, rules. Or one that is known.
import { byId, make, say } from "./dom.js";
import { get, post } from "./api.js";
import { beginPage, button, failed, main, title } from "./frame.js";
import { t } from "./text.js";
import { keepFocus } from "./focus.js";
import { chooseFolder } from "./folders.js";
import { passphraseFields, sheet } from "./keeping.js";
import { rosterForms } from "./roster.js";
import { read, settingField } from "./fields.js";
import { modelsPanel } from "./models.js";

const STEPS = ["where", "key", "recovery", "people", "rules"];
const RULES = ["policy", "sensitivity", "reviewers", "destroy_after_days", "destroy_raw_transcript", "ethics_approval", "retention.sound_not_before", "retention.sound_not_after"];
const models = modelsPanel({ short: true }); // what is missing is fetched while the steps are gone through
const made = { name: "", folder: null, where: "" };

function step(n, ...children) {
  const marks = STEPS.map((each, k) => make("li", { "aria-current": k === n ? "step" : undefined, class: k < n ? "past" : "" }, t(`setup.${each}`)));
  main.replaceChildren(make("div", { class: "setup" }, make("ol", { class: "steps", "aria-label": t("setup.steps") }, ...marks),
    make("section", { class: "panel" }, title(t(`setup.${STEPS[n]}.title`), t(`setup.${STEPS[n]}.about`)), ...children, models)));
  scrollTo(0, 0);
  main.querySelector("input, select, .main")?.focus({ preventScroll: true });
  document.body.dataset.ready = "yes";
}

function form(children, go, send) {
  const problem = make("p", { class: "problem", role: "alert" });
  const submit = make("button", { type: "submit", class: "main", id: "go-on" }, go);
  const element = make("form", { class: "stack" }, ...children, problem, make("div", { class: "acts foot" }, submit));
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    problem.textContent = "";
    try { await send(); } catch (error) { problem.textContent = error.message; } finally { submit.disabled = false; }
  });
  return element;
}

function where() {
  const name = make("input", { type: "text", id: "study-name", value: made.name, required: true, maxlength: 100, autocomplete: "off" });
  const place = make("output", { id: "study-place" }, made.where);
  const change = button(t("setup.change"), async () => {
    const chosen = await chooseFolder(t("setup.choose"));
    if (chosen) { made.folder = chosen.id; made.where = chosen.here; place.textContent = chosen.here; }
  });
  step(0, form([make("label", { class: "field" }, make("span", {}, t("setup.name")), name),
    make("div", { class: "field" }, make("span", {}, t("setup.place")), make("div", { class: "acts" }, place, change), make("small", {}, t("setup.place-about")))],
  t("setup.on"), () => { made.name = name.value; key(); }));
}

function key() {
  const fields = passphraseFields();
  const file = make("input", { type: "checkbox", id: "with-key-file" });
  step(1, form([...fields.elements,
    make("div", { class: "field" }, make("label", { class: "tick" }, file, make("strong", {}, t("setup.key-file"))), make("small", {}, t("setup.key-file-about")))],
  t("setup.make"), async () => {
    const problem = fields.problem();
    if (problem) throw new Error(problem);
    await post("/api/studies", { name: made.name, folder: made.folder, passphrase: fields.value(), key_file: file.checked });
    recovery();
  }));
}

function recovery() {
  const place = make("div", {});
  const on = button(t("setup.on"), () => people(), { kind: "main", id: "go-on" });
  const show = button(t("recovery.show"), async () => {
    const { text, name } = await post("/api/recovery", {});
    place.replaceChildren(sheet(text, name), make("div", { class: "acts" }, button(t("read.print"), async () => print())));
    show.remove();
  });
  step(2, place, make("div", { class: "acts foot" }, show, on));
}

async function people() {
  const shown = await get("/api/people");
  const paint = () => step(3, rosterForms(shown, people, { short: true }), make("div", { class: "acts foot" }, button(t("setup.on"), () => rules(), { kind: "main", id: "go-on" })));
  if (byId("roster-title")) keepFocus(main, paint); else paint();
}

async function rules() {
  const shown = await get("/api/settings");
  const wanted = shown.settings.filter((each) => RULES.includes(each.id));
  wanted.sort((a, b) => RULES.indexOf(a.id) - RULES.indexOf(b.id));
  step(4, form(wanted.map((each) => settingField(each, shown.choices)), t("setup.done"), async () => {
    const changed = {};
    for (const each of wanted) { const value = read(each); if (JSON.stringify(value) !== JSON.stringify(each.value)) changed[each.id] = value; }
    if (Object.keys(changed).length) await post("/api/settings", changed);
    location.assign("/take-in");
  }));
}

/** What this computer knows already, before a new one is made. */
function choose(known) {
  const open = async (id) => { await post(`/api/studies/${encodeURIComponent(id)}/open`, {}); location.assign("/"); };
  const list = known.studies.map((study) => make("li", { class: "card-row" }, make("div", {}, make("h3", {}, study.name), make("p", { class: "quiet small" }, study.folder)), make("span", {}), make("div", { class: "acts" }, button(t("setup.open"), () => open(study.id), { kind: "first", describe: study.name }))));
  const other = button(t("setup.other"), async () => {
    const chosen = await chooseFolder(t("setup.other-choose"), { study: true });
    if (chosen) await open(chosen.id).catch((error) => say(error.message, "bad"));
  });
  main.replaceChildren(make("section", { class: "panel narrow" }, title(t("setup.welcome"), t("setup.welcome-about")),
    list.length > 0 && make("ul", { class: "cards" }, ...list),
    make("div", { class: "acts" }, button(t("setup.new"), () => where(), { kind: list.length ? "" : "main", id: "new-study" }), other), models));
  main.querySelector(".main, .first")?.focus();
  document.body.dataset.ready = "yes";
}

async function begin() {
  beginPage();
  const known = await get("/api/studies", true);
  made.folder = known.home.id;
  made.where = known.home.name;
  choose(known);
}

begin().catch(failed);
