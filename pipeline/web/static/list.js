// The list of recordings: progress is measured one recording after another, as each must be unsealed.
import { byId, make, wholePercent } from "./dom.js";
import { get, post } from "./api.js";
import { blank, blanked, endPage, guardScreen } from "./quiet.js";

async function measure() {
  for (const cell of document.querySelectorAll("[data-measure]")) {
    try {
      const p = await get(`/api/recordings/${encodeURIComponent(cell.dataset.measure)}/progress`, true);
      cell.replaceChildren(
        make("span", {}, p.open ? `${p.open} of ${p.questions} questions open` : "no question open"), make("br"),
        make("span", { class: "quiet" }, `${wholePercent(p.coverage)} % read`));
    } catch {
      cell.textContent = "could not be opened";
    }
  }
}

guardScreen();
byId("end").addEventListener("click", async () => { await post("/api/end", {}).catch(() => undefined); endPage("You ended it."); });
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.("input, select, textarea")) return;
  if (event.key.toLowerCase() === "h") { event.preventDefault(); blank(!blanked()); }
});
measure();
