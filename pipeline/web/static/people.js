// Who is who: every voice with a sample to hear and its likely names; one click says who it is. And the roster.
import { make, percent, say } from "./dom.js";
import { get, post } from "./api.js";
import { beginPage, button, confirm, failed, main, title } from "./frame.js";
import { closeDialog, open, settle, whenDone } from "./dialog.js";
import { lasting, t } from "./text.js";
import { rosterForms } from "./roster.js";
import { keepFocus } from "./focus.js";
import { leaveDialog, leftPanel, requestsPanel } from "./leave.js";

const sound = make("audio", { preload: "none" });
let stopAt = 0;
let people = { voices: [], people: [], words: {}, left: [] };

sound.addEventListener("timeupdate", () => { if (stopAt && sound.currentTime >= stopAt) { sound.pause(); stopAt = 0; } });
document.addEventListener("blanked", (event) => { if (event.detail) sound.pause(); });

async function hear(code) {
  const sample = await get(`/api/voices/${encodeURIComponent(code)}/sample`);
  say(t("people.opening"));
  const address = `/api/recordings/${encodeURIComponent(sample.recording)}/sound`;
  if (!sound.src.endsWith(address)) {
    sound.src = address;
    await new Promise((done, wrong) => { sound.onloadedmetadata = done; sound.onerror = () => wrong(new Error(t("people.no-sound"))); sound.load(); });
  }
  sound.currentTime = sample.start;
  stopAt = sample.end;
  await sound.play();
}

const change = (code, what, body) => async () => {
  await post(`/api/voices/${encodeURIComponent(code)}/${what}`, body);
  say(t("people.follow"));
  await refresh();
};

/** One of a list, by a button each: a person of the roster, or another voice. */
function choose(heading, options) {
  return new Promise((done) => {
    whenDone(done);
    open(heading, [make("div", { class: "choices" }, ...options.map(([value, words]) =>
      make("button", { type: "button", onclick: () => settle(value) }, words)))],
    [make("button", { type: "button", onclick: closeDialog }, t("frame.cancel"))]);
  });
}

async function chooseWho(voice) {
  const free = people.people.filter((person) => person.code !== voice.code);
  if (!free.length) { say(t("people.nobody"), "bad"); return; }
  const code = await choose(t("people.who", { code: voice.code }), free.map((p) => [p.code, `${p.name} (${p.code})`]));
  if (code) await change(voice.code, "person", { person: code })();
}

async function chooseMerge(voice) {
  const others = people.voices.filter((each) => each.code !== voice.code);
  const into = await choose(t("people.merge-into", { code: voice.code }), others.map((v) => [v.code, v.name ? `${v.name} (${v.code})` : v.code]));
  if (into) await change(voice.code, "merge", { into })();
}

async function chooseSplit(voice) {
  const recording = await choose(t("people.split-in", { code: voice.code }), voice.recordings.map((r) => [r.id, r.name]));
  if (recording) await change(voice.code, "split", { recording })();
}

async function forget(voice) {
  const yes = await confirm(t("people.forget-title", { code: voice.code }), [make("p", {}, t("people.forget-about"))], { go: t("people.forget") });
  if (yes) await change(voice.code, "forget", {})();
}

const why = (likely) => likely.why.map(([kind, n]) => t(`claim.${kind}`, { n })).join(", ");

function guesses(voice) {
  const fitting = voice.likely.filter((each) => people.people.some((person) => person.code === each.code && each.code !== voice.code));
  return fitting.map((each) => make("div", { class: "guess" },
    button(t("people.is", { name: each.name }), change(voice.code, "person", { person: each.code }), { kind: "first", data: { act: `is-${each.code}` } }),
    make("span", { class: "quiet small" }, why(each))));
}

function row(voice) {
  const known = voice.linked || voice.confirmed;
  const where = voice.recordings.map((r) => r.name).join(", ");
  const gone = people.left.find((each) => each.participant === voice.code);
  const after = gone ? people.recordings.filter((each) => gone.heard.includes(each.id)) : [];
  return make("li", { class: `card-row voice ${known ? "" : "redacted"}`, id: `voice-${voice.code}` },
    make("div", { class: "what" },
      make("h3", {}, voice.name || voice.code, voice.name && make("span", { class: "quiet small" }, ` ${voice.code}`)),
      make("p", { class: "quiet small" }, [percent(voice.share), lasting(voice.seconds), where].join(" · "))),
    make("div", { class: "how" },
      make("p", { class: "state" }, t(voice.confirmed ? "people.confirmed" : voice.linked ? "people.linked" : "people.unlinked")),
      !voice.remembered && make("p", { class: "quiet small" }, t("people.no-voiceprint")),
      after.length > 0 && make("p", { class: "problem small" }, t("left.voice", { names: after.map((each) => each.name).join(", ") })),
      ...(voice.confirmed ? [] : guesses(voice)),
      voice.linked && !voice.confirmed && button(t("people.right"), change(voice.code, "person", { person: voice.code }), { data: { act: "right" } })),
    make("div", { class: "acts" },
      button(t("people.hear"), () => hear(voice.code), { describe: voice.code, kind: known ? "" : "first", data: { act: "hear" } }),
      button(t("people.say"), () => chooseWho(voice), { describe: voice.code, data: { act: "say" } }),
      after.length > 0 && button(t("leave.act"), () => leaveDialog(voice.code, after, refresh), { describe: voice.code, data: { act: "leave" } }),
      people.voices.length > 1 && button(t("people.merge"), () => chooseMerge(voice), { describe: voice.code, data: { act: "merge" } }),
      voice.recordings.length > 1 && button(t("people.split"), () => chooseSplit(voice), { describe: voice.code, data: { act: "split" } }),
      voice.remembered && button(t("people.forget"), () => forget(voice), { describe: voice.code, kind: "quietly", data: { act: "forget" } })));
}

async function refresh() {
  people = await get("/api/people");
  const requests = await requestsPanel(refresh);
  const unknown = people.voices.filter((voice) => !voice.linked && !voice.confirmed).length;
  keepFocus(main, () => main.replaceChildren(...[
    title(t("page.people"), t("people.about")), leftPanel(people.left),
    make("section", { "aria-labelledby": "voices-title" },
      make("h2", { id: "voices-title" }, t("people.voices"), unknown > 0 && make("span", { class: "quiet" }, ` ${t("people.open", { n: unknown })}`)),
      people.voices.length ? make("ul", { class: "cards" }, ...people.voices.map(row)) : make("p", { class: "quiet" }, t("people.no-voices"))),
    rosterForms(people, refresh, { leave: (code) => leaveDialog(code, people.recordings, refresh) }), requests, sound].filter(Boolean)));
}

async function begin() {
  beginPage();
  await refresh();
  document.body.dataset.ready = "yes";
}

begin().catch(failed);
