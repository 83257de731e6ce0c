// The end of a study: what is left to do, and then closing it.
import { make, say } from "./dom.js";
import { get, post } from "./api.js";
import { beginPage, button, confirm, failed, main, title } from "./frame.js";
import { t } from "./text.js";

async function close(state, withPeople) {
  const what = withPeople ? state.held : state.held.filter((each) => each === "voices");
  const yes = await confirm(t(withPeople ? "ending.close-people" : "ending.close-voices"), [make("p", {}, t("destroy.goes")), make("ul", {}, ...what.map((each) => make("li", {}, t(`held.${each}`))))],
    { accept: t("destroy.accept"), go: t("ending.go") });
  if (!yes) return;
  await post("/api/ending", { accepted: true, roster: withPeople });
  say(t("ending.done"));
  await refresh();
}

async function refresh() {
  const state = await get("/api/ending");
  const steps = [
    ...state.left.map((each) => make("li", {}, make("strong", {}, each.name), ` ${t(`state.${each.state}`)}`)),
    ...state.not_given.map((each) => make("li", {}, make("strong", {}, each.name), ` ${t("ending.not-given")}`)),
  ];
  main.replaceChildren(...[
    title(t("page.ending"), t("ending.about")),
    make("section", { class: "panel", "aria-labelledby": "left-title" }, make("h2", { id: "left-title" }, t("ending.left")),
      steps.length ? make("ul", {}, ...steps) : make("p", { class: "good" }, t("ending.nothing-left")),
      make("div", { class: "acts" }, make("a", { class: "button", href: "/" }, t("page.week")), make("a", { class: "button", href: "/out" }, t("out.package")))),
    state.closed && make("p", { class: "panel good", role: "status" }, t("ending.closed")),
    !state.closed && make("section", { class: "panel", "aria-labelledby": "close-title" }, make("h2", { id: "close-title" }, t("ending.close")),
      make("p", { class: "quiet" }, t(state.left.length ? "ending.not-yet" : "ending.close-about")),
      !state.left.length && make("div", { class: "acts" },
        state.held.includes("voices") && button(t("ending.close-voices"), () => close(state, false)),
        state.held.length > 0 && button(t("ending.close-people"), () => close(state, true)))),
  ].filter(Boolean));
}

async function begin() {
  beginPage();
  await refresh();
  document.body.dataset.ready = "yes";
}

begin().catch(failed);
