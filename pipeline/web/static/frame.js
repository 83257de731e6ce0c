// What the pages around the review share: the guarded screen, the lock, a sign of life, headings, buttons, questions.
import { byId, make, say } from "./dom.js";
import { post } from "./api.js";
import { blank, blanked, endPage, guardScreen } from "./quiet.js";
import { closeDialog, dialogOpen, focusTitle, open, settle, whenDone } from "./dialog.js";
import { focusAgain, focusIn } from "./focus.js";
import { t } from "./text.js";

const BEAT = 30000;
export const main = byId("main");

export function beginPage() {
  guardScreen();
  byId("end")?.addEventListener("click", lock);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.("input, select, textarea") || dialogOpen()) return;
    if (event.key.toLowerCase() === "h") { event.preventDefault(); blank(!blanked()); }
  });
  setInterval(() => post("/api/active", {}, { passive: true }).catch(() => undefined), BEAT);
}

export async function lock() {
  if (document.body.dataset.mode === "open") {
    try { await post("/api/lock", {}); location.assign("/"); } catch (error) { say(error.message, "bad"); }
    return;
  }
  await post("/api/end", {}).catch(() => undefined);
  endPage(t("session.ended"));
}

/** A button that is out of action while its work goes on, and says what went wrong. */
export function button(label, work, { kind = "", describe = null, id = undefined, data = {} } = {}) {
  const made = make("button", { type: "button", class: kind, "aria-description": describe, id, data }, label);
  made.addEventListener("click", async () => {
    const was = focusIn(main);
    made.disabled = true;
    try { await work(made); } catch (error) { say(error.message, "bad"); } finally { made.disabled = false; }
    if (document.activeElement === document.body) focusAgain(was, main); // a button out of action loses the focus
  });
  return made;
}

/** Shows what a page could not do, in its place. */
export function failed(error) {
  main.replaceChildren(make("p", { class: "problem", role: "alert" }, error.message));
}

export const title = (text, about) => make("div", { class: "head" }, make("h1", {}, text), about && make("p", { class: "quiet" }, about));

/** Asks with what follows spelled out; the button works once the tick is set. Gives true, or null. */
export function confirm(heading, body, { accept, go, kind = "main" }) {
  return new Promise((done) => {
    const tick = make("input", { type: "checkbox", id: "accept" });
    const yes = make("button", { type: "button", class: kind, id: "confirm", disabled: Boolean(accept) }, go);
    yes.addEventListener("click", () => settle(true));
    tick.addEventListener("change", () => { yes.disabled = !tick.checked; });
    whenDone(done);
    open(heading, [...body, accept && make("label", { class: "accept" }, tick, make("span", {}, accept))],
      [make("button", { type: "button", onclick: closeDialog }, t("frame.cancel")), yes]);
    if (accept) focusTitle(); else yes.focus();
  });
}
