// A participant leaves: told first what goes and what cannot be reached, stated in a person's name; and the log of requests.
import { make, say } from "./dom.js";
import { get, post } from "./api.js";
import { button, confirm } from "./frame.js";
import { dateFormat, t } from "./text.js";

const list = (things) => make("ul", {}, ...things.map((each) => make("li", {}, each)));
const address = (code) => `/api/participants/${encodeURIComponent(code)}/withdrawal`;
const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);

/** Which recordings, and when it was asked: the whole study unless some are ticked. Gives null when it is closed. */
async function which(code, recordings) {
  const asked = make("input", { type: "date", id: "leave-asked", value: today(), max: today() });
  const boxes = recordings.map((each) => make("input", { type: "checkbox", value: each.id, checked: false }));
  const go = await confirm(t("leave.title", { code }), [
    make("label", { class: "field" }, make("span", {}, t("leave.asked")), asked),
    make("fieldset", { class: "picks" }, make("legend", {}, t("leave.which")),
      ...boxes.map((box, n) => make("label", { class: "tick" }, box, recordings[n].name))),
    make("p", { class: "hint" }, t("leave.whole-study")),
  ], { go: t("leave.look") });
  return go ? { asked: asked.value, recordings: boxes.filter((box) => box.checked).map((box) => box.value) } : null;
}

async function finish(code, changed) {
  if (!await confirm(t("leave.finish", { code }), [make("p", {}, t("withdraw.begun"))], { accept: t("destroy.accept"), go: t("act.finish") })) return;
  await post(address(code), { finish: true });
  say(t("leave.done", { code }));
  await changed();
}

export async function leaveDialog(code, recordings, changed) {
  const wanted = await which(code, recordings);
  if (!wanted) return;
  const shown = await post(`${address(code)}/look`, wanted);
  if (shown.finish) { await finish(code, changed); return; }
  const name = make("input", { type: "text", id: "leave-name", value: shown.reviewer, autocomplete: "off" });
  const note = make("textarea", { id: "leave-note", rows: "2", maxlength: "2000" });
  const yes = await confirm(t("leave.title", { code }), [
    make("p", {}, shown.meaning), list([...shown.touched, ...shown.study]),
    shown.given.length > 0 && make("div", {}, make("p", {}, t("withdraw.given")), list(shown.given)),
    shown.unreached.length > 0 && make("div", { class: "notice" }, list(shown.unreached)),
    make("label", { class: "field" }, make("span", {}, t("withdraw.note")), note),
    make("label", { class: "field" }, make("span", {}, t("withdraw.name")), name),
    make("p", { class: "accept" }, shown.statement),
  ], { accept: t("withdraw.accept"), go: t("leave.go") });
  if (!yes) return;
  const { done } = await post(address(code), { ...wanted, digest: shown.digest, reviewer: name.value, note: note.value });
  say(done ? t("leave.done", { code }) : t("withdraw.second"));
  await changed();
}

async function tell(code, changed) {
  const on = make("input", { type: "date", id: "told-on", value: today(), max: today() });
  if (!await confirm(t("leave.told-title", { code }), [make("label", { class: "field" }, make("span", {}, t("leave.told-on")), on)], { go: t("leave.told") })) return;
  await post(`${address(code)}/confirmed`, { on: on.value });
  await changed();
}

function acts(each, changed) {
  const one = `/participants/${encodeURIComponent(each.participant)}`;
  if (each.begun && !each.done) return [button(t("act.finish"), () => finish(each.participant, changed), { kind: "main", describe: each.participant })];
  if (!each.done) return [];
  return [
    make("a", { class: "button", href: `${one}/certificate`, target: "_blank", rel: "noopener" }, t("act.certificate")),
    make("a", { class: "button", href: `${one}/letter`, download: `${each.participant}-letter.docx` }, t("leave.letter")),
    !each.confirmed && button(t("leave.told"), () => tell(each.participant, changed), { describe: each.participant }),
  ];
}

/** Who left and must not be recorded any more; nothing while nobody did. */
export function leftPanel(left) {
  if (!left.length) return null;
  return make("section", { class: "panel", "aria-label": t("left.title") }, ...left.map((each) =>
    make("p", {}, t("left.must-not", { code: each.participant, day: dateFormat.format(new Date(`${each.asked}T12:00:00`)) }))));
}

/** The log of requests; nothing while nobody asked. */
export async function requestsPanel(changed) {
  const { requests } = await get("/api/requests");
  if (!requests.length) return null;
  const head = ["who", "asked", "done", "told"].map((each) => make("th", { scope: "col" }, t(`leave.column-${each}`)));
  const rows = requests.map((each) => make("tr", {}, make("th", { scope: "row" }, each.participant), make("td", { class: "number" }, each.asked),
    make("td", { class: "number" }, each.done.slice(0, 10) || t(each.begun ? "leave.half" : "leave.second")), make("td", { class: "number" }, each.confirmed),
    make("td", {}, make("div", { class: "acts" }, ...acts(each, changed).filter(Boolean)))));
  return make("section", { "aria-labelledby": "requests-title" }, make("h2", { id: "requests-title" }, t("leave.requests")),
    make("div", { class: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...head, make("td", {}))), make("tbody", {}, ...rows))));
}
