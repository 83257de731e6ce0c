// Giving out: which transcripts, for which tool, how they look; with a preview, and what was given out before.
import { byId, make, say } from "./dom.js";
import { get, post } from "./api.js";
import { beginPage, button, failed, main, title } from "./frame.js";
import { bytes, t } from "./text.js";

const TOOLS = { word: ["docx"], read: ["txt"], nvivo: ["nvivo", "qdpx"], atlasti: ["atlasti", "qdpx"], maxqda: ["maxqda", "qdpx"], table: ["csv"], captions: ["vtt", "srt"], praat: ["textgrid"], elan: ["eaf"], data: ["json", "jsonl", "rttm", "md"] };
let out = { recordings: [], formats: [], people: [], options: {} };
const chosen = { format: "docx" };

const picked = () => [...main.querySelectorAll("[name=recording]:checked")].map((each) => each.value);
const options = () => ({ wording: byId("wording").value, replacements: byId("replacements").value, times: byId("times").checked, pauses: byId("pauses").checked });

function recordings() {
  const wanted = new URLSearchParams(location.search).get("recording");
  return make("fieldset", { class: "picks" }, make("legend", {}, t("out.which")), ...out.recordings.map((each) => {
    const box = make("input", { type: "checkbox", name: "recording", value: each.id, checked: !wanted || wanted === each.id });
    box.addEventListener("change", look);
    return make("label", { class: "tick" }, box, make("span", {}, each.name, each.given.length > 0 && make("span", { class: "quiet small" }, ` ${t("out.given", { n: each.given.length })}`)));
  }));
}

function formats() {
  const known = new Map(out.formats.map((each) => [each.id, each.help]));
  const groups = Object.entries(TOOLS).map(([tool, ids]) => make("optgroup", { label: t(`tool.${tool}`) },
    ...ids.filter((id) => known.has(id)).map((id) => make("option", { value: id, selected: id === chosen.format }, `${known.get(id)}`))));
  const select = make("select", { id: "format" }, ...groups);
  select.addEventListener("change", () => { chosen.format = select.value; look(); });
  return make("label", { class: "field" }, make("span", {}, t("out.format")), select);
}

function choice(id, values) {
  const select = make("select", { id }, ...values.map((value) => make("option", { value, selected: out.options[id] === value }, t(`out.${value}`))));
  select.addEventListener("change", look);
  return make("label", { class: "field" }, make("span", {}, t(`out.${id}`)), select);
}

function tick(id) {
  const box = make("input", { type: "checkbox", id, checked: Boolean(out.options[id]) });
  box.addEventListener("change", look);
  return make("label", { class: "tick" }, box, t(`out.${id}`));
}

let asked = 0;
async function look() {
  const mine = ++asked;
  const place = byId("preview");
  if (!picked().length) { place.textContent = t("out.none"); return; }
  try {
    const shown = await post("/api/out/preview", { recordings: picked().slice(0, 1), format: chosen.format, ...options() });
    if (mine !== asked) return;
    place.textContent = shown.text + (shown.cut ? "\n…" : "");
    byId("preview-note").textContent = shown.as ? "" : t("out.as-text");
  } catch (error) { if (mine === asked) place.textContent = error.message; }
}

async function give(kinds) {
  if (!picked().length) { say(t("out.none"), "bad"); return; }
  const { ticket, name, size } = await post("/api/out", { recordings: picked(), formats: kinds, ...options(), to: byId("out-to").value, participant: kinds[0] === "package" ? "" : byId("out-participant").value });
  const link = make("a", { href: `/api/out/${encodeURIComponent(ticket)}`, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  say(t("out.done", { name, size: bytes(size) }));
  const before = new Set(picked());
  out = await get("/api/out");
  main.querySelector(".picks").replaceWith(recordings());
  for (const box of main.querySelectorAll("[name=recording]")) box.checked = before.has(box.value);
  byId("history").replaceChildren(...history());
}

const history = () => out.recordings.flatMap((each) => each.given.map((line) => make("li", {}, make("strong", {}, each.name), ` ${line}`)));

async function begin() {
  beginPage();
  out = await get("/api/out");
  if (!out.recordings.length) {
    main.replaceChildren(title(t("page.out"), t("out.empty")));
  } else {
    main.replaceChildren(title(t("page.out"), t("out.about")),
      make("div", { class: "two" },
        make("section", { class: "panel", "aria-label": t("out.what") }, recordings(), formats(),
          make("div", { class: "columns tight" }, choice("wording", ["verbatim", "clean"]), choice("replacements", ["labels", "pseudonyms"])),
          make("div", { class: "acts" }, tick("times"), tick("pauses")),
          make("div", { class: "columns tight" },
            make("label", { class: "field" }, make("span", {}, t("out.participant")), make("select", { id: "out-participant" }, make("option", { value: "" }, t("out.everybody")), ...out.people.map((code) => make("option", { value: code }, code)))),
            make("label", { class: "field" }, make("span", {}, t("out.to")), make("input", { type: "text", id: "out-to", maxlength: "120", autocomplete: "off" }))),
          make("div", { class: "acts foot" }, button(t("out.go"), () => give([chosen.format]), { kind: "main", id: "go" }), button(t("out.package"), () => give(["package"]), { id: "package", describe: t("out.package-about") })),
          make("p", { class: "hint" }, t("out.package-about"))),
        make("section", { class: "panel", "aria-labelledby": "preview-title" },
          make("h2", { id: "preview-title" }, t("out.preview")), make("p", { class: "quiet small", id: "preview-note" }),
          make("pre", { id: "preview", class: "preview", tabindex: "0", "aria-labelledby": "preview-title" }))),
      make("details", {}, make("summary", {}, t("out.history")), make("ul", { id: "history" }, ...history())));
    await look();
  }
  document.body.dataset.ready = "yes";
}

begin().catch(failed);
