// An approved transcript to read and print.
import { clock, make, wholePercent } from "./dom.js";
import { get } from "./api.js";
import { beginPage, failed, main, title } from "./frame.js";
import { sayReading } from "./how-read.js";
import { dateFormat, t } from "./text.js";

async function begin() {
  beginPage();
  const id = location.pathname.split("/").at(-1);
  const { name, state, approvals, lines, digest } = await get(`/api/recordings/${encodeURIComponent(id)}/transcript`);
  const who = approvals.map((each) => make("p", { class: "small" }, t("read.by", { name: each.name, date: dateFormat.format(new Date(each.at)), percent: wholePercent(each.coverage) }), " ", make("span", { class: "quiet" }, sayReading(each.how))));
  main.replaceChildren(title(name, t(`state.${state}`)),
    make("div", { class: "acts" }, make("button", { type: "button", onclick: () => print() }, t("read.print")), make("a", { class: "button", href: `/out?recording=${encodeURIComponent(id)}` }, t("act.export"))),
    ...who,
    make("div", { class: "panel script", role: "list", "aria-label": t("read.lines") },
      ...lines.map((line) => make("p", { role: "listitem", class: "said-line" }, make("strong", {}, line.p), make("span", { class: "quiet small number" }, clock(line.s)), make("span", {}, line.t)))),
    make("p", { class: "quiet small digest" }, t("read.digest"), " ", make("code", {}, digest)));
  document.body.dataset.ready = "yes";
}

begin().catch(failed);
