// The end of a recording: destroyed after verification, or withdrawn because a person states why.
import { make, say } from "./dom.js";
import { get, post } from "./api.js";
import { confirm } from "./frame.js";
import { t } from "./text.js";

const list = (things) => make("ul", {}, ...things.map((each) => make("li", {}, each)));
const changed = () => document.dispatchEvent(new Event("changed"));

export async function destroyDialog(card) {
  const address = `/api/recordings/${encodeURIComponent(card.id)}/destruction`;
  const { what, stays, exported } = await get(address);
  const yes = await confirm(t("destroy.title", { name: card.name }), [
    make("p", {}, t("destroy.goes")), list(what),
    make("p", {}, t("destroy.stays")), list(stays),
    !exported && make("p", { class: "quiet" }, t("destroy.not-exported")),
  ], { accept: t("destroy.accept"), go: t("destroy.go") });
  if (!yes) return;
  const { checks } = await post(address, { accepted: true });
  say(t("destroy.done", { n: checks }));
  changed();
}

export async function withdrawDialog(card) {
  const address = `/api/recordings/${encodeURIComponent(card.id)}/withdrawal`;
  const asked = await get(address);
  if (asked.finish) {
    if (!await confirm(t("withdraw.finish", { name: card.name }), [make("p", {}, t("withdraw.begun"))], { accept: t("destroy.accept"), go: t("act.finish") })) return;
    await post(address, { finish: true });
    say(t("withdraw.done"));
    changed();
    return;
  }
  const name = make("input", { type: "text", id: "withdraw-name", value: asked.reviewer, autocomplete: "off" });
  const note = make("textarea", { id: "withdraw-note", rows: "2", maxlength: "2000" });
  const statement = make("p", { class: "accept" });
  const reasons = asked.reasons.map((reason, n) => {
    const radio = make("input", { type: "radio", name: "reason", value: reason.id, checked: n === 0 });
    radio.addEventListener("change", () => { statement.textContent = reason.statement; });
    return make("label", { class: "tick" }, radio, t(`reason.${reason.id}`));
  });
  statement.textContent = asked.reasons[0].statement;
  const yes = await confirm(t("withdraw.title", { name: card.name }), [
    make("p", {}, t("withdraw.about")), list(asked.things),
    asked.given.length > 0 && make("div", {}, make("p", {}, t("withdraw.given")), list(asked.given)),
    make("fieldset", {}, make("legend", {}, t("withdraw.why")), ...reasons),
    make("label", { class: "field" }, make("span", {}, t("withdraw.note")), note),
    make("label", { class: "field" }, make("span", {}, t("withdraw.name")), name),
    statement,
  ], { accept: t("withdraw.accept"), go: t("withdraw.go") });
  if (!yes) return;
  const reason = reasons.map((each) => each.firstChild).find((radio) => radio.checked).value;
  const { done } = await post(address, { reason, note: note.value, reviewer: name.value, digest: asked.digest });
  say(done ? t("withdraw.done") : t("withdraw.second"));
  changed();
}
