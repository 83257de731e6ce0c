// The study's settings, each with what it means; the passphrase, a recovery sheet, the page's language, the end.
import { byId, make, say } from "./dom.js";
import { get, post } from "./api.js";
import { beginPage, button, failed, main, title } from "./frame.js";
import { t } from "./text.js";
import { passphraseFields, recoveryDialog } from "./keeping.js";
import { read, settingField } from "./fields.js";
import { modelsPanel } from "./models.js";
import { waysSection } from "./ways.js";

const FIRST = ["name", "ethics_approval", "policy", "sensitivity", "reviewers", "destroy_after_days", "destroy_raw_transcript", "retention.sound_not_before", "retention.sound_not_after", "other_copies"];

function settingsForm(shown) {
  const part = (ids) => make("div", { class: "columns" }, ...shown.settings.filter((each) => ids(each.id)).map((each) => settingField(each, shown.choices)));
  const form = make("form", { class: "stack wide" },
    part((id) => FIRST.includes(id)),
    make("details", {}, make("summary", {}, t("settings.more")), part((id) => !FIRST.includes(id))),
    make("div", { class: "acts foot" }, make("button", { type: "submit", class: "main", id: "save" }, t("settings.save"))));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const changed = {};
    for (const each of shown.settings) {
      const value = read(each);
      if (JSON.stringify(value) !== JSON.stringify(each.value)) changed[each.id] = value;
    }
    if (!Object.keys(changed).length) { say(t("settings.nothing")); return; }
    try {
      await post("/api/settings", changed);
      const noted = shown.settings.filter((each) => each.noted && each.id in changed).length;
      for (const each of shown.settings) if (each.id in changed) each.value = changed[each.id];
      say(t(noted ? "settings.saved-noted" : "settings.saved"));
    } catch (error) { say(error.message, "bad"); }
  });
  return form;
}

function passphraseForm(shown) {
  const has = shown.ways.some((way) => way.kind === "passphrase" && way.ring === shown.ring);
  const old = make("input", { type: "password", id: "old-passphrase", autocomplete: "off", required: has });
  const fresh = passphraseFields();
  const form = make("form", { class: "stack" }, has && make("label", { class: "field" }, make("span", {}, t("settings.old")), old), ...fresh.elements, make("button", { type: "submit" }, t("settings.change")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = fresh.problem();
    if (problem) { say(problem, "bad"); return; }
    try {
      await post("/api/passphrase", { old: old.value, new: fresh.value() });
      form.reset();
      say(t("settings.changed"));
    } catch (error) { say(error.status === 403 ? t("unlock.wrong") : error.message, "bad"); }
  });
  return form;
}

function languageForm(shown) {
  const select = make("select", { id: "language" }, ...shown.languages.map((code) => make("option", { value: code, selected: code === document.documentElement.lang }, new Intl.DisplayNames([code], { type: "language" }).of(code))));
  select.addEventListener("change", async () => { await post("/api/language", { language: select.value }); location.reload(); });
  return make("label", { class: "field" }, make("span", {}, t("settings.language")), select);
}

async function begin() {
  beginPage();
  const shown = await get("/api/settings");
  const names = shown.ring !== "analysis";
  main.replaceChildren(...[title(t("page.settings"), names ? t("settings.about") : ""),
    names && make("section", { class: "panel", "aria-label": t("page.settings") }, settingsForm(shown)),
    names && make("section", { class: "panel", "aria-labelledby": "models-title" }, make("h2", { id: "models-title" }, t("models.title")), make("p", { class: "quiet small" }, t("models.about")), modelsPanel()),
    waysSection(shown),
    make("div", { class: "columns" },
      make("section", { class: "panel", "aria-labelledby": "passphrase-title" }, make("h2", { id: "passphrase-title" }, t("settings.passphrase")), passphraseForm(shown)),
      make("section", { class: "panel", "aria-labelledby": "recovery-title" }, make("h2", { id: "recovery-title" }, t("settings.recovery")), make("p", { class: "quiet small" }, t("settings.recovery-about")), make("div", { class: "acts" }, button(t("settings.recovery-go"), recoveryDialog))),
      make("section", { class: "panel", "aria-labelledby": "page-title" }, make("h2", { id: "page-title" }, t("settings.page")), languageForm(shown)),
      names && make("section", { class: "panel", "aria-labelledby": "undertaking-title" }, make("h2", { id: "undertaking-title" }, t("page.undertaking")), make("p", { class: "quiet small" }, t("undertaking.short")), make("div", { class: "acts" }, make("a", { class: "button", href: "/undertaking" }, t("undertaking.look")))),
      names && make("section", { class: "panel", "aria-labelledby": "end-title" }, make("h2", { id: "end-title" }, t("page.ending")), make("p", { class: "quiet small" }, t("ending.short")), make("div", { class: "acts" }, make("a", { class: "button", href: "/ending" }, t("ending.look"))))),
    make("p", { class: "quiet small" }, shown.folder)].filter(Boolean));
  document.body.dataset.ready = "yes";
}

begin().catch(failed);
