// The locked study: the passphrase typed here opens it; or its key file, or the system's keyring.
import { make } from "./dom.js";
import { get, post } from "./api.js";
import { beginPage, button, failed, main, title } from "./frame.js";
import { t } from "./text.js";

async function unlock(body, problem, wrong = "unlock.wrong") {
  problem.textContent = "";
  try {
    await post("/api/unlock", body);
    location.reload();
  } catch (error) {
    problem.textContent = error.status === 403 ? t(wrong) : error.message;
    document.getElementById("passphrase")?.select();
  }
}

/** A forgotten passphrase: the printed sheet opens the study too. */
function byRecovery(problem) {
  const field = make("textarea", { id: "recovery-text", rows: "3", autocomplete: "off", spellcheck: "false" });
  const form = make("form", { class: "stack" }, make("label", { class: "field" }, make("span", {}, t("unlock.sheet")), field), make("button", { type: "submit" }, t("unlock.open")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    unlock({ way: "recovery", passphrase: field.value }, problem, "unlock.wrong-sheet");
  });
  return make("details", {}, make("summary", {}, t("unlock.recovery")), form);
}

function byPassphrase(problem) {
  const field = make("input", { type: "password", id: "passphrase", autocomplete: "off", required: true });
  const form = make("form", { class: "stack" },
    make("label", { class: "field" }, make("span", {}, t("unlock.passphrase")), field),
    make("button", { class: "main", type: "submit" }, t("unlock.open")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const go = form.querySelector("button");
    go.disabled = true;
    await unlock({ way: "passphrase", passphrase: field.value }, problem);
    field.value = "";
    go.disabled = false;
    field.focus();
  });
  return form;
}

async function begin() {
  beginPage();
  const { ways, name, folder } = await get("/api/ways", true);
  const problem = make("p", { class: "problem", role: "alert" });
  const others = ways.filter((way) => way !== "passphrase" && way !== "recovery").map((way) =>
    button(t(`unlock.${way}`), () => unlock({ way }, problem), { kind: ways[0] === way ? "main" : "" }));
  main.replaceChildren(make("section", { class: "panel narrow" },
    title(name, t("unlock.about")),
    ways.includes("passphrase") && byPassphrase(problem),
    make("div", { class: "acts" }, ...others),
    ways.includes("recovery") && byRecovery(problem),
    !ways.length && make("p", {}, t("unlock.none")),
    problem,
    make("p", { class: "quiet small" }, folder, " ", make("a", { href: "/setup" }, t("unlock.other")))));
  (document.getElementById("passphrase") ?? main.querySelector("button"))?.focus();
  document.body.dataset.ready = "yes";
}

begin().catch(failed);
