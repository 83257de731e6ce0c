// The ways into the study: what each opens, and ways for those who may not open everything.
import { make, say } from "./dom.js";
import { post } from "./api.js";
import { button, confirm } from "./frame.js";
import { t } from "./text.js";
import { passphraseFields } from "./keeping.js";

function wayLine(way) {
  const remove = way.removable && button(t("ways.remove"), async () => {
    if (!await confirm(t("ways.remove"), [make("p", {}, t("ways.remove-about"))], { go: t("ways.remove") })) return;
    await post(`/api/ways/${encodeURIComponent(way.name)}/remove`, {});
    location.reload();
  });
  return make("tr", {},
    make("td", {}, t(`ways.kind.${way.kind}`), make("span", { class: "quiet small" }, ` ${way.name}`)),
    make("td", {}, t(`ways.opens.${way.ring}`), way.runs && make("span", { class: way.ring === "analysis" ? "quiet small" : "problem small" }, ` ${t(way.ring === "analysis" ? "ways.runs" : "ways.runs-names")}`)),
    make("td", {}, remove));
}

function addForm(shown) {
  const ring = make("select", { id: "way-ring" }, ...[...shown.rings].reverse().map((each) => make("option", { value: each }, t(`ways.opens.${each}`))));
  const fresh = passphraseFields("way");
  const form = make("form", { class: "stack" }, make("label", { class: "field" }, make("span", {}, t("ways.which")), ring), ...fresh.elements, make("button", { type: "submit" }, t("ways.add")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = fresh.problem();
    if (problem) { say(problem, "bad"); return; }
    try {
      await post("/api/ways", { ring: ring.value, passphrase: fresh.value() });
      location.reload();
    } catch (error) { say(error.message, "bad"); }
  });
  return form;
}

export function waysSection(shown) {
  return make("section", { class: "panel", "aria-labelledby": "ways-title" }, make("h2", { id: "ways-title" }, t("ways.title")),
    make("p", { class: "quiet small" }, t("ways.about")),
    make("table", {}, make("tbody", {}, ...shown.ways.map(wayLine))),
    make("details", {}, make("summary", {}, t("ways.more")), addForm(shown)));
}
