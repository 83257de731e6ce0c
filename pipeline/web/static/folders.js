// Choosing a folder among those the server shows; the page itself knows no path.
import { byId, make, say } from "./dom.js";
import { get } from "./api.js";
import { closeDialog, open, settle, whenDone } from "./dialog.js";
import { t } from "./text.js";

/** Gives the folder chosen ({id, here}), or null. With `study` only a folder that is a study can be chosen. */
export function chooseFolder(heading, { study = false } = {}) {
  return new Promise((done) => {
    const trail = [];
    const list = make("ul", { class: "options folders" });
    const here = make("p", { class: "quiet", id: "here" });
    const choose = make("button", { type: "button", class: "main", id: "choose", onclick: () => settle(trail.at(-1)) }, t("folders.choose"));
    async function show(shown) {
      here.textContent = shown.here || t("folders.roots");
      choose.disabled = !shown.here || (study && !shown.study);
      const up = trail.length ? [make("li", {}, make("button", { type: "button", class: "plain", onclick: back }, t("folders.up")))] : [];
      list.replaceChildren(...up, ...shown.folders.map((each) => make("li", {}, make("button", { type: "button", class: "plain", onclick: () => enter(each.id) }, each.name, each.study && make("span", { class: "quiet small" }, ` ${t("folders.study")}`)))));
      list.querySelector("button")?.focus();
    }
    async function enter(id) {
      try {
        const shown = await get(`/api/folders/${encodeURIComponent(id)}`);
        trail.push({ id, here: shown.here });
        await show(shown);
      } catch (error) { say(error.message, "bad"); }
    }
    async function back() {
      trail.pop();
      const last = trail.pop();
      if (last) await enter(last.id); else await show(await get("/api/folders"));
    }
    whenDone(done);
    open(heading, [here, list], [make("button", { type: "button", onclick: closeDialog }, t("frame.cancel")), choose]);
    get("/api/folders").then(show).catch((error) => say(error.message, "bad"));
  });
}
