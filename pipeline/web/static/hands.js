// Whether a hand is about to press: the pointer came to a button or link a moment ago, or is held down.
// A page that paints itself anew just then would put something else, or nothing, under the hand.
const RESTING = 1000; // milliseconds: a pointer that has lain on a control for longer than this is not about to press
const LOOK = 100;

let held = false;
let moved = -Infinity;

document.addEventListener("pointerdown", () => { held = true; }, true);
for (const end of ["pointerup", "pointercancel", "blur"]) window.addEventListener(end, () => { held = false; }, true);
document.addEventListener("pointermove", () => { moved = performance.now(); }, true);

/** Whether a hand is about to press something now. */
export const aiming = () => held || (performance.now() - moved < RESTING && document.querySelector(":is(button, a, input, select):hover") !== null);

/** Waits until no hand is about to press. */
export async function handsOff() {
  while (aiming()) await new Promise((done) => { setTimeout(done, LOOK); });
}
