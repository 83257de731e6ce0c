// The study's labels: where each stands, one renamed, two made one; in every recording that is open.
import { byId, make, say } from "./dom.js";
import { holder, post } from "./api.js";
import { choose } from "./choose.js";
import { closeDialog, dialogOpen, open } from "./dialog.js";
import { here, inEach, tell, whyLeft } from "./elsewhere.js";
import { findDialog } from "./find.js";
import { model } from "./model.js";
import { t } from "./text.js";

const list = async () => (await post("/api/labels", { here, holder }).catch((error) => { say(error.message, "bad"); }))?.labels;
const count = (label) => label.in.reduce((sum, each) => sum + each.n, 0);
const where = (label) => [label.kind, ...label.in.map((each) => t("labels.in", { name: each.name, n: each.n }))].filter(Boolean).join(" · ");

export async function labelsDialog() {
  const labels = await list();
  if (!labels || dialogOpen()) return;
  const rows = labels.filter((label) => count(label) > 0).map((label) => make("li", { data: { label: label.label } },
    make("span", { class: "label" }, label.label), make("span", { class: "quiet around" }, where(label)),
    make("span", { class: "acts" }, make("button", { type: "button", onclick: () => findDialog(label.label, { label: true, study: true }) }, t("labels.places")),
    make("button", { type: "button", disabled: !model.can || label.code, onclick: () => renameDialog(label) }, t("labels.rename")),
    make("button", { type: "button", disabled: !model.can, onclick: () => sameDialog(label.label, labels) }, t("labels.same")))));
  open(t("labels.title"), [make("p", { class: "quiet" }, t("labels.about")),
    rows.length ? make("ul", { class: "mentions labels", tabindex: "-1" }, ...rows) : make("p", {}, t("labels.none"))],
  [make("button", { type: "button", class: "main", onclick: closeDialog }, t("dialog.close"))]);
}

/** The recordings a label stands in, and which of them are left as they are. */
const places = (label) => make("ul", {}, ...label.in.map((each) => make("li", {}, t("labels.in", { name: each.name, n: each.n }), whyLeft(each) && make("span", { class: "quiet" }, ` – ${whyLeft(each)}`))));

function renameDialog(label) {
  const input = make("input", { type: "text", id: "label-to", autocomplete: "off", value: label.label.slice(1, -1), maxlength: "40" });
  const go = make("button", { type: "button", class: "main", id: "label-go" }, t("labels.rename-go"));
  const send = async () => {
    const to = input.value.trim();
    if (!to) return;
    closeDialog();
    const answer = await inEach("/api/labels/rename", { label: label.label, to });
    if (answer) tell(answer, t("labels.renamed", { label: label.label, to: `[${to.replace(/^\[|\]$/g, "")}]` }));
  };
  go.addEventListener("click", send);
  open(t("labels.rename-title", { label: label.label }), [
    make("label", { class: "fields" }, t("labels.to"), " ", input), make("p", { class: "quiet" }, t("labels.free")), places(label)],
  [make("button", { type: "button", onclick: closeDialog }, t("frame.cancel")), go], { enter: send });
  input.select();
  input.focus();
}

/** Asks who or what a label is the same as, of the whole study; gives what was done, or null. */
export async function sameDialog(label, known = null) {
  const labels = known ?? await list();
  if (!labels) return null;
  const other = await choose(t("ask.same", { label }), labels.filter((each) => each.label !== label).map((each) => ({ value: each.label, label: each.label, hint: where(each) })));
  const answer = other && await inEach("/api/labels/same", { label, other });
  if (answer) tell(answer, t("labels.united", { label: answer.label, other: answer.other }));
  return answer;
}

byId("labels").addEventListener("click", () => { if (!dialogOpen()) labelsDialog(); });
