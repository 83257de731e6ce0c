// The one dialog of the page: opened with a title, a body and buttons; gives a value, or null when it is closed.
import { byId, make } from "./dom.js";
import { t } from "./text.js";

const dialog = byId("dialog");
let finish = () => undefined;
let from = null;
let onEnter = null;

/** Fills and shows it; `enter` is what Enter does outside of a button. */
export function open(title, body, buttons, { enter = null } = {}) {
  from ??= document.activeElement;
  onEnter = enter;
  dialog.replaceChildren(
    make("div", { class: "dialog-head" }, make("h2", { id: "dialog-title", tabindex: "-1" }, title),
      make("button", { type: "button", class: "plain", "aria-label": t("dialog.close"), onclick: () => dialog.close() }, "✕")),
    ...body.filter(Boolean), make("div", { class: "dialog-foot" }, ...buttons));
  dialog.setAttribute("aria-labelledby", "dialog-title");
  if (!dialog.open) dialog.showModal();
}

/** Calls a function with what the dialog is settled with, or with null. */
export const whenDone = (done) => { finish = done; };

function end(value) {
  const done = finish;
  finish = () => undefined;
  onEnter = null;
  dialog.replaceChildren();
  if (from?.isConnected) from.focus({ preventScroll: true });
  from = null;
  done(value);
}

export function settle(value) {
  const done = finish;
  finish = () => done(value);
  dialog.close();
}

dialog.addEventListener("close", () => end(null));
dialog.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !onEnter || event.target.matches("button")) return;
  event.preventDefault();
  onEnter();
});

export const dialogOpen = () => dialog.open;
export const closeDialog = () => { if (dialog.open) dialog.close(); };
export const focusTitle = () => byId("dialog-title").focus();
