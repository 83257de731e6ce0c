// The original words, only while their key is held: fetched then, for what is on the screen, never
// selectable or copied, and gone when the key or the window is let go.
import { post } from "./api.js";
import { address } from "./decide.js";
import { model } from "./model.js";

let held = 0; // which holding of the key this is; 0 while it is not held
let count = 0;

const inView = (element) => {
  const box = element.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight;
};

// Lines first: asking for the place of a chip that is far away would lay its whole line out.
const hiding = () => [...document.querySelectorAll(".line, .card")].filter(inView)
  .flatMap((part) => [...part.querySelectorAll(".chip.hides:not(.revealed)")]);

async function showWords() {
  const mine = held;
  if (!mine) return;
  const marks = [...new Set(hiding().map((chip) => chip.dataset.mark))];
  if (!marks.length) return;
  const words = await post(address("/words"), { marks }).catch(() => ({}));
  if (held !== mine) return;
  for (const chip of hiding()) {
    const text = words[chip.dataset.heard ? `heard:${chip.dataset.mark}` : chip.dataset.mark];
    if (text === undefined) continue;
    chip.classList.add("revealed");
    chip.textContent = text;
  }
}

export function reveal() {
  if (held) return;
  held = ++count;
  getSelection()?.removeAllRanges();
  showWords();
}

export function conceal() {
  if (!held) return;
  held = 0;
  for (const chip of document.querySelectorAll(".chip.revealed")) {
    chip.classList.remove("revealed");
    chip.textContent = chip.dataset.heard ? "…" : model.marks.get(chip.dataset.mark)?.piece.t ?? "";
  }
}

let waiting = 0;
addEventListener("scroll", () => {
  clearTimeout(waiting);
  if (held) waiting = setTimeout(showWords, 60);
}, { passive: true, capture: true });
document.addEventListener("painted", showWords);
addEventListener("blur", conceal);
document.addEventListener("visibilitychange", conceal);

// A button that is held does what the key does: with a mouse, a finger, or the space bar on it.
const onHold = (event) => event.target.closest?.(".hold");
document.addEventListener("pointerdown", (event) => {
  const button = event.button ? null : onHold(event);
  if (!button) return;
  button.setPointerCapture(event.pointerId);
  reveal();
});
for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) document.addEventListener(end, (event) => { if (onHold(event)) conceal(); });
document.addEventListener("contextmenu", (event) => { if (onHold(event)) event.preventDefault(); }); // a finger held long
document.addEventListener("keydown", (event) => {
  if (!onHold(event) || (event.key !== " " && event.key !== "Enter")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  reveal();
}, true);
document.addEventListener("keyup", (event) => { if (onHold(event)) conceal(); });
document.addEventListener("focusout", (event) => { if (onHold(event)) conceal(); });
