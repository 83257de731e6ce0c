// What can be done with a recording: review it, try it again, read it, have it destroyed, exported, withdrawn.
import { make, say } from "./dom.js";
import { post } from "./api.js";
import { button, confirm } from "./frame.js";
import { t } from "./text.js";
import { destroyDialog, withdrawDialog } from "./dialogs.js";

const one = (card) => encodeURIComponent(card.recording ?? card.id);
const PAGES = {
  review: (card) => `/recordings/${one(card)}`,
  read: (card) => `/read/${one(card)}`,
  report: (card) => `/recordings/${one(card)}/report`,
  certificate: (card) => `/recordings/${one(card)}/certificate`,
  export: (card) => `/out?recording=${one(card)}`,
};
const NEW_TAB = new Set(["report", "certificate"]);

async function retry(card) {
  await post(`/api/recordings/${one(card)}/retry`, {});
  say(t("act.retried"));
  document.dispatchEvent(new Event("changed"));
}

/** Asks first: the words there are now are made anew. */
async function hearAgain(card) {
  const go = await confirm(t("hear.title", { name: card.name }), [make("p", { class: "quiet" }, t("hear.about"))], { go: t("hear.go") });
  if (!go) return;
  await post(`/api/recordings/${one(card)}/hearing`, { accepted: true });
  say(t("hear.done"));
  document.dispatchEvent(new Event("changed"));
}

const TASKS = { retry, "hear-again": hearAgain, destroy: destroyDialog, withdraw: withdrawDialog };

/** Does it: goes to a page, or asks in a dialog. */
export function act(name, card) {
  if (PAGES[name]) { location.assign(PAGES[name](card)); return undefined; }
  return TASKS[name]({ ...card, id: card.recording ?? card.id });
}

/** An action's name with what it is called on this card. */
export function label(name, card) {
  const half = (name === "destroy" && card.state === "destroying") || (name === "withdraw" && card.state === "withdrawing");
  return { name, words: t(half ? "act.finish" : `act.${name}`) };
}

/** Its button or link; what it does is kept on it, so that it is found again once the card is painted anew. */
act.button = ({ name, words }, card, rank) => {
  const describe = card.name;
  const data = { act: name };
  const kind = name === "withdraw" && card.state !== "withdrawing" ? "quietly" : rank;
  if (!PAGES[name]) return button(words, () => act(name, card), { kind, describe, data });
  const more = NEW_TAB.has(name) ? { target: "_blank", rel: "noopener" } : {};
  return make("a", { class: `button ${kind}`, href: PAGES[name](card), "aria-description": describe, data, ...more }, words);
};
