// Taking in: files dropped on the page go straight into the seal; or from the recorder's drive, a folder, the inbox.
import { byId, make, percent, say } from "./dom.js";
import { get, post } from "./api.js";
import { beginPage, button, failed, main, title } from "./frame.js";
import { ago, bytes, t } from "./text.js";
import { digestOf } from "./digest.js";
import { leftPanel } from "./leave.js";
import { asTable, readText } from "./roster.js";

const LOOK = 700;
const TABLES = /\.(csv|tsv)$/i;
let waiting = [];
let busy = false;
let sealed = 0;

function line(name, size) {
  const bar = make("progress", { max: 1, value: 0, "aria-label": name });
  const state = make("span", { class: "state" }, t("take.waits"));
  const row = make("li", { class: "file" }, make("span", { class: "name" }, name), make("span", { class: "quiet small number" }, bytes(size)), bar, state);
  byId("files").append(row);
  byId("files").hidden = false;
  return {
    show: (words, share, kind = "") => { state.textContent = words; state.className = `state ${kind}`; bar.hidden = share === null; if (share !== null) bar.value = share; },
    detail: (words) => row.append(make("span", { class: "quiet small digest" }, words)),
  };
}

/** One file: its hash first, so that what is known need not be sent; then straight into the seal. */
async function takeFile(file, shown) {
  const digest = await digestOf(file, (share) => shown.show(t("take.hashing", { percent: percent(share) }), share * 0.3));
  const offer = await post("/api/offers", { name: file.name, size: file.size, digest });
  if (offer.outcome !== "wanted") { shown.show(t(`take.${offer.outcome}`, { id: offer.recording }), null, "good"); return; }
  const { recording, problem } = await send(file, digest, (share) => shown.show(t("take.sealing", { percent: percent(share) }), 0.3 + share * 0.7));
  if (problem) { shown.show(problem, null, "problem"); return; }
  sealed += 1;
  shown.show(t("take.sealed", { id: recording }), null, "good");
  shown.detail(`SHA-256 ${digest.slice(0, 16)} …`);
}

/** XMLHttpRequest, since it alone tells how much was sent. */
function send(file, digest, progress) {
  return new Promise((done, wrong) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/intake");
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("x-csrf", document.body.dataset.csrf);
    request.setRequestHeader("x-file-name", encodeURIComponent(file.name));
    request.setRequestHeader("x-file-digest", digest);
    request.upload.addEventListener("progress", (event) => progress(event.total ? event.loaded / event.total : 0));
    request.addEventListener("load", () => {
      let body = {};
      try { body = JSON.parse(request.responseText); } catch { /* said below */ }
      if (request.status === 200) done(body); else wrong(new Error(body.error || t("take.broke")));
    });
    request.addEventListener("error", () => wrong(new Error(t("take.broke"))));
    request.send(file);
  });
}

async function takeTable(file, shown) {
  const { people } = await post("/api/roster/table", { text: asTable(await readText(file)) });
  shown.show(t("roster.imported", { n: people }), null, "good");
  shown.detail(t("roster.plain"));
}

async function work() {
  if (busy) return;
  busy = true;
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    try { await (TABLES.test(next.file.name) ? takeTable : takeFile)(next.file, next.shown); } catch (error) { next.shown.show(error.message, null, "problem"); }
  }
  busy = false;
  byId("after").hidden = sealed === 0;
}

function take(files) {
  for (const file of files) waiting.push({ file, shown: line(file.name, file.size) });
  work();
}

function dropPlace() {
  const input = make("input", { type: "file", id: "pick", multiple: true, class: "said-only" });
  input.addEventListener("change", () => { take(input.files); input.value = ""; });
  const place = make("section", { class: "panel drop", id: "drop", "aria-labelledby": "drop-title" },
    make("h2", { id: "drop-title" }, t("take.drop")), make("p", { class: "quiet" }, t("take.drop-about")),
    make("label", { class: "button main", for: "pick", tabindex: "0", role: "button", id: "pick-button" }, t("take.pick")), input);
  place.querySelector("label").addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); input.click(); } });
  for (const kind of ["dragenter", "dragover"]) document.addEventListener(kind, (event) => { event.preventDefault(); place.classList.add("over"); });
  for (const kind of ["dragleave", "drop"]) document.addEventListener(kind, () => place.classList.remove("over"));
  document.addEventListener("drop", (event) => { event.preventDefault(); if (event.dataTransfer?.files.length) take(event.dataTransfer.files); });
  return place;
}

