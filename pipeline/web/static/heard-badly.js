// A recording that was heard badly says so on top and asks to be listened through; and what no question can know.
import { byId, make, wholePercent } from "./dom.js";
import { figures } from "./heard.js";
import { model } from "./model.js";
import { playFrom } from "./player.js";
import { mayRead } from "./reading-time.js";
import { t } from "./text.js";
import { setCursor } from "./transcript.js";

const share = (part, all) => (all ? part / all : 1);

function listenOn() {
  const next = model.order.find(mayRead) ?? model.order[0];
  if (!next) return;
  byId("follow").checked = true;
  setCursor(next, 0);
  playFrom(model.lines.get(next).s);
}

export function paintHeard() {
  const { badly, how } = model.progress;
  const place = byId("heard");
  place.hidden = !badly;
  if (!badly) return;
  place.replaceChildren(make("strong", {}, t("heard.badly")), make("span", {}, figures(badly)),
    make("span", {}, t("heard.so-far", { percent: wholePercent(share(how.by_ear, how.words)) })),
    make("button", { type: "button", onclick: listenOn }, t("heard.listen")));
}

/** What the questions cannot know stands with them. */
export function paintUnknown() {
  let faint = 0;
  for (const line of model.lines.values()) faint += (line.u?.length ?? 0) / 2;
  const unread = 100 - wholePercent(model.progress.coverage);
  byId("unknown").textContent = [t("unknown.about"), faint > 0 && t("unknown.faint", { n: faint }), unread > 0 && t("unknown.unread", { percent: unread })].filter(Boolean).join(" ");
}
