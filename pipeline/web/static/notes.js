// Notes on lines, and questions to another reviewer with their answers.
import { byId, clock, make } from "./dom.js";
import { decide } from "./decide.js";
import { closeDialog, open, settle, whenDone } from "./dialog.js";
import { model } from "./model.js";
import { dateFormat, t } from "./text.js";
import { cursor, setCursor } from "./transcript.js";

const MOST = 2000; // characters, as pipeline/verify/notes.py says

export function paintNotes() {
  const waiting = model.progress.waiting;
  byId("notes").textContent = model.notes.length ? `${t("notes.open")} (${waiting ? `${waiting} ?` : model.notes.length})` : t("notes.open");
}

const said = (each) => make("p", { class: "quiet small" }, `${each.by}, ${dateFormat.format(new Date(each.at))}`);

function written(title, button, send, more = []) {
  const text = make("textarea", { id: "note-text", maxlength: MOST, "aria-label": t("notes.text") });
  const keep = make("button", { type: "button", class: "main", onclick: async () => { if (text.value.trim() && await send(text.value)) closeDialog(); } }, button);
  whenDone(() => undefined);
  open(title, [text, ...more, make("p", { class: "quiet small" }, t("notes.about"))], [keep]);
  text.focus();
}

/** Writes a note on the line at hand. */
export function noteDialog() {
  const line = model.lines.get(cursor.line);
  if (!line) return;
  const asks = make("input", { type: "checkbox", id: "note-asks" });
  written(t("notes.new", { code: line.p, at: clock(line.s) }), t("notes.keep"), (text) => decide({ kind: "note", line: line.id, text, asks: asks.checked }),
    [make("label", { class: "tick" }, asks, make("span", {}, t("notes.ask")))]);
}

function one(note) {
  const line = model.lines.get(note.line);
  return make("li", { class: note.waits ? "waits" : "" },
    make("p", {}, line ? make("strong", {}, `${line.p}, ${clock(line.s)} `) : "", note.text),
    said(note),
    ...note.replies.map((reply) => make("div", { class: "reply" }, make("p", {}, reply.text), said(reply))),
    note.waits ? make("p", { class: "small" }, t("notes.waits")) : "",
    make("div", { class: "acts" },
      line ? make("button", { type: "button", onclick: () => settle(note.line) }, t("notes.go")) : "",
      make("button", { type: "button", disabled: !model.can, onclick: () => written(t("notes.answer"), t("notes.answer"), (text) => decide({ kind: "answer", note: note.number, text }), [make("p", {}, note.text)]) }, t("notes.answer"))));
}

/** All notes, those that wait for an answer first. */
export function notesDialog() {
  const list = [...model.notes].sort((a, b) => Number(b.waits) - Number(a.waits) || a.number - b.number);
  whenDone((line) => { if (line) setCursor(line, 0); });
  open(t("notes.title"), [list.length ? make("ul", { class: "notes", tabindex: "-1" }, ...list.map(one)) : make("p", { class: "quiet" }, t("notes.none")),
    make("p", { class: "quiet small" }, t("notes.about"))], []);
}
