// This week: the next step, what works meanwhile, and every recording as a card. Kept up to date while it is open.
import { byId, make, say, wholePercent } from "./dom.js";
import { get, post } from "./api.js";
import { beginPage, button, failed, main } from "./frame.js";
import { ago, dateFormat, lasting, t } from "./text.js";
import { act, label } from "./acts.js";
import { keepFocus } from "./focus.js";
import { figures } from "./heard.js";
import { aiming, handsOff } from "./hands.js";
import { modelsPanel } from "./models.js";

const SOON = 1500;
const LATER = 8000;
const GROUPS = ["you", "machine", "finished"];
const measured = new Map();
const models = modelsPanel({ short: true });
let shown = "";

const ADDRESS = { people: "/people", export: "/out", "take-in": "/take-in" };
const TASK = { run: startRun, follow: startRun, review: (next) => act("review", next), destroy: (next) => act("destroy", next), finish: (next, card) => act(card.actions[0], next), failed: (next) => byId(next.recording).querySelector("button, a").focus() };

async function startRun() {
  const { run, problem } = await post("/api/run", {});
  if (problem) say(problem, "bad");
  else say(run ? t("week.started") : t("week.nothing"));
  await refresh();
}

function nextStep(week) {
  const next = week.next;
  const card = week.cards.find((each) => each.id === next.recording);
  const words = t(`next.${next.kind}`, { n: next.count, name: next.name });
  const go = ADDRESS[next.kind]
    ? make("a", { class: "button main", id: "next", href: ADDRESS[next.kind] }, t(`next.${next.kind}.go`))
    : TASK[next.kind] && button(t(`next.${next.kind}.go`), () => TASK[next.kind](next, card), { kind: "main", id: "next" });
  return make("section", { class: "panel next", "aria-labelledby": "next-title" },
    make("div", {}, make("h2", { id: "next-title" }, t("week.next")), make("p", { class: "sentence" }, words)),
    make("div", { class: "acts" }, go, week.names && next.kind !== "take-in" && make("a", { class: "button", id: "more", href: "/take-in" }, t("week.take-in"))));
}

function runStrip(run) {
  const now = run.at.length ? run.at : [{ recording: "", stage: "", share: 0, left: null }];
  const lines = now.map((each) => make("span", { class: "at-work" },
    make("span", { class: "quiet" }, [each.recording, each.stage ? t(`stage.${each.stage}`) : t("week.preparing"), each.left === null ? "" : t("week.left", { time: lasting(each.left) })].filter(Boolean).join(" · ")),
    make("progress", { max: 1, value: each.share, "aria-label": each.recording ? `${t("week.progress")}: ${each.recording}` : t("week.progress") }), make("span", { class: "number" }, `${wholePercent(each.share)} %`)));
  return make("section", { class: "panel run", "aria-label": t("week.working") },
    make("span", { class: "grow" }, make("strong", {}, t("week.working")), ` ${t("week.run", { done: run.done, of: run.of })}`), make("span", { class: "all-at-work" }, ...lines),
    button(t("week.stop"), async () => { await post("/api/run/stop", {}); say(t("week.stopped")); await refresh(); }, { id: "stop-run" }));
}

function stateWords(card, run) {
  if (card.failed) return t("state.failed", { stage: t(`failed.${card.failed}`) });
  const now = run?.at.find((each) => each.recording === card.id);
  if (now?.stage) return t(`stage.${now.stage}`);
  if (card.first) return t("state.second", { name: card.first });
  if (card.terms.some((term) => term.standing === "held")) return t("state.held");
  if (card.state === "verified" && card.due) return t("state.due");
  return t(`state.${card.state}`);
}

/** What is due, overdue or kept, and which rule or hold says so. */
function termLine(term) {
  const words = t(`term.${term.standing}`, { what: t(`term.what.${term.what}`), day: term.day ? dateFormat.format(new Date(`${term.day}T12:00:00`)) : "", rule: term.rule });
  return make("p", { class: term.standing === "overdue" ? "problem small" : "quiet small" }, words, term.stuck && ` ${t("term.stuck")}`);
}

function facts(card) {
  const parts = [card.duration ? lasting(card.duration) : "", ago(card.received)];
  if (card.by) parts.push(t("week.by", { name: card.by, date: dateFormat.format(new Date(card.at)) }));
  if (card.exported) parts.push(t("week.exported"));
  return parts.filter(Boolean).join(" · ");
}

