// The models: which are here, which suit this computer, installing them with progress; what to do without a network.
import { make, percent, say } from "./dom.js";
import { get, post } from "./api.js";
import { button } from "./frame.js";
import { keepFocus } from "./focus.js";
import { bytes, lasting, t, together } from "./text.js";

const OFTEN = 1000;
const panel = make("div", { class: "stack wide", id: "models" });
let only = false;
let timer = 0;
let shown = "";

const install = (names) => async () => { await post("/api/models", { models: names }); await refresh(); };

function speed({ minutes, measured }) {
  return t(measured ? "models.measured" : "models.estimated", { time: lasting(minutes * 60) });
}

function progress(going) {
  const known = going.of > 0;
  const bar = make("progress", { max: 1, value: known ? going.done / going.of : undefined, "aria-label": t("models.progress") });
  const words = [known ? t("models.of", { done: bytes(going.done), of: bytes(going.of) }) : bytes(going.done), going.left === null ? "" : t("week.left", { time: lasting(going.left) })];
  return make("div", { class: "panel run", role: "group", "aria-label": t("models.installing") },
    make("span", { class: "grow" }, make("strong", {}, t("models.installing")), ` ${together(going.models)} `, make("span", { class: "quiet" }, words.filter(Boolean).join(" · "))),
    bar, known && make("span", { class: "number" }, percent(Math.min(0.99, going.done / going.of))),
    button(t("week.stop"), async () => { await post("/api/models/stop", {}); await refresh(); }, { id: "stop-models" }));
}

function ended(going, folder) {
  if (going.well) return make("p", { class: "good", role: "status" }, t("models.done"));
  if (going.stopped) return make("p", { class: "quiet", role: "status" }, t("models.stopped"));
  return make("div", { class: "notice", role: "alert" }, make("p", { class: "problem" }, going.offline ? t("models.no-network") : t("models.failed"), " ", going.problem),
    going.offline && make("p", {}, t("models.offline", { folder })));
}

function row(model, state) {
  const marks = [model.installed ? t("models.here") : bytes(model.size || 0), model.languages.length ? model.languages.join(", ") : "", model.name === state.takes ? t("models.takes") : "", model.name === state.better ? t("models.better") : ""];
  const busy = state.going?.running;
  return make("li", { class: "card-row", id: `model-${model.name}` },
    make("div", {}, make("h3", {}, make("code", {}, model.name)), make("p", { class: "quiet small" }, model.about)),
    make("div", { class: "how" }, make("p", { class: model.installed ? "good" : "" }, marks.filter(Boolean).join(" · ")), model.speed && make("p", { class: "quiet small" }, speed(model.speed))),
    make("div", { class: "acts" }, !model.installed && state.can && !busy && button(t("models.install"), install([model.name]), { id: `install-${model.name}`, describe: model.name, kind: model.name === state.better ? "first" : "" })));
}

function list(models, state) {
  return make("ul", { class: "cards" }, ...models.map((model) => row(model, state)));
}

function recommended(state) {
  const busy = state.going?.running;
  const better = state.models.find((model) => model.name === state.better);
  if (state.missing.length) {
    const size = state.models.filter((model) => state.missing.includes(model.name)).reduce((sum, model) => sum + model.size, 0);
    return make("div", { class: "notice" }, make("p", {}, make("strong", {}, t("models.missing")), ` ${t("models.missing-about", { names: together(state.missing), size: bytes(size) })}`),
      state.can && !busy && make("div", { class: "acts" }, button(t("models.install-these"), install(state.missing), { kind: "main", id: "install-missing" })),
      !state.can && make("p", {}, t("models.cannot")));
  }
  if (better) return make("p", {}, t("models.would", { name: better.name, time: lasting(better.speed.minutes * 60) }));
  if (state.takes) return make("p", { class: "quiet" }, t("models.best", { name: state.takes }));
  return make("div", {}, make("p", { class: "quiet" }, t("models.unmeasured")),
    make("div", { class: "acts" }, button(t("models.measure"), async () => { say(t("models.measuring"), "", 60000); const { well } = await post("/api/models/speed", {}); say(t(well ? "models.measured-now" : "models.not-measured"), well ? "" : "bad"); await refresh(); }, { id: "measure-speed" })));
}

function paint(state) {
  const now = JSON.stringify(state);
  if (now === shown) return;
  shown = now;
  keepFocus(panel, () => show(state));
}

function show(state) {
  const usual = (model) => model.installed || model.default || model.task === "transcription";
  const needed = state.missing.length > 0 || state.going !== null;
  const parts = [recommended(state), state.going && (state.going.running ? progress(state.going) : ended(state.going, state.folder))];
  if (only) { panel.replaceChildren(...(needed ? parts.filter(Boolean) : [])); return; }
  const open = panel.querySelector("details")?.open;
  panel.replaceChildren(...[...parts, list(state.models.filter(usual), state),
    make("details", { open }, make("summary", { id: "models-others" }, t("models.others")), list(state.models.filter((model) => !usual(model)), state)),
    make("p", { class: "quiet small" }, t("models.why-offline", { folder: state.folder }))].filter(Boolean));
}

async function refresh() {
  clearTimeout(timer);
  const state = await get("/api/models", true);
  paint(state);
  if (state.going?.running) timer = setTimeout(() => refresh().catch(() => undefined), OFTEN);
  return state;
}

/** The panel; with `short` only what is missing and what goes on, and nothing while all is well. */
export function modelsPanel({ short = false } = {}) {
  only = short;
  refresh().catch((error) => panel.replaceChildren(make("p", { class: "problem" }, error.message)));
  return panel;
}
