// The picture's controls: nearer, farther, the whole, moved by wheel; folded and opened; who is drawn in which row.
import { byId, make, percent } from "./dom.js";
import { mergeSpeakers } from "./choose.js";
import { lanes, manyVoices, picture } from "./lanes.js";
import { model } from "./model.js";
import { player } from "./player.js";
import { roleWord, t } from "./text.js";
import { drawTimeline, timeAt } from "./timeline.js";
import { isWhole, moveBy, shownLength, showWhole, zoomBy } from "./zoom.js";

const canvas = byId("timeline");

function person(each) {
  return make("li", { class: `p${each.colour}` },
    make("button", { type: "button", class: "code", title: t("timeline.merge", { code: each.code }), "aria-label": t("timeline.merge-label", { code: each.code }), onclick: () => mergeSpeakers(each.code) }, each.code),
    make("span", { class: "share number" }, percent(each.share)),
    each.role ? make("span", { class: "quiet role" }, roleWord(each)) : null);
}

export function listPeople() {
  const rows = lanes().map((row) => (row.person ? person(row.person)
    : make("li", { class: "quiet" }, make("span", { class: "role", title: row.codes.join(", ") }, t("timeline.others", { n: row.codes.length })))));
  const strips = ["read", "faint", "open"].map((name) => make("li", { class: `quiet strip ${name}` }, t(`timeline.strip.${name}`)));
  byId("people").replaceChildren(...rows, ...strips);
  byId("picture-fold").setAttribute("aria-expanded", String(!picture.folded));
  byId("picture-all").hidden = picture.folded || !manyVoices();
  byId("picture-all").setAttribute("aria-expanded", String(picture.opened));
}

export function paintPicture() {
  listPeople();
  drawTimeline();
  byId("picture-whole").disabled = isWhole();
}

const tasks = {
  "picture-nearer": () => zoomBy(0.5, player.position),
  "picture-farther": () => zoomBy(2, player.position),
  "picture-whole": showWhole,
  "picture-fold": () => { picture.folded = !picture.folded; },
  "picture-all": () => { picture.opened = !picture.opened; },
};
for (const [id, task] of Object.entries(tasks)) byId(id).addEventListener("click", () => { task(); paintPicture(); });

canvas.addEventListener("wheel", (event) => {
  const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
  if (!event.ctrlKey && (!sideways || isWhole())) return; // the page scrolls
  event.preventDefault();
  if (event.ctrlKey) zoomBy(event.deltaY < 0 ? 0.7 : 1 / 0.7, timeAt(event));
  else moveBy(((event.deltaX || event.deltaY) / canvas.clientWidth) * shownLength());
  paintPicture();
}, { passive: false });
canvas.addEventListener("keydown", (event) => {
  const keys = { "+": "picture-nearer", "-": "picture-farther", 0: "picture-whole" };
  if (!(event.key in keys) || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  tasks[keys[event.key]]();
  paintPicture();
});
new ResizeObserver(() => { if (model.order.length) paintPicture(); }).observe(canvas.parentElement);
document.addEventListener("view-moved", drawTimeline);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawTimeline);
