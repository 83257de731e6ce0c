// The original words, only while their key is held: fetched then, put in no text node that can be selected
// or copied, and gone when the key or the window is let go.
import { post } from "./api.js";
import { address } from "./decide.js";
import { model } from "./model.js";

let held = false;
let asked = 0;

const inView = (element) => {
  const box = element.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight;
};

export async function reveal() {
  if (held) return;
  held = true;
  const mine = ++asked;
  getSelection()?.removeAllRanges();
  const chips = [...document.querySelectorAll(".chip.hides")].filter(inView);
  const marks = [...new Set(chips.map((chip) => chip.dataset.mark))];
  if (!marks.length) return;
  const words = await post(address("/words"), { marks }).catch(() => ({}));
  if (!held || mine !== asked) return;
  for (const chip of chips) {
    const text = words[chip.dataset.mark];
    if (text === undefined || !chip.isConnected) continue;
    chip.classList.add("revealed");
    chip.textContent = text;
  }
}

export function conceal() {
  if (!held) return;
  held = false;
  asked += 1;
  for (const chip of document.querySelectorAll(".chip.revealed")) {
    chip.classList.remove("revealed");
    chip.textContent = model.marks.get(chip.dataset.mark)?.piece.t ?? "";
  }
}

addEventListener("blur", conceal);
document.addEventListener("visibilitychange", conceal);
