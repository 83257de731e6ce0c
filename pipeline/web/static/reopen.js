// Taking a verified recording back into review: why, and what was given out of it meanwhile.
import { make, say } from "./dom.js";
import { get, post } from "./api.js";
import { address } from "./decide.js";
import { closeDialog, open } from "./dialog.js";

export async function reopenDialog() {
  const asked = await get(address("/reopening")).catch((error) => say(error.message, "bad"));
  if (!asked) return;
  const reason = make("input", { type: "text", id: "reopen-reason", maxlength: "300", autocomplete: "off" });
  const name = make("input", { type: "text", id: "reopen-name", value: asked.reviewer, autocomplete: "off" });
  const confirm = make("button", { type: "button", class: "main", disabled: true }, "Reopen");
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
  open("Reopen this recording", [
    make("p", {}, "It goes back into review. The approval no longer counts, and it has to be verified anew."),
    asked.given.length > 0 && make("div", { class: "notice" }, make("p", {}, make("strong", {}, "Given out already; reopening calls nothing back:")),
      make("ul", {}, ...asked.given.map((each) => make("li", {}, each)))),
    make("label", { class: "fields" }, "Why ", reason),
    make("p", { class: "quiet" }, "The reason stands in the audit chain and in the report: name nobody."),
    make("label", { class: "fields" }, "Your name ", name),
  ], [make("button", { type: "button", onclick: closeDialog }, "Cancel"), confirm], { enter: send });
  reason.focus();
}
