// The card: the question or replacement at hand, with its sentence, why it is asked, and what can be done.
import { byId, clock, make } from "./dom.js";
import { around, beginning } from "./context.js";
import { heard, model } from "./model.js";
import { accept, act, addToRoster, asked, changeClass, changeLabel, hearTarget, nextQuestion, reject, sameAs, target, targetMark, targetVoice } from "./questions.js";
import { placesList, tickedOf } from "./places.js";
import { riskWord } from "./queue.js";
import { t } from "./text.js";
import { chipOf, rowOf, show } from "./transcript.js";

const AROUND = 150;
const VOICE_WORDS = 220;

const said = (code, ...words) => make("p", { class: "sentence" }, make("span", { class: `code p${model.colour(code)}` }, code), " ", make("bdi", {}, ...words));

function markSentence({ line, piece, start, end }) {
  const [before, after] = around(line, start, end, AROUND, AROUND);
  const chip = make("span", { class: `chip ${piece.h ? "hides" : "shows"} ${piece.q ? "open" : piece.v || "made"}`, data: { mark: piece.m } }, piece.t);
  return said(line.p, before, chip, after);
}

function head(question, kind) {
  const [level, words] = question ? riskWord(question.risk) : ["none", ""];
  const at = question ? t("card.question", { at: model.questions.indexOf(question) + 1, of: model.progress.open }) : t("card.replacement");
  return make("div", { class: "card-head" }, make("h2", {}, at), question ? make("span", { class: `risk ${level}` }, words) : null, make("span", { class: "kind" }, kind));
}

const hear = () => make("button", { type: "button", onclick: hearTarget }, t("card.hear"), " ", make("kbd", {}, "P"));
const hold = () => make("button", { type: "button", class: "hold" }, t("review.hold"), " ", make("kbd", {}, "O"));
const findLine = (id) => make("button", { type: "button", class: "find-line", onclick: () => show(id) }, t("card.find"));

function standing(piece) {
  if (piece.q) return "";
  return t({ accepted: "card.accepted", rejected: "card.rejected" }[piece.v] ?? "card.unasked");
}

/** What was heard where only a hint explains a name: told like the words under a replacement, while they are asked for. */
function withoutHints(piece) {
  if (piece.w === "nothing") return make("p", { class: "quiet small" }, t("card.heard-nothing"));
  return make("p", { class: "quiet small" }, t("card.heard"), " ", make("span", { class: "chip hides made", data: { mark: piece.m, heard: "yes" } }, "…"));
}

function markCard(question, mark) {
  const { piece, line } = mark;
  const chosen = question ? tickedOf(question).length : 1;
  const several = question && question.like.length > 0 && chosen <= question.like.length;
  const all = chosen > 1 ? ` (${chosen})` : "";
  const now = piece.h ? t("card.hidden") : piece.x ? t("card.would", { label: piece.x }) : t("card.open-words");
  return [head(question, piece.c), markSentence(mark),
    make("p", { class: "why" }, question ? question.why : standing(piece), question && question.grounds.length ? ` ${speaksFor(question)}` : ""),
    make("p", { class: "quiet small" }, `${now} ${t("card.found", { at: clock(heard(line, mark.start, mark.end)[0]), finder: piece.f })}`),
    piece.w ? withoutHints(piece) : "",
    piece.e.length ? make("details", { class: "evidence quiet small" }, make("summary", {}, t("card.why")), make("ul", {}, ...piece.e.map((each) => make("li", {}, each)))) : "",
    make("div", { class: "acts" }, act(t("act.redact") + all, "A", accept, "main"), act(t("card.keep") + all, "R", reject), hear(), piece.h || piece.w === "words" ? hold() : ""),
    make("div", { class: "acts more" }, act(t("card.class"), "C", changeClass), act(t("card.label"), "L", changeLabel), act(t("card.same"), "S", sameAs), act(t("card.roster"), "T", addToRoster), findLine(line.id)),
    question ? placesList(question, paintCard) ?? "" : "",
    several ? make("div", { class: "acts more alike" }, act(t("card.redact-all"), "⇧A", () => accept(true)), act(t("card.keep-all"), "⇧R", () => reject(true))) : ""];
}

/** What speaks for it, in plain words: "After “I'm”, in no word list." */
function speaksFor(question) {
  const said = question.grounds.map(({ key, facts }) => t(`ground.${key}`, facts)).join(", ");
  return `${said[0].toUpperCase()}${said.slice(1)}.`;
}

function voiceCard(question) {
  const voice = targetVoice();
  const line = model.lines.get(question.line);
  return [head(question, t("card.voice")),
    said(voice.code, line ? beginning(line, VOICE_WORDS) : t("card.silent")),
    make("p", { class: "why" }, make("strong", {}, t("card.is-this", { code: voice.code })), " ", question.why),
    make("div", { class: "acts" }, act(t("card.yes", { code: voice.code }), "A", accept, "main"), act(t("card.else"), "R", reject), hear(), line ? findLine(line.id) : "")];
}

function emptyCard() {
  const { open } = model.progress;
  if (open) {
    return [make("h2", {}, t("card.open", { n: open })), make("p", { class: "quiet" }, t("card.riskiest")),
      make("div", { class: "acts" }, act(t("card.first"), "N", nextQuestion, "main"))];
  }
  return [make("h2", {}, t("card.none")),
    make("p", { class: "quiet" }, t("card.then"))];
}

export function paintCard() {
  const card = byId("card");
  const question = asked();
  const mark = targetMark();
  const had = card.contains(document.activeElement);
  if (target.about === "voice" && question) card.replaceChildren(...voiceCard(question));
  else if (mark) card.replaceChildren(...markCard(question, mark));
  else card.replaceChildren(...emptyCard());
  if (had) card.querySelector("button:not(:disabled)")?.focus({ preventScroll: true });
}

/** The replacement at hand is framed in the transcript, and its line lit. */
function frame() {
  for (const old of document.querySelectorAll(".line.asked")) old.classList.remove("asked");
  rowOf(targetMark()?.line.id ?? asked()?.line)?.classList.add("asked");
  for (const old of document.querySelectorAll(".chip.aimed")) old.classList.remove("aimed");
  if (target.about === "mark" && target.id) chipOf(target.id)?.classList.add("aimed");
}

document.addEventListener("aimed", () => { byId("card").parentElement.scrollTop = 0; paintCard(); frame(); });
document.addEventListener("painted", frame);
