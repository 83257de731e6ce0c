// Requests to our own server. Writes go one after another, so that decisions keep their order.
import { t } from "./text.js";

const csrf = document.body.dataset.csrf;
export const holder = crypto.randomUUID();
let turn = Promise.resolve();

export class Refused extends Error {
  constructor(status, why) { super(why); this.status = status; }
}

async function read(answer) {
  const body = await answer.json().catch(() => ({}));
  if (answer.status === 401 || (answer.status === 423 && document.body.dataset.page !== "unlock")) document.dispatchEvent(new Event("session-ended"));
  if (!answer.ok) throw new Refused(answer.status, body.error || t("server.odd"));
  return body;
}

/** What was asked for already. */
export async function got(asked) {
  return read(await asked.catch(() => { throw new Refused(0, t("server.gone")); }));
}

export async function get(path, passive = false) {
  return read(await send(path, { headers: passive ? { "x-passive": "1" } : {} }));
}

async function send(path, options) {
  try {
    return await fetch(path, { credentials: "same-origin", cache: "no-store", redirect: "error", ...options });
  } catch {
    throw new Refused(0, t("server.gone"));
  }
}

export async function post(path, body, { passive = false, keepalive = false } = {}) {
  const headers = { "content-type": "application/json", "x-csrf": csrf };
  if (passive) headers["x-passive"] = "1";
  return read(await send(path, { method: "POST", headers, keepalive, body: JSON.stringify(body) }));
}

export function inTurn(task) {
  const mine = turn.then(task, task);
  turn = mine.catch(() => undefined);
  return mine;
}
