// The picture of the recording: who speaks when, replacements and open questions; and below, in strips, what was read, what
// was heard faintly, and what is open.
import { byId, clock } from "./dom.js";
import { laneOf, lanes } from "./lanes.js";
import { heard, model, word } from "./model.js";
import { player, seek } from "./player.js";
import { t, together } from "./text.js";
import { setCursor } from "./transcript.js";
import { follow, shownFrom, shownLength } from "./zoom.js";

const canvas = byId("timeline");
const LANE = 13;
const TOP = 16;
const STRIP = 11; // a strip's row, in step with its name beside it
const BAR = 7; // what is drawn of it
const base = document.createElement("canvas");
let colours = [];

function style(name) { return getComputedStyle(document.body).getPropertyValue(name).trim(); }

const scale = () => { const per = canvas.clientWidth / shownLength(); return (time) => (time - shownFrom()) * per; };

/** The lines of which something is in view. */
const linesInView = () => model.byTime.filter((line) => line.e >= shownFrom() && line.s <= shownFrom() + shownLength());

/** Draws what does not move onto a hidden canvas, once a change. */
export function drawTimeline() {
  const width = canvas.clientWidth;
  const rows = lanes();
  const height = TOP + Math.max(1, rows.length) * LANE + 3 * STRIP;
  canvas.style.height = `${height}px`;
  const ratio = devicePixelRatio || 1;
  for (const each of [canvas, base]) { each.width = Math.max(1, width * ratio); each.height = height * ratio; }
  colours = Array.from({ length: 10 }, (_, n) => style(`--p${n}`));
  const pen = base.getContext("2d");
  pen.scale(ratio, ratio);
  const [x, at, lines] = [scale(), laneOf(rows), linesInView()];
  drawLanes(pen, rows, at, lines, x, width);
  drawMarks(pen, at, x, height - STRIP);
  drawRead(pen, lines, x, height - 3 * STRIP);
  drawFaint(pen, lines, x, height - 2 * STRIP);
  canvas.setAttribute("aria-valuemax", String(Math.round(model.duration)));
  drawHead();
}

function drawLanes(pen, rows, at, lines, x, width) {
  pen.fillStyle = style("--quiet");
  pen.font = "10px system-ui, 'DejaVu Sans', sans-serif";
  const step = [1, 5, 10, 30, 60, 300, 600, 900, 1800].find((s) => shownLength() / s < width / 70) ?? 3600;
  for (let time = Math.ceil(shownFrom() / step) * step; time < shownFrom() + shownLength(); time += step) pen.fillText(clock(time), x(time) + 2, 10);
  pen.fillStyle = style("--soft");
  rows.forEach((_, lane) => pen.fillRect(0, TOP + lane * LANE, width, LANE - 2));
  for (const line of lines) {
    pen.globalAlpha = model.read.has(line.id) ? 0.55 : 0.9;
    pen.fillStyle = colours[model.colour(line.p)];
    pen.fillRect(x(line.s), TOP + (at.get(line.p) ?? 0) * LANE, Math.max(1, x(line.e) - x(line.s)), LANE - 2);
  }
  pen.globalAlpha = 1;
}

function drawMarks(pen, at, x, strip) {
  const open = [];
  for (const { line, piece, start, end } of model.marks.values()) {
    const place = x(heard(line, start, end)[0]);
    if (place < -5 || place > canvas.clientWidth + 5) continue;
    const y = TOP + (at.get(line.p) ?? 0) * LANE;
    if (piece.q) open.push([place, y]);
    else if (piece.h) { pen.fillStyle = style("--sheet"); pen.fillRect(place, y + 2, 2, LANE - 6); }
  }
  pen.fillStyle = style("--open-line");
  pen.strokeStyle = style("--sheet");
  for (const [place, y] of open) {
    pen.fillRect(place - 1, strip + 2, 3, BAR);
    pen.beginPath();
    pen.arc(place, y + (LANE - 2) / 2, 4, 0, 7);
    pen.fill();
    pen.stroke();
  }
}

/** What was read is filled, what was only skimmed half, what nobody read is a line. */
function drawRead(pen, lines, x, y) {
  const [read, half, none] = ["--good", "--open-line", "--quiet"].map(style);
  for (const line of lines) {
    const [from, width] = [x(line.s), Math.max(1, x(line.e) - x(line.s))];
    const skimmed = model.skimmed.has(line.id);
    const high = !model.read.has(line.id) ? 1 : skimmed ? BAR / 2 : BAR;
    pen.fillStyle = !model.read.has(line.id) ? none : skimmed ? half : read;
    pen.fillRect(from, y + 2 + BAR - high, width, high);
  }
}

function drawFaint(pen, lines, x, y) {
  pen.fillStyle = style("--quiet");
  for (const line of lines) for (const { word: k } of model.faint(line.id)) pen.fillRect(x(word(line, k).from), y + 2, 1.5, BAR);
}

export function drawHead() {
  const pen = canvas.getContext("2d");
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(base, 0, 0);
  const ratio = devicePixelRatio || 1;
  pen.fillStyle = style("--ink");
  pen.fillRect(scale()(player.position) * ratio - ratio, 0, 2 * ratio, canvas.height);
  tellHead();
}

function tellHead() {
  const at = clock(player.position);
  const who = together(model.linesAt(player.position).map((line) => line.p));
  canvas.setAttribute("aria-valuenow", String(Math.round(player.position)));
  canvas.setAttribute("aria-valuetext", who ? t("timeline.speaking", { at, who }) : at);
}

/** The seconds under a pointer. */
export function timeAt(event) {
  const box = canvas.getBoundingClientRect();
  return shownFrom() + ((event.clientX - box.left) / box.width) * shownLength();
}

export function goTo(seconds) {
  seek(seconds);
  moveHead();
  const line = model.linesAt(seconds)[0] ?? model.byTime.find((each) => each.s >= seconds);
  if (line) setCursor(line.id, 0, { focus: false });
}

/** Where the sound is stays in view. */
function moveHead() {
  if (follow(player.position)) document.dispatchEvent(new Event("view-moved")); else drawHead();
}

canvas.addEventListener("click", (event) => goTo(timeAt(event)));
canvas.addEventListener("keydown", (event) => {
  const steps = { ArrowRight: 5, ArrowLeft: -5, PageUp: 60, PageDown: -60 };
  const wanted = event.key in steps ? player.position + steps[event.key]
    : event.key === "Home" ? 0 : event.key === "End" ? model.duration : null;
  if (wanted === null) return;
  event.preventDefault();
  event.stopPropagation();
  goTo(Math.max(0, Math.min(model.duration, wanted)));
});
document.addEventListener("playing", moveHead);
