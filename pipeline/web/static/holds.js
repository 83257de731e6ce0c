// Holds: nothing of a recording, or of the study, is destroyed until a named person lifts it.
import { make, say } from "./dom.js";
import { get, post } from "./api.js";
import { button, confirm, main } from "./frame.js";
import { keepFocus } from "./focus.js";
import { dateFormat, t } from "./text.js";

const day = (at) => dateFormat.format(new Date(at));
const of = (shown, id) => (id ? shown.recordings.find((each) => each.id === id)?.name ?? id : t("hold.study"));

function fields(shown) {
  const name = make("input", { type: "text", id: "hold-name", autocomplete: "off", required: true, value: shown.reviewer });
  const reason = make("textarea", { id: "hold-reason", rows: "2", required: true, maxlength: "2000" });
  return { name, reason, elements: [make("label", { class: "field" }, make("span", {}, t("hold.reason")), reason), make("label", { class: "field" }, make("span", {}, t("ask.name")), name)] };
}

async function lift(shown, hold, changed) {
  const { name, reason, elements } = fields(shown);
  if (!await confirm(t("hold.lift-title", { name: of(shown, hold.recording) }), [...elements, make("p", { class: "accept" }, shown.statement)], { accept: t("hold.accept"), go: t("hold.lift") })) return;
  await post("/api/holds/lift", { recording: hold.recording, reason: reason.value, name: name.value, accepted: true });
  say(t("hold.lifted"));
  await changed();
}

function line(shown, hold, changed) {
  const told = t(hold.lifted_by ? "hold.was" : "hold.stands", { name: of(shown, hold.recording), by: hold.by, date: day(hold.at), lifted: hold.lifted_by, ended: hold.lifted_at ? day(hold.lifted_at) : "" });
  return make("li", {}, told, hold.reason && make("span", { class: "quiet small" }, ` ${hold.reason}`),
    !hold.lifted_by && make("span", {}, " ", button(t("hold.lift"), () => lift(shown, hold, changed))));
}

function form(shown, changed) {
  const what = make("select", { id: "hold-what" }, ...shown.recordings.map((each) => make("option", { value: each.id }, each.name)), make("option", { value: "" }, t("hold.study")));
  const { name, reason, elements } = fields(shown);
  const made = make("form", { class: "stack" }, make("label", { class: "field" }, make("span", {}, t("hold.what")), what), ...elements, make("button", { type: "submit", id: "place-hold" }, t("hold.place")));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await post("/api/holds", { recording: what.value, reason: reason.value, name: name.value });
      say(t("hold.placed"));
      await changed();
    } catch (error) { say(error.message, "bad"); }
  });
  return made;
}

/** The panel; empty where the key given opens no names, since a reason may hold one. */
export async function holdsPanel(panel = make("section", { class: "panel", id: "holds", "aria-labelledby": "holds-title" })) {
  const shown = await get("/api/holds").catch(() => null);
  if (!shown) return null;
  const changed = () => holdsPanel(panel);
  keepFocus(main, () => panel.replaceChildren(make("h2", { id: "holds-title" }, t("hold.title")), make("p", { class: "quiet small" }, t("hold.about")),
    shown.holds.length ? make("ul", {}, ...shown.holds.map((hold) => line(shown, hold, changed))) : make("p", { class: "quiet" }, t("hold.none")),
    make("details", {}, make("summary", {}, t("hold.place")), form(shown, changed))));
  return panel;
}
