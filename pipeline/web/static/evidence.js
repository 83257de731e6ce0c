// The evidence: is the record whole, who verified what, what is open or due, and what was done last, in words.
import { holdsPanel } from "./holds.js";
import { byId, make, wholePercent } from "./dom.js";
import { get, post } from "./api.js";
import { beginPage, button, failed, main, title } from "./frame.js";
import { sayReading } from "./how-read.js";
import { dateFormat, known, lasting, t, timeFormat } from "./text.js";

const day = (iso) => dateFormat.format(new Date(iso));

async function check() {
  const found = await post("/api/evidence/check", {});
  byId("record").replaceChildren(found.holds
    ? make("p", { class: "good" }, t("evidence.holds", { n: found.entries }), found.clock ? ` ${t("evidence.clock", { n: found.clock })}` : "", found.again ? ` ${t("evidence.again", { n: found.again })}` : "")
    : make("p", { class: "problem" }, t("evidence.broken"), " ", found.why));
}

async function certificates() {
  const { certificates: list } = await post("/api/evidence/certificates", {});
  const rows = list.map((each) => make("li", {}, make("a", { href: `/recordings/${each.recording}/certificate`, target: "_blank", rel: "noopener" }, each.name), " ",
    make("span", { class: each.why ? "problem" : "good" }, each.why || t("evidence.valid"))));
  byId("certificates").replaceChildren(list.length ? make("ul", {}, ...rows) : make("p", { class: "quiet" }, t("evidence.no-certificates")));
}

function reviewed(list) {
  const head = ["recording", "state", "by", "read", "decided", "time", "given"].map((each) => make("th", { scope: "col" }, t(`oversight.${each}`)));
  const rows = list.map((each) => {
    const last = each.approvals.at(-1);
    return make("tr", {}, make("th", { scope: "row" }, each.name), make("td", {}, each.failed ? t("state.failed", { stage: t(`failed.${each.failed}`) }) : t(`state.${each.state}`)),
      make("td", {}, ...each.approvals.map((a) => make("div", {}, `${a.name}, ${day(a.at)}`))),
      make("td", {}, last ? `${wholePercent(last.coverage)} %` : "", last && make("div", { class: "quiet small" }, sayReading(last.how))), make("td", { class: "number" }, last ? String(last.decided) : ""),
      make("td", { class: "number" }, each.seconds ? lasting(each.seconds) : ""), make("td", { class: "number" }, each.given_out || ""));
  });
  return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "oversight-title" }, make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)));
}

function entry(each) {
  const key = `event.${each.event}`;
  const what = known(key) || known(`${key}.other`) ? t(key, { name: each.name, n: each.count, formats: each.formats }) : each.event;
  return make("li", {}, make("span", { class: "quiet number" }, timeFormat.format(new Date(each.at)), ", ", day(each.at)), make("span", {}, make("strong", {}, each.by), ` ${what}`));
}

async function begin() {
  beginPage();
  const e = await get("/api/evidence");
  const risks = e.risks.map((risk) => make("li", {}, t(`risk.${risk.kind}`, { n: risk.count }), make("span", { class: "quiet small" }, ` ${risk.recordings.join(", ")}`)));
  main.replaceChildren(...[
    title(t("page.evidence"), e.approval ? t("evidence.approval", { reference: e.approval }) : t("evidence.about")),
    make("div", { class: "columns" },
      make("section", { class: "panel", "aria-labelledby": "record-title" }, make("h2", { id: "record-title" }, t("evidence.record")), make("div", { id: "record", role: "status" }, make("p", { class: "quiet" }, t("evidence.record-about"))), make("div", { class: "acts" }, button(t("evidence.check"), check, { kind: "main", id: "check" }))),
      make("section", { class: "panel", "aria-labelledby": "certificates-title" }, make("h2", { id: "certificates-title" }, t("evidence.certificates")), make("div", { id: "certificates", role: "status" }, make("p", { class: "quiet" }, t("evidence.certificates-about"))), make("div", { class: "acts" }, button(t("evidence.check-certificates"), certificates))),
      make("section", { class: "panel", "aria-labelledby": "risks-title" }, make("h2", { id: "risks-title" }, t("evidence.open")), risks.length ? make("ul", {}, ...risks) : make("p", { class: "good" }, t("evidence.nothing-open")),
        ...e.due.map((due) => make("p", { class: "small" }, t("evidence.due", { what: t(`term.what.${due.what}`), name: due.name, date: day(due.at), rule: due.rule }))))),
    await holdsPanel(),
    make("section", { "aria-labelledby": "oversight-title" }, make("h2", { id: "oversight-title" }, t("oversight.title")), e.reviewed.length ? reviewed(e.reviewed) : make("p", { class: "quiet" }, t("week.empty"))),
    make("section", { "aria-labelledby": "entries-title" }, make("h2", { id: "entries-title" }, t("evidence.entries")), make("ol", { class: "entries panel", tabindex: "0", "aria-labelledby": "entries-title" }, ...e.entries.map(entry))),
  ].filter(Boolean));
  document.body.dataset.ready = "yes";
}

begin().catch(failed);
