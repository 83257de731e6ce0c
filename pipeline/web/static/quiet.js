// What protects the screen: blanking on demand, and the end of the session after idle time.
import { byId, make, say } from "./dom.js";
import { post } from "./api.js";
import { t } from "./text.js";

const idle = Number(document.body.dataset.idle) * 1000;
const REPORT_EVERY = 30000;
const WARN = 60000; // before the end, time enough to press a key
let warned = false;
let last = Date.now();
let reported = Date.now();
let ended = false;

export const blanked = () => !byId("curtain").hidden;

export function blank(on = !blanked()) {
  byId("curtain").hidden = !on;
  for (const child of document.body.children) if (child.id !== "curtain") child.inert = on;
  document.title = on ? "session-deid" : title;
  document.dispatchEvent(new CustomEvent("blanked", { detail: on }));
  if (on) byId("unblank").focus();
}
const title = document.title;

export function alive() {
  last = Date.now();
  if (last - reported < REPORT_EVERY || ended) return;
  reported = last;
  post("/api/active", {}).catch(() => undefined);
}

export function endPage(why) {
  if (ended) return;
  ended = true;
  document.dispatchEvent(new Event("page-ends"));
  if (document.body.dataset.mode === "open") { location.assign("/"); return; } // the study is locked, and opens there again
  document.title = "session-deid";
  document.body.className = "plain";
  document.body.replaceChildren(make("main", { class: "sheet" },
    make("h1", { tabindex: "-1" }, t("session.over")),
    make("p", {}, why),
    make("p", {}, t("session.again")),
    make("p", { class: "quiet" }, t("session.kept"))));
}

export function guardScreen() {
  for (const event of ["pointerdown", "keydown", "wheel"]) addEventListener(event, alive, { passive: true, capture: true });
  byId("blank-now").addEventListener("click", () => blank(true));
  byId("unblank").addEventListener("click", () => blank(false));
  document.addEventListener("session-ended", () => endPage(t("session.elsewhere")));
  setInterval(() => {
    const left = idle - (Date.now() - last);
    if (left > WARN) warned = false;
    else if (!warned && idle > 2 * WARN) { warned = true; say(t("session.soon"), "bad", WARN); }
    if (left < 0) {
      const over = document.body.dataset.mode === "open" ? "/api/lock" : "/api/end";
      post(over, {}).catch(() => undefined).finally(() => endPage(t("session.idle")));
    }
  }, 1000);
}
