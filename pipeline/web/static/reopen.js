// Taking a verified recording back into review: why, and what was given out of it meanwhile.
import { make, say } from "./dom.js";
import { get, post } from "./api.js";
import { address } from "./decide.js";
import { closeDialog, open } from "./dialog.js";
import { t } from "./text.js";

export async function reopenDialog() {
  const asked = await get(address("/reopening")).catch((error) => say(error.message, "bad"));
  if (!asked) return;
  const reason = make("input", { type: "text", id: "reopen-reason", maxlength: "300", autocomplete: "off" });
  const name = make("input", { type: "text", id: "reopen-name", value: asked.reviewer, autocomplete: "off" });
  const confirm = make("button", { type: "button", class: "main", disabled: true }, t("reopen.go"));
  const ready = () => { confirm.disabled = !reason.value.trim() || !name.value.trim(); };
  reason.addEventListener("input", ready);
  name.addEventListener("input", ready);
  const send = async () => {
    if (confirm.disabled) return;
    confirm.disabled = true;
    try {
      await post(address("/reopening"), { reason: reason.value, reviewer: name.value });
      location.reload();
    } catch (error) { say(error.message, "bad"); ready(); }
  };
  confirm.addEventListener("click", send);
  open(t("reopen.title"), [
    make("p", {}, t("reopen.about")),
    asked.given.length > 0 && make("div", { class: "notice" }, make("p", {}, make("strong", {}, t("reopen.given"))),
      make("ul", {}, ...asked.given.map((each) => make("li", {}, each)))),
    make("label", { class: "fields" }, t("reopen.why"), " ", reason),
    make("p", { class: "quiet" }, t("reopen.name-nobody")),
    make("label", { class: "fields" }, t("ask.name"), " ", name),
  ], [make("button", { type: "button", onclick: closeDialog }, t("frame.cancel")), confirm], { enter: send });
  reason.focus();
}
