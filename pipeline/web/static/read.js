// An approved transcript to read and print.
import { clock, make, wholePercent } from "./dom.js";
import { get } from "./api.js";
import { amendPanel, correctionsPanel } from "./amend.js";
import { beginPage, failed, main, title } from "./frame.js";
import { sayReading } from "./how-read.js";
import { dateFormat, t } from "./text.js";

async function begin() {
  beginPage();
  const id = location.pathname.split("/").at(-1);
  const { name, state, approvals, lines, digest } = await get(`/api/recordings/${encodeURIComponent(id)}/transcript`);
  const who = approvals.map((each) => make("p", { class: "small" }, t("read.by", { name: each.name, date: dateFormat.format(new Date(each.at)), percent: wholePercent(each.coverage) }), " ", make("span", { class: "quiet" }, sayReading(each.how))));
  const spoken = lines.map((line) => make("span", {}, line.t));
  const panels = [await amendPanel(lines, spoken), await correctionsPanel()].filter(Boolean);
  main.replaceChildren(title(name, t(`state.${state}`)),
    make("div", { class: "acts" }, make("button", { type: "button", onclick: () => print() }, t("read.print")), make("a", { class: "button", href: `/out?recording=${encodeURIComponent(id)}` }, t("act.export"))),
    ...who,
    make("div", { class: "panel script", role: "list", "aria-label": t("read.lines") },
      ...lines.map((line, n) => make("p", { role: "listitem", class: "said-line" }, make("strong", {}, line.p), make("span", { class: "quiet small number" }, `${n + 1} · ${clock(line.s)}`), spoken[n]))),
    ...panels,
    make("p", { class: "quiet small digest" }, t("read.digest"), " ", make("code", {}, digest)));
  document.body.dataset.ready = "yes";
}

begin().catch(failed);
