// Clicks on the transcript: hear a word, choose a replacement, type into a line, give it to somebody else. A finger
// has no keys: a tap marks the word, and the bar beside it says what can be done.
import { byId } from "./dom.js";
import { model, word } from "./model.js";
import { single } from "./keys.js";
import { hit, light, selected, trim } from "./spots.js";
import { marked, setCursor, setMarked } from "./transcript.js";
import { moveWords } from "./choose.js";
import { playFrom } from "./player.js";
import { aim } from "./questions.js";
import { type, typingIn } from "./typing.js";

let typed = false; // whether one was typing when the button went down: by the click, the caret is gone
let touched = false;

function onClick(event) {
  const id = event.target.closest("[data-line]")?.dataset.line;
  if (!id) return;
  if (event.target.closest(".at")) { setCursor(id, 0, { scroll: false }); playFrom(model.lines.get(id).s); return; }
  if (event.target.closest(".code")) { setCursor(id, 0, { focus: false, scroll: false }); moveWords(null, id); return; }
  if (!getSelection().isCollapsed) return;
  const chip = event.target.closest(".chip");
  if (chip && !(typed && chip.classList.contains("shows"))) {
    if (typingIn() !== id) setCursor(id, 0, { focus: false, scroll: false });
    aim(chip.dataset.mark, "mark", { go: false });
    return;
  }
  onWords(id, hit(event));
}

function onWords(id, found) {
  if (typingIn() === id) return;
  const line = model.lines.get(id);
  if (!found) { if (typed) type(id, Infinity); else setCursor(id, 0, { scroll: false }); return; }
  const { start, end, from } = word(line, found.word);
  if (typed) { type(id, found.char); return; }
  setCursor(id, found.word, { scroll: false });
  if (touched) { setMarked(trim(line, start, end)); return; }
  playFrom(from);
  if (!single.on) type(id, found.char);
}

export function listenForClicks() {
  const lines = byId("lines");
  document.addEventListener("pointerdown", (event) => {
    typed = typingIn() !== null;
    touched = event.pointerType === "touch";
  }, true);
  lines.addEventListener("click", onClick);
  lines.addEventListener("dblclick", (event) => {
    const chosen = event.target.closest(".text") && selected();
    if (chosen && typingIn() !== chosen.line) type(chosen.line, chosen.start, chosen.end);
  });
  document.addEventListener("selectionchange", () => {
    const chosen = selected();
    if (chosen) setMarked(chosen);
    else if (marked && typingIn() && getSelection().isCollapsed) setMarked(null);
    if (typingIn()) light("cursor", []);
  });
}