async function look(id) {
  const found = await get(`/api/sources/${encodeURIComponent(id)}`);
  const keep = make("input", { type: "checkbox", id: "keep", checked: !found.ours });
  const boxes = found.files.map((each) => make("input", { type: "checkbox", name: "file", value: each.id, checked: each.new && found.ours }));
  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
  const go = button("", () => takeFrom(id, chosen(), keep.checked), { kind: "main", id: "take" });
  const count = () => { go.textContent = t("take.go", { n: chosen().length }); go.disabled = !chosen().length; };
  for (const box of boxes) box.addEventListener("change", count);
  count();
  const rows = found.files.map((each, n) => make("li", {}, make("label", { class: "file" }, boxes[n], make("span", { class: "name" }, each.name), make("span", { class: "quiet small number" }, bytes(each.size)), make("span", { class: "quiet small" }, ago(each.at)), make("span", { class: each.new ? "state" : "state quiet" }, t(each.new ? "take.new" : "take.known-short")))));
  byId("source").replaceChildren(...[
    make("p", { class: "quiet small" }, found.here),
    found.folders.length > 0 && make("div", { class: "acts" }, ...found.folders.map((each) => button(each.name, () => look(each.id)))),
    ...(rows.length ? [make("p", { class: "hint" }, t("take.choose")), make("ul", { class: "files" }, ...rows), make("label", { class: "tick" }, keep, t("take.keep")),
      make("p", { class: "hint" }, t("take.removed-about")), make("div", { class: "acts" }, go)] : [make("p", {}, t("take.none"))])].filter(Boolean));
}

async function takeFrom(id, files, keep) {
  await post(`/api/sources/${encodeURIComponent(id)}/take`, { files, keep });
  let taking = await get("/api/taking");
  while (taking.running) {
    showTaking(taking);
    await new Promise((done) => { setTimeout(done, LOOK); });
    taking = await get("/api/taking");
  }
  showTaking(taking);
  sealed += taking.lines.filter((each) => each.outcome === "sealed").length;
  byId("after").hidden = sealed === 0;
}

function showTaking(taking) {
  const rows = taking.lines.map((each) => make("li", { class: "file" }, make("span", { class: "name" }, each.name),
    make("span", { class: `state ${each.outcome === "failed" ? "problem" : "good"}` }, t(`take.outcome.${each.outcome}`, { id: each.recording })),
    make("span", { class: "quiet small" }, each.removed ? t("take.removed") : each.why || t("take.left"))));
  byId("source").replaceChildren(...[
    taking.running && make("p", {}, t("take.going", { done: taking.lines.length, of: taking.total })),
    make("ul", { class: "files" }, ...rows), taking.problem && make("p", { class: "problem", role: "alert" }, taking.problem)].filter(Boolean));
}

async function begin() {
  beginPage();
  const sources = await get("/api/sources");
  const start = async () => { const { problem } = await post("/api/run", {}); if (problem) { say(problem, "bad"); return; } location.assign("/"); };
  main.replaceChildren(title(t("page.take-in"), t("take.about")), ...[leftPanel(sources.left)].filter(Boolean),
    make("div", { class: "columns" }, dropPlace(),
      make("section", { class: "panel", "aria-labelledby": "source-title" }, make("h2", { id: "source-title" }, t("take.from")), make("p", { class: "quiet" }, t("take.from-about")),
        make("div", { class: "acts" }, sources.inbox.count > 0 && button(t("take.inbox", { n: sources.inbox.count }), () => look(sources.inbox.id)),
          ...sources.folders.map((each) => button(each.name, () => look(each.id), { kind: each.drive ? "first" : "" }))),
        make("div", { id: "source", class: "stack wide" }))),
    make("ul", { id: "files", class: "files panel", hidden: true, "aria-live": "polite" }),
    make("section", { id: "after", class: "panel next", hidden: true }, make("p", { class: "sentence" }, t("take.after")), make("div", { class: "acts" }, button(t("next.run.go"), start, { kind: "main", id: "start" }), make("a", { class: "button", href: "/" }, t("page.week")))));
  document.body.dataset.ready = "yes";
}

begin().catch(failed);
