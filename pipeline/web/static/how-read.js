// How a transcript was read, in words: by eye and how fast, by ear, only skimmed.
import { lasting, t } from "./text.js";

const rate = (words, seconds) => Math.round((words * 60) / Math.max(seconds, 1));

export function sayReading(how) {
  if (!how) return t("how.unkept");
  const said = [];
  if (how.by_eye) said.push(t("how.eye", { n: how.by_eye, time: lasting(how.seconds), rate: rate(how.by_eye, how.seconds) }));
  if (how.by_ear) said.push(t("how.ear", { n: how.by_ear, time: lasting(how.heard_seconds) }));
  if (how.untimed) said.push(t("how.untimed", { n: how.untimed }));
  if (how.skimmed) said.push(t("how.skimmed", { n: how.skimmed, time: lasting(how.skimmed_seconds), rate: rate(how.skimmed, how.skimmed_seconds) }));
  return said.join("; ") || t("how.none");
}
