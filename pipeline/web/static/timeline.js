// The picture of the recording: a lane for each participant, replacements and open questions on it.
import { byId, clock, make, percent } from "./dom.js";
import { heard, model } from "./model.js";
import { player, seek } from "./player.js";
import { setCursor } from "./transcript.js";
import { mergeSpeakers } from "./choose.js";
import { roleWord, t, together } from "./text.js";

const canvas = byId("timeline");
const LANE = 13;
const TOP = 16;
const base = document.createElement("canvas");
let colours = [];

function style(name) { return getComputedStyle(document.body).getPropertyValue(name).trim(); }

export function listPeople() {
  byId("people").replaceChildren(...[...model.people.values()].map((person) =>
    make("li", { class: `p${person.colour}` },
      make("button", { type: "button", class: "code", title: t("timeline.merge", { code: person.code }), "aria-label": t("timeline.merge-label", { code: person.code }), onclick: () => mergeSpeakers(person.code) }, person.code),
      make("span", { class: "share number" }, percent(person.share)),
      person.role ? make("span", { class: "quiet role" }, roleWord(person)) : null)));
}

/** Draws what does not move onto a hidden canvas, once a change. */
export function drawTimeline() {
  const width = canvas.clientWidth;
  const codes = [...model.people.keys()];
  const height = TOP + Math.max(1, codes.length) * LANE + 10;
  canvas.style.height = `${height}px`;
  const ratio = devicePixelRatio || 1;
  for (const each of [canvas, base]) { each.width = Math.max(1, width * ratio); each.height = height * ratio; }
  colours = Array.from({ length: 10 }, (_, n) => style(`--p${n}`));
  const pen = base.getContext("2d");
  pen.scale(ratio, ratio);
  const x = scale();
  drawLanes(pen, codes, x, width);
  drawMarks(pen, codes, x);
  drawRead(pen, x, height);
  canvas.setAttribute("aria-valuemax", String(Math.round(model.duration)));
  drawHead();
}

const scale = () => { const per = canvas.clientWidth / Math.max(model.duration, 1); return (t) => t * per; };

function drawLanes(pen, codes, x, width) {
  pen.fillStyle = style("--quiet");
  pen.font = "10px system-ui, 'DejaVu Sans', sans-serif";
  const step = [10, 30, 60, 300, 600, 900, 1800].find((s) => model.duration / s < width / 70) ?? 3600;
  for (let t = 0; t < model.duration; t += step) pen.fillText(clock(t), x(t) + 2, 10);
  codes.forEach((code, lane) => {
    pen.fillStyle = style("--soft");
    pen.fillRect(0, TOP + lane * LANE, width, LANE - 2);
  });
  for (const line of model.byTime) {
    const lane = codes.indexOf(line.p);
    pen.globalAlpha = model.read.has(line.id) ? 0.55 : 0.9;
    pen.fillStyle = colours[model.colour(line.p)];
    pen.fillRect(x(line.s), TOP + lane * LANE, Math.max(1, x(line.e) - x(line.s)), LANE - 2);
  }
  pen.globalAlpha = 1;
}

function drawMarks(pen, codes, x) {
  const open = [];
  for (const { line, piece, start, end } of model.marks.values()) {
    const at = x(heard(line, start, end)[0]);
    const y = TOP + codes.indexOf(line.p) * LANE;
    if (piece.q) open.push([at, y]);
    else if (piece.h) { pen.fillStyle = style("--sheet"); pen.fillRect(at, y + 2, 2, LANE - 6); }
  }
  for (const [at, y] of open) {
    pen.fillStyle = style("--open-line");
    pen.strokeStyle = style("--sheet");
    pen.beginPath();
    pen.arc(at, y + (LANE - 2) / 2, 4, 0, 7);
    pen.fill();
    pen.stroke();
  }
}

function drawRead(pen, x, height) {
  pen.fillStyle = style("--good");
  for (const line of model.byTime) {
    if (model.read.has(line.id)) pen.fillRect(x(line.s), height - 5, Math.max(1, x(line.e) - x(line.s)), 3);
  }
}

export function drawHead() {
  const pen = canvas.getContext("2d");
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(base, 0, 0);
  const ratio = devicePixelRatio || 1;
  pen.fillStyle = style("--ink");
  pen.fillRect(scale()(player.position) * ratio - ratio, 0, 2 * ratio, canvas.height);
  const who = model.linesAt(player.position).map((line) => line.p);
  canvas.setAttribute("aria-valuenow", String(Math.round(player.position)));
  canvas.setAttribute("aria-valuetext", who.length ? t("timeline.speaking", { at: clock(player.position), who: together(who) }) : clock(player.position));
}

export function goTo(seconds) {
  seek(seconds);
  drawHead();
  const line = model.linesAt(seconds)[0] ?? model.byTime.find((each) => each.s >= seconds);
  if (line) setCursor(line.id, 0, { focus: false });
}

canvas.addEventListener("click", (event) => {
  const box = canvas.getBoundingClientRect();
  goTo(((event.clientX - box.left) / box.width) * model.duration);
});
canvas.addEventListener("keydown", (event) => {
  const steps = { ArrowRight: 5, ArrowLeft: -5, PageUp: 60, PageDown: -60 };
  const wanted = event.key in steps ? player.position + steps[event.key]
    : event.key === "Home" ? 0 : event.key === "End" ? model.duration : null;
  if (wanted === null) return;
  event.preventDefault();
  event.stopPropagation();
  goTo(Math.max(0, Math.min(model.duration, wanted)));
});
new ResizeObserver(() => { if (model.order.length) drawTimeline(); }).observe(canvas.parentElement);
document.addEventListener("playing", drawHead);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawTimeline);
