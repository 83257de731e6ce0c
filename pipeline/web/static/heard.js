// How well a recording was heard, in figures: how faint, how much at once, how loud, how much noise.
import { wholePercent } from "./dom.js";
import { t } from "./text.js";

export function figures(well) {
  return [t("heard.faint", { percent: wholePercent(well.faint_share) }), t("heard.overlap", { percent: wholePercent(well.overlap_share) }),
    well.level_dbfs !== null && t("heard.level", { level: Math.round(well.level_dbfs) }),
    well.noise_db !== null && t("heard.noise", { db: Math.round(well.noise_db) })].filter(Boolean).join(", ");
}
