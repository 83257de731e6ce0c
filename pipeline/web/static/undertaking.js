// The undertaking of confidentiality: read and accepted by name before anything is heard.
import { make, say } from "./dom.js";
import { get, post } from "./api.js";
import { beginPage, failed, main, title } from "./frame.js";
import { t } from "./text.js";

async function begin() {
  beginPage();
  const shown = await get("/api/undertaking");
  const name = make("input", { type: "text", id: "undertaking-name", autocomplete: "off", required: true, value: shown.reviewer });
  const tick = make("input", { type: "checkbox", id: "undertaking-accept", required: true });
  const form = make("form", { class: "stack" },
    make("label", { class: "field" }, make("span", {}, t("ask.name")), name),
    make("label", { class: "accept" }, tick, make("span", {}, t("undertaking.accept"))),
    make("div", { class: "acts" }, make("button", { type: "submit", class: "main" }, t("undertaking.go"))));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await post("/api/undertaking", { name: name.value, accepted: tick.checked });
      if (location.pathname === "/undertaking") location.assign("/"); else location.reload();
    } catch (error) { say(error.message, "bad"); }
  });
  main.replaceChildren(title(t("page.undertaking"), t(shown.text ? "undertaking.about" : "undertaking.none")),
    ...[shown.accepted && shown.text && make("p", { class: "good" }, t("undertaking.done", { name: shown.reviewer })),
      shown.text && make("section", { class: "panel", "aria-label": t("page.undertaking") }, ...shown.text.split(/\n\s*\n/).map((part) => make("p", {}, part)), form)].filter(Boolean));
  document.body.dataset.ready = "yes";
}

begin().catch(failed);