function showCard(card, run) {
  const reason = card.failed ? card.reason : card.state === "withdrawn" ? t(`reason.${card.reason}`) : "";
  const [first, ...others] = card.actions.map((name) => label(name, card));
  return make("li", { class: `card-row ${card.failed ? "failed" : card.state.replace(" ", "-")}`, id: card.id },
    make("div", { class: "what" },
      make("h3", {}, card.name, card.name !== card.id && make("span", { class: "quiet small" }, ` ${card.id}`)),
      make("p", { class: "quiet small" }, facts(card))),
    make("div", { class: "how" },
      make("p", { class: "state" }, stateWords(card, run)),
      reason && make("p", { class: "problem small" }, reason),
      card.again && make("p", { class: "quiet small" }, t("week.again")),
      ...card.terms.map(termLine),
      ...card.left.map((code) => make("p", { class: "problem small" }, t("left.card", { code }))),
      card.unlinked.length > 0 && make("p", { class: "small" }, t("week.unlinked", { n: card.unlinked.length, codes: card.unlinked.join(", ") })),
      card.working && make("progress", { max: 1, value: run?.at.find((each) => each.recording === card.id)?.share ?? 0, "aria-label": t("week.progress") }),
      card.actions[0] === "review" && make("p", { class: "quiet small", data: { measure: card.id } }, measured.get(card.id) ?? "")),
    make("div", { class: "acts" }, first && act.button(first, card, "first"), ...others.map((each) => act.button(each, card, ""))));
}

function group(name, cards, run) {
  if (!cards.length) return null;
  const rows = make("ul", { class: "cards" }, ...cards.map((card) => showCard(card, run)));
  return make("section", { "aria-labelledby": `group-${name}` },
    make("h2", { id: `group-${name}` }, t(`group.${name}`), make("span", { class: "quiet" }, ` ${cards.length}`)), rows);
}

function paint(week) {
  const now = JSON.stringify(week);
  if (now === shown) return;
  shown = now;
  const parts = GROUPS.map((name) => group(name, week.cards.filter((card) => card.group === name), week.run));
  keepFocus(main, () => main.replaceChildren(...[
    make("h1", { class: "said-only" }, t("page.week")),
    nextStep(week),
    week.run && runStrip(week.run),
    models,
    week.problem && make("p", { class: "panel problem", role: "alert" }, t("week.problem"), " ", week.problem),
    week.troubles.length > 0 && make("section", { class: "panel", "aria-labelledby": "troubles" }, make("h2", { id: "troubles" }, t("week.troubles")),
      make("ul", {}, ...week.troubles.map((each) => make("li", {}, make("strong", {}, each.name), make("span", { class: "problem" }, ` ${each.why}`))))),
    week.terms.length > 0 && make("section", { class: "panel", "aria-label": t("week.study") }, ...week.terms.map((term) => make("div", {}, termLine({ ...term, stuck: false }), term.stuck && make("a", { id: `ending-${term.what}`, href: "/ending" }, t("term.ending"))))),
    ...parts,
    !week.cards.length && make("p", { class: "quiet" }, t("week.empty")),
  ].filter(Boolean)));
  measure();
}

/** How far each review is, one after another, since each must be unsealed. */
async function measure() {
  for (const place of document.querySelectorAll("[data-measure]")) {
    const id = place.dataset.measure;
    if (measured.has(id)) continue;
    measured.set(id, "");
    const p = await get(`/api/recordings/${encodeURIComponent(id)}/progress`, true).catch(() => null);
    if (!p) continue;
    measured.set(id, t("week.open", { n: p.open, percent: wholePercent(p.coverage) }) + (p.badly ? `; ${t("week.badly")}` : "") + (p.waiting ? `; ${t("week.waiting", { n: p.waiting })}` : "") + (p.well ? ` · ${figures(p.well)}` : ""));
    await handsOff();
    for (const each of document.querySelectorAll("[data-measure]")) if (each.dataset.measure === id) each.textContent = measured.get(id);
  }
}

export async function refresh() {
  const week = await get("/api/week", true);
  paint(week);
  return week;
}

/** What changed by itself, shown once no hand is about to press a button that would move away under it. */
async function refreshCalmly() {
  let week = await get("/api/week", true);
  while (JSON.stringify(week) !== shown && aiming()) {
    await handsOff();
    week = await get("/api/week", true);
  }
  paint(week);
  return week;
}

/** Says what went wrong until the next look, which may well go right. */
function failedOnce(error) {
  shown = "";
  failed(error);
}

async function follow() {
  let wait = LATER;
  try { wait = (await refreshCalmly()).run ? SOON : LATER; } catch (error) { if (error.status === 423) location.reload(); }
  setTimeout(follow, wait);
}

async function begin() {
  beginPage();
  await refresh().catch(failedOnce);
  document.addEventListener("changed", () => { measured.clear(); refresh().catch(failedOnce); });
  setTimeout(follow, SOON);
  document.body.dataset.ready = "yes";
}

begin().catch(failed);
