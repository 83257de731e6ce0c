// The review page of one recording: opens it, keeps the right to decide, connects the parts.
import { byId, make, say, wholePercent } from "./dom.js";
import { get, got, holder, inTurn, post } from "./api.js";
import { asked } from "./early.js";
import { model } from "./model.js";
import { address, noteRead, sendRead } from "./decide.js";
import { rangeOf } from "./spots.js";
import { marked, paintAll, paintLines, paintOrder, setCursor, showRead } from "./transcript.js";
import { listenForClicks } from "./clicks.js";
import { listenForTyping } from "./editing.js";
import { paintStill } from "./composing.js";
import { calmly } from "./typing.js";
import { listenForTyped } from "./looking.js";
import { aim, nextQuestion } from "./questions.js";
import { paintCard } from "./card.js";
import { paintQueue } from "./queue.js";
import { paintPicture } from "./picture.js";
import { paintHeard, paintUnknown } from "./heard-badly.js";
import { notesDialog, paintNotes } from "./notes.js";
import { openSound, pause, playFrom, toggleLoop } from "./player.js";
import { closeDialog } from "./dialog.js";
import { verifyDialog } from "./verify.js";
import { correctPlace, hearPlace, help, listen, markPlace, movePlace, redo, undo } from "./keys.js";
import { goFaint, goUnread, readOn } from "./reading.js";
import { reopenDialog } from "./reopen.js";
import { guardScreen } from "./quiet.js";
import { t } from "./text.js";

const PULSE = 10000;
let drawing = 0;

function counts() {
  const p = model.progress;
  byId("counts").replaceChildren(
    meter(t("review.decided"), p.decided, p.questions, t("review.of", { decided: p.decided, n: p.questions })),
    meter(t("review.read-words"), p.coverage, 1, t("review.percent", { percent: wholePercent(p.coverage) })));
  byId("reading").textContent = p.coverage >= 1 ? t("review.all-read") : t("review.so-far", { percent: wholePercent(p.coverage) });
  paintHeard();
  paintUnknown();
  paintNotes();
  byId("undo").disabled = !model.canUndo || !model.can;
  byId("redo").disabled = !model.canRedo || !model.can;
  byId("verify").disabled = !model.can;
}

function meter(label, value, most, words) {
  const bar = make("progress", { "aria-label": label, value, max: most || 1 });
  return make("span", { class: "meter" }, bar, make("span", { class: "number" }, words));
}

/** The picture follows a moment later: the line that was decided on shows first. */
function drawSoon() {
  clearTimeout(drawing);
  drawing = setTimeout(() => { paintPicture(); }, 50);
}

const paintChange = ({ detail }) => paintStill(() => paintParts(detail));

function paintParts(detail) {
  if (detail.repaint) paintAll();
  else { if (detail.reordered) paintOrder(); paintLines(detail.lines); }
  paintQueue();
  paintCard();
  counts();
  byId("state").textContent = t("state.in review");
  drawSoon();
  document.dispatchEvent(new Event("painted"));
}

async function load() {
  paintFirst(await get(address()));
}

function paintFirst(review) {
  model.begin(review);
  paintStill(() => {
    paintAll();
    counts();
    paintQueue();
    drawSoon();
  });
}

/** Renews the right to decide, and takes in what somebody else decided. In turn, so that our own decisions are in. */
const pulse = () => inTurn(async () => {
  const beat = await post(address("/pulse"), { holder }, { passive: true })
    .catch((error) => ({ can: false, because: error.message, number: null }));
  const ready = Boolean(document.body.dataset.ready);
  const stale = ready && beat.number !== null && beat.number !== model.event;
  const changed = ready && beat.can !== model.can;
  if (stale) await load().catch((error) => say(error.message, "bad")); // before it may decide
  model.can = beat.can;
  byId("banner").hidden = beat.can;
  byId("banner").textContent = beat.can ? "" : `${beat.because[0].toUpperCase()}${beat.because.slice(1).replace(/\.$/, "")}.`;
  document.body.classList.toggle("reading", !beat.can);
  if (changed) counts();
  if (changed || stale) paintCard();
  return beat;
});

function selectionBar() {
  const bar = byId("selection-bar");
  const put = () => {
    const range = marked && rangeOf(marked.line, marked.start, marked.end);
    const box = range?.getBoundingClientRect();
    bar.hidden = !box || box.bottom < 0 || box.top > innerHeight;
    if (bar.hidden) return;
    bar.style.left = `${Math.max(8, Math.min(innerWidth - bar.offsetWidth - 8, box.left))}px`;
    const covered = Math.max(0, document.querySelector(".top").getBoundingClientRect().bottom);
    const above = box.top - bar.offsetHeight - 8;
    bar.style.top = `${above > covered ? above : box.bottom + 8}px`;
  };
  document.addEventListener("marked", put);
  addEventListener("scroll", () => { if (marked) requestAnimationFrame(put); }, { passive: true });
  const acts = { mark: markPlace, correct: correctPlace, move: movePlace, hear: hearPlace };
  bar.addEventListener("mousedown", (event) => event.preventDefault());
  bar.addEventListener("click", (event) => acts[event.target.closest("[data-act]")?.dataset.act]?.());
}

/** How much the head of the page covers, for everything that must stay clear of it. */
function measureTop() {
  const top = document.querySelector(".top");
  const note = () => document.documentElement.style.setProperty("--top", `${top.offsetHeight}px`);
  new ResizeObserver(note).observe(top);
}

function buttons() {
  const tasks = { undo, redo, help, verify: verifyDialog, "go-unread": goUnread, notes: notesDialog, "read-on": readOn, "go-faint": goFaint, loop: () => toggleLoop() };
  for (const [id, task] of Object.entries(tasks)) byId(id).addEventListener("click", () => task());
  byId("reopen")?.addEventListener("click", reopenDialog);
}

function leave() {
  sendRead();
  if (model.can) post(address("/leave"), { holder }, { keepalive: true }).catch(() => undefined);
}

/** To the next question; or, where reading or writing was broken off, to the line it was at. */
function goOn() {
  const first = model.questions[0];
  if (!model.leftOff) { if (first) nextQuestion(); else paintCard(); return; }
  if (first) aim(first.id, first.about, { go: false }); else paintCard();
  setCursor(model.leftOff, 0, { focus: false });
  say(t("notes.left-off"));
}

async function begin() {
  guardScreen();
  listen();
  listenForClicks();
  listenForTyping(byId("lines"));
  listenForTyped(calmly);
  buttons();
  selectionBar();
  measureTop();
  model.addEventListener("changed", paintChange);
  document.addEventListener("line-heard", (event) => { noteRead([event.detail]); showRead(); });
  document.addEventListener("refused", pulse);
  document.addEventListener("verified", () => { pause(); location.reload(); });
  document.addEventListener("page-ends", closeDialog);
  addEventListener("pagehide", leave);
  try {
    const [review, beat] = await Promise.all([got(asked), pulse()]);
    const behind = beat.number !== null && beat.number !== review.event; // somebody decided since it was asked for
    paintFirst(behind ? await get(address()) : review);
  } catch (error) {
    byId("opening").textContent = error.message;
    return;
  }
  openSound(document.body.dataset.recording);
  setInterval(pulse, PULSE);
  setCursor(model.order[0], 0, { focus: false, scroll: false });
  goOn();
  requestAnimationFrame(() => setTimeout(() => performance.mark("first-view"))); // once it is on the screen
  document.body.dataset.ready = "yes";
}

begin();
