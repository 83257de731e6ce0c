// A line while it is typed in: its texts between replacements read from the document and written into it, and the caret.
import { points, slicePoints } from "./model.js";

const HELD = "\u200b"; // gives the caret a place beside a replacement where there is no letter
const bare = (text) => text.replaceAll(HELD, "");
const isChip = (node) => node.nodeType === Node.ELEMENT_NODE && node.classList.contains("hides");

/** A line's texts by the model, and the replacements between them with how many characters each stands for. */
export function partsOf(line) {
  const parts = { texts: [""], chips: [] };
  for (const piece of line.t) {
    if (typeof piece === "string" || !piece.h) parts.texts[parts.texts.length - 1] += typeof piece === "string" ? piece : piece.t;
    else { parts.chips.push({ id: piece.m, n: piece.n }); parts.texts.push(""); }
  }
  return parts;
}

/** The same as the document has it: what a way of typing that cannot be held up has made of it, too. */
export function read(element) {
  const parts = { texts: [""], chips: [] };
  for (const node of element.childNodes) {
    if (isChip(node)) { parts.chips.push(node.dataset.mark); parts.texts.push(""); }
    else parts.texts[parts.texts.length - 1] += bare(node.textContent);
  }
  return parts;
}

/** Replacements cannot be typed into, and a caret has a place on either side of each. */
export function prepare(element) {
  for (const chip of element.querySelectorAll(".chip.hides")) chip.contentEditable = "false";
  const gaps = nodesOf(element);
  gaps.forEach(({ nodes, next }) => { if (!nodes.length) element.insertBefore(document.createTextNode(HELD), next); });
}

function nodesOf(element) {
  const gaps = [{ nodes: [], next: null }];
  for (const node of element.childNodes) {
    if (isChip(node)) { gaps.at(-1).next = node; gaps.push({ nodes: [], next: null }); }
    else gaps.at(-1).nodes.push(node);
  }
  return gaps;
}

/** Writes the texts that changed. */
export function write(element, texts, old) {
  nodesOf(element).forEach(({ nodes, next }, gap) => {
    if (texts[gap] === old[gap] && nodes.length) return;
    for (const node of nodes) node.remove();
    element.insertBefore(document.createTextNode(texts[gap] || HELD), next);
  });
}

/** The place of a point of the document. */
function placeOf(element, node, offset) {
  let [gap, at] = [0, 0];
  for (const [n, child] of [...element.childNodes].entries()) {
    if (node === element && offset === n) return { gap, at };
    const inside = child.contains(node);
    if (isChip(child)) {
      if (inside && !offset) return { gap, at };
      [gap, at] = [gap + 1, 0];
      if (inside) return { gap, at };
    } else {
      const text = bare(child.textContent);
      if (inside) return { gap, at: at + (node.nodeType === Node.TEXT_NODE ? bare(node.data.slice(0, offset)).length : offset ? text.length : 0) };
      at += text.length;
    }
  }
  return { gap, at };
}

/** Where the selection begins and ends, and which of its ends moves; null when it is elsewhere. */
export function selection(element) {
  const chosen = getSelection();
  if (!chosen.rangeCount || !element.contains(chosen.anchorNode) || !element.contains(chosen.focusNode)) return null;
  const [anchor, focus] = [placeOf(element, chosen.anchorNode, chosen.anchorOffset), placeOf(element, chosen.focusNode, chosen.focusOffset)];
  const turned = anchor.gap > focus.gap || (anchor.gap === focus.gap && anchor.at > focus.at);
  return { from: turned ? focus : anchor, to: turned ? anchor : focus, focus };
}

function pointOf(element, place) {
  let left = place.at;
  const nodes = nodesOf(element)[place.gap]?.nodes ?? [];
  for (const node of nodes) {
    const inner = node.nodeType === Node.TEXT_NODE ? node : node.firstChild;
    const length = bare(inner.data).length;
    if (left <= length) return [inner, inner.data.startsWith(HELD) ? left + 1 : left];
    left -= length;
  }
  const last = nodes.at(-1);
  return last ? [last.nodeType === Node.TEXT_NODE ? last : last.firstChild, last.textContent.length] : [element, element.childNodes.length];
}

export function select(element, from, to = from) {
  getSelection().setBaseAndExtent(...pointOf(element, from), ...pointOf(element, to));
}

/** The character of the line (as the server counts) at a place of its texts; chips are { n }. */
export function charAt(texts, chips, place) {
  let char = 0;
  for (let gap = 0; gap < place.gap; gap++) char += points(texts[gap]) + chips[gap].n;
  return char + points(texts[place.gap].slice(0, place.at));
}

/** The place of a character; one that a replacement hides is behind it. */
export function placeAt(texts, chips, char) {
  let left = Math.max(0, char);
  for (let gap = 0; gap < texts.length; gap++) {
    const length = points(texts[gap]);
    const last = gap === texts.length - 1;
    if (left <= length || last) return { gap, at: slicePoints(texts[gap], 0, Math.min(left, length)).length };
    left -= length + chips[gap].n;
    if (left <= 0) return { gap: gap + 1, at: 0 };
  }
  return { gap: 0, at: 0 };
}
