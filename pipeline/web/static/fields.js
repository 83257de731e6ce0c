// A setting as a field with what it means, and its value read back from it.
import { byId, make } from "./dom.js";
import { known, t } from "./text.js";

const BOOLEAN = new Set(["destroy_raw_transcript", "unattended_destroy"]);
const NUMBER = new Set(["destroy_after_days", "speakers", "settle_seconds", "hours_for_an_hour"]);

export function settingField(setting, choices) {
  const { id, value } = setting;
  const about = make("small", { id: `about-${id}` }, t(`setting.${id}.about`));
  const field = `set-${id}`;
  const described = { id: field, "aria-describedby": `about-${id}` };
  if (BOOLEAN.has(id)) {
    return make("div", { class: "field" }, make("label", { class: "tick" }, make("input", { type: "checkbox", ...described, checked: value }), make("strong", {}, t(`setting.${id}`))), about);
  }
  let input;
  if (choices[id]) {
    input = make("select", described, ...choices[id].map((choice) => make("option", { value: choice.id, selected: String(value) === choice.id }, known(`choice.${choice.id}`) ? t(`choice.${choice.id}`) : choice.id)));
    if (id === "policy") {
      const say = () => { about.textContent = `${t("setting.policy.about")} ${choices.policy.find((each) => each.id === input.value)?.about ?? ""}`; };
      input.addEventListener("change", say);
      say();
    }
  } else if (id === "other_copies") {
    input = make("textarea", { ...described, rows: "2" }, value.join("\n"));
  } else {
    input = make("input", { type: NUMBER.has(id) ? "number" : "text", min: "0", step: "any", autocomplete: "off", ...described, value: value ?? "" });
  }
  return make("label", { class: "field" }, make("span", {}, t(`setting.${id}`)), input, about);
}

/** The value of a setting's field as study.toml holds it. */
export function read({ id }) {
  const input = byId(`set-${id}`);
  if (id.startsWith("retention.")) { // a day, or a number of days
    const text = input.value.trim();
    return text === "" ? null : /^\d+$/.test(text) ? Number(text) : text;
  }
  if (BOOLEAN.has(id)) return input.checked;
  if (id === "other_copies") return input.value.split("\n").map((line) => line.trim()).filter(Boolean);
  if (id === "reviewers") return Number(input.value);
  if (NUMBER.has(id) || id === "language") {
    if (input.value.trim() === "") return null;
    return NUMBER.has(id) ? Number(input.value) : input.value.trim();
  }
  return input.value.trim();
}
