// What keeps a study open to its people: a passphrase typed twice, and a recovery sheet that is printed once.
import { make } from "./dom.js";
import { post } from "./api.js";
import { closeDialog, open } from "./dialog.js";
import { t } from "./text.js";

const LEAST = 8;

export function passphraseFields(id = "passphrase") {
  const first = make("input", { type: "password", id: `${id}-first`, autocomplete: "new-password", required: true, minlength: LEAST });
  const second = make("input", { type: "password", id: `${id}-second`, autocomplete: "new-password", required: true });
  return {
    elements: [make("label", { class: "field" }, make("span", {}, t("keeping.first")), first, make("small", {}, t("keeping.about"))),
      make("label", { class: "field" }, make("span", {}, t("keeping.second")), second)],
    problem: () => (first.value.length < LEAST ? t("keeping.short", { n: LEAST }) : first.value !== second.value ? t("keeping.differ") : ""),
    value: () => first.value,
  };
}

/** The sheet as it is printed: nothing else of the page is. */
export function sheet(text, name) {
  return make("div", { class: "sheet-of-paper", id: "recovery-sheet" },
    make("h3", {}, t("recovery.heading", { name })), make("p", {}, t("recovery.what")),
    make("pre", { class: "code-sheet" }, text.split("\n").filter((line) => line && !line.startsWith("#") && !line.startsWith("session-deid")).join("\n")),
    make("p", {}, t("recovery.how")));
}

export async function recoveryDialog() {
  const { text, name } = await post("/api/recovery", {});
  open(t("settings.recovery"), [sheet(text, name), make("p", { class: "quiet" }, t("recovery.once"))],
    [make("button", { type: "button", onclick: () => print() }, t("read.print")), make("button", { type: "button", class: "main", onclick: closeDialog }, t("recovery.done"))]);
}
