// The sound: plays from a word, at other speeds, a phrase over and over; lights the word being said.
import { byId, clock, say } from "./dom.js";
import { model, word, wordHeard } from "./model.js";
import { light, rangeOf } from "./spots.js";
import { cursor, rowOf, show } from "./transcript.js";
import { alive } from "./quiet.js";
import { countHeard, soundStopped } from "./reading-time.js";
import { t } from "./text.js";

const sound = byId("sound");
let loop = null;
let stopAt = null;
let before = 0;
export const player = { position: 0, playing: false };

export function openSound(recording) {
  sound.src = `/api/recordings/${encodeURIComponent(recording)}/sound`;
  sound.preload = "metadata";
  byId("sound-state").textContent = t("people.opening");
  sound.load();
}

sound.addEventListener("loadedmetadata", () => { byId("sound-state").textContent = ""; });
sound.addEventListener("error", () => { byId("sound-state").textContent = t("people.no-sound"); });
sound.addEventListener("play", () => state(true));
sound.addEventListener("pause", () => state(false));
sound.addEventListener("seeked", () => { before = sound.currentTime; tick(false); });

function state(playing) {
  player.playing = playing;
  byId("play").textContent = playing ? "❚❚" : "▶";
  byId("play").setAttribute("aria-label", t(playing ? "sound.pause" : "sound.play"));
  if (playing) requestAnimationFrame(run); else soundStopped();
}

function run() {
  if (!player.playing) return;
  tick(true);
  requestAnimationFrame(run);
}

let lastAlive = 0;
function tick(moving) {
  const now = sound.currentTime;
  if (moving && loop && (now >= loop[1] || now < loop[0] - 0.5)) { seek(loop[0]); return; }
  if (moving && stopAt !== null && now >= stopAt) { stopAt = null; sound.pause(); }
  player.position = now;
  const lines = model.linesAt(now);
  lightWords(lines, now);
  if (moving) {
    if (Date.now() - lastAlive > 1000) { lastAlive = Date.now(); alive(); }
    if (now > before && now - before <= 1) countHeard(lines, now);
  }
  before = now;
  byId("clock").textContent = clock(now);
  document.dispatchEvent(new CustomEvent("playing", { detail: { now, lines } }));
}

let litKey = "";
function lightWords(lines, now) {
  const lit = lines.map((line) => [line, wordHeard(line, now)]).filter(([, k]) => k >= 0);
  const key = lit.map(([line, k]) => `${line.id}:${k}`).join();
  if (key === litKey) return;
  litKey = key;
  light("playing", lit.map(([line, k]) => rangeOf(line.id, word(line, k).start, word(line, k).end)));
  for (const row of document.querySelectorAll(".line.playing")) row.classList.remove("playing");
  for (const [line] of lit) rowOf(line.id)?.classList.add("playing");
  if (lit.length && player.playing && byId("follow").checked) show(lit[0][0].id);
}

export function seek(seconds) {
  player.position = Math.max(0, Math.min(seconds, model.duration));
  sound.currentTime = player.position;
  before = player.position;
}

export async function playFrom(seconds, until = null) {
  stopAt = until;
  if (loop && (seconds < loop[0] || seconds > loop[1])) setLoop(null);
  seek(seconds);
  await start();
}

async function start() {
  try {
    await sound.play();
  } catch (error) {
    if (error.name !== "AbortError") say(t("people.no-sound"), "bad");
  }
}

export function toggle() {
  stopAt = null;
  if (sound.paused) start(); else sound.pause();
}

export const pause = () => sound.pause();
export const back = (seconds = 3) => seek(sound.currentTime - seconds);

export function setLoop(phrase) {
  loop = phrase;
  byId("loop").setAttribute("aria-pressed", String(Boolean(loop)));
  if (loop) playFrom(loop[0]);
}

/** Loops a phrase, or the line at hand; a second time ends it. */
export function toggleLoop(phrase) {
  if (loop) { setLoop(null); say(t("sound.loop-ended")); return; }
  const line = model.lines.get(cursor.line) ?? model.linesAt(sound.currentTime)[0];
  const chosen = phrase ?? (line ? [line.s, line.e] : null);
  if (!chosen) { say(t("sound.loop-first")); return; }
  setLoop([Math.max(0, chosen[0] - 0.15), chosen[1] + 0.25]);
  say(t("sound.looping"));
}

export function changeSpeed(step) {
  const select = byId("speed");
  select.selectedIndex = Math.max(0, Math.min(select.options.length - 1, select.selectedIndex + step));
  setSpeed();
  say(t("sound.speed-is", { speed: select.value }));
}

function setSpeed() { sound.playbackRate = Number(byId("speed").value); }

sound.preservesPitch = true;
sound.addEventListener("loadeddata", setSpeed);
byId("speed").addEventListener("change", setSpeed);
byId("play").addEventListener("click", toggle);
byId("back").addEventListener("click", () => back());
document.addEventListener("page-ends", () => { sound.pause(); sound.removeAttribute("src"); sound.load(); });
document.addEventListener("blanked", (event) => { if (event.detail) sound.pause(); });
