"""The review page on an hour of 20,000 words: how long until it shows, how long each thing a reviewer does takes.

    python -m bench.review [--words 20000] [--out docs/benchmarks/review.md]

The talk of the samples over and over is de-identified by the product's own code (policy, recognizers, labels, second look),
kept in a real study folder (sealed, with its ledger), served, and opened in headless Chromium. Everything is timed in the
browser from the key to the frame that shows its outcome; what changes the transcript includes sealing the log, the ledger's
transaction and its flush to the disk. A letter is shown at once and kept when one pauses or leaves the line.

Beside the time on the clock, which a busy machine makes long, stands what the server's process and the page's main thread
worked on it (psutil; the browser's Performance.getMetrics), over all of a kind divided by how many there were.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.small import SAMPLES, SESSIONS
from bench.sound import write_hiss
from pipeline.records import Attribution, Redaction, Roster, Transcription, Utterance, Word, to_json
from pipeline.speakers.roster import parse
from pipeline.study.intake.importing import import_files
from pipeline.study.study import Study
from pipeline.study.vault.keys import ScryptCost
from pipeline.study.vault.states import Artifact, State
from tests.web.browsing import chromium, until

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

SECONDS = 3600.0
DECISIONS = 40
SEARCHES = 4
TIMES = 20  # of each thing that is done to a line
SMALL_WORDS, SMALL_TIMES = 4_000, 5


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds: on the clock, of the server's processor, of the page's main thread."""

    clock: float
    server: float
    page: float


class Watch:
    """A page, and what it and its server have worked so far."""

    def __init__(self, page: Page, server: int) -> None:
        import psutil

        self.page = page
        self._server = psutil.Process(server)
        self._metrics: CDPSession = page.context.new_cdp_session(page)
        self._metrics.send("Performance.enable", {"timeDomain": "threadTicks"})  # not the clock

    def worked(self) -> tuple[float, float]:
        """Milliseconds of the server's processor and of the page's main thread."""
        times = self._server.cpu_times()
        metrics = self._metrics.send("Performance.getMetrics")["metrics"]
        task = next(each["value"] for each in metrics if each["name"] == "TaskDuration")
        return (times.user + times.system) * 1000, task * 1000


def make_transcript(total: int) -> tuple[Attribution, Roster, Redaction]:
    """The samples' utterances over and over until so many words are said in the hour, and what de-identification
    makes of them."""
    from pipeline.deidentify import redact

    roster = parse((SAMPLES / "roster.csv").read_text(encoding="utf-8"), "roster.csv")
    codes = {person.name: person.code for person in roster.people}
    said: list[Utterance] = []
    words, rate = 0, SECONDS / total
    for name in cycle(SESSIONS):
        truth = json.loads((SAMPLES / "truth" / f"{name}.json").read_text(encoding="utf-8"))
        who = {each["id"]: codes[each["name"]] for each in truth["speakers"]}
        for utterance in truth["utterances"]:
            spoken = utterance["text"].split()
            timed = tuple(Word((words + n) * rate, (words + n + 1) * rate, w) for n, w in enumerate(spoken))
            said.append(
                Utterance(who[utterance["speaker"]], timed[0].start, timed[-1].end, " ".join(spoken), timed)
            )
            words += len(spoken)
            if words >= total:
                return Attribution(tuple(said)), roster, redact.load().redact(said, roster=roster)
    raise AssertionError("the samples say nothing")


def make_study(folder: Path, attribution: Attribution, roster: Roster, redaction: Redaction) -> Study:
    """A study with the transcript in it, one arrow after another."""
    study = Study.create(folder / "study", key_file=folder / "key", name="Bench", cost=ScryptCost(n=1 << 14))
    study.roster.import_csv(SAMPLES / "roster.csv")
    assert {p.code for p in study.roster.load().people} == {p.code for p in roster.people}
    source = folder / "long.wav"
    write_hiss(source)
    (taken,) = import_files(study, [source], sleep=lambda _: None)
    study.labels.save(redaction.labels)
    heard = Transcription(SECONDS, "en", "bench", "bench", ())
    for kind, record, state in (
        (Artifact.TRANSCRIPTION, heard, State.TRANSCRIBED),
        (Artifact.ATTRIBUTION, attribution, State.ATTRIBUTED),
        (Artifact.REDACTION, redaction, State.REDACTED),
    ):
        study.keep(taken.recording, kind, to_json(record), state=state, duration=SECONDS)
    return study


@contextmanager
def reviewing(folder: Path) -> Iterator[tuple[str, int]]:
    """The command in a process of its own, as a person runs it; gives its link and the process."""
    command = [sys.executable, "-m", "pipeline", "review", "R0001", "--study", str(folder / "study")]
    command += ["--key-file", str(folder / "key"), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.terminate()


def measure(watch: Watch, link: str, times: int) -> dict[str, Any]:
    """First view, decisions, typing and scrolling, as the browser's own clock sees them."""
    page, before = watch.page, watch.worked()
    page.goto(link)
    page.wait_for_selector("body[data-ready]")
    until(page, "performance.getEntriesByName('first-view').length")
    first = page.evaluate("performance.getEntriesByName('first-view')[0].startTime")
    lines = page.evaluate("async () => (await import('/static/model.js')).model.order.length")
    until(page, f"document.querySelectorAll('#lines > .line').length === {lines}", 60)
    found: dict[str, Any] = {"first": [_took(first, before, watch)], "lines": lines}
    page.wait_for_timeout(1500)
    asked = page.evaluate("async () => (await import('/static/model.js')).model.progress.open")
    found["open"] = asked
    found["decision"] = [decide(watch, "r" if n % 4 == 3 else "a") for n in range(min(DECISIONS, asked - 1))]
    found["undo"] = [decide(watch, "u") for _ in range(min(10, len(found["decision"])))]
    found |= type_into(watch, lines, times) | replace_words(watch)
    found["frame"] = page.evaluate(_SCROLL)
    found["heap"] = page.evaluate("performance.memory ? performance.memory.usedJSHeapSize / 1e6 : 0")
    return found


def decide(watch: Watch, key: str) -> Took:
    """From a key to the frame that shows its outcome."""
    took, page = timed(watch, key), watch.page
    if page.evaluate("document.getElementById('dialog').open"):  # the same words stand elsewhere
        page.keyboard.press("Escape")
        until(page, "!document.getElementById('dialog').open")
    return took


def type_into(watch: Watch, lines: int, times: int) -> dict[str, list[Took]]:
    """Lines all over the hour: a letter, keeping it, taking it back, cutting the line and joining it."""
    took: dict[str, list[Took]] = {name: [] for name in ("letter", "kept", "taken back", "cut", "joined")}
    page = watch.page
    for n in range(times):
        line = page.evaluate(_PLACE, [n * (lines - 1) // times, lines])
        took["letter"] += [timed(watch, key, "") for key in "so "]
        took["kept"].append(timed(watch, "Escape"))
        rest(page)
        took["taken back"].append(timed(watch, "u"))
        rest(page)
        page.evaluate("async (line) => (await import('/static/typing.js')).type(line, 4)", line)
        page.keyboard.press("Control+ArrowRight")
        took["cut"].append(timed(watch, "Enter"))
        until(page, "document.activeElement.isContentEditable && getSelection().isCollapsed")
        page.wait_for_timeout(50)
        took["joined"].append(timed(watch, "Backspace"))
        page.wait_for_timeout(50)
        page.keyboard.press("Escape")
        rest(page)
    return took


def replace_words(watch: Watch) -> dict[str, Any]:
    """A frequent word found all through, replaced in all places at once, taken back and done again and again."""
    page = watch.page
    page.keyboard.press("/")
    page.wait_for_selector("dialog[open] #find-words")
    page.keyboard.type("the")
    until(page, "document.querySelectorAll('#found li').length > 0")
    places = page.evaluate("document.querySelectorAll('#found li').length")
    page.focus("#find-case")
    there = "document.querySelectorAll('#found li').length && window.looked"
    found = [timed(watch, "Space", "", there) for _ in range(SEARCHES)]
    page.focus("#find-text")
    page.keyboard.type("teh")
    replaced, back = [timed(watch, "Enter")], []
    for _ in range(SEARCHES):
        page.wait_for_timeout(300)  # less than the recognizers wait for a pause
        back.append(timed(watch, "Control+z"))
        page.wait_for_timeout(300)
        replaced.append(timed(watch, "Shift+U"))
    return {
        "find": found,
        "replace": replaced[:1],
        "again": replaced[1:],
        "replaced back": back,
        "places": places,
    }


def rest(page: Page) -> None:
    """Until what was typed is kept and the recognizers have looked through it."""
    until(
        page,
        "async () => { const { model } = await import('/static/model.js'); return !model.unlooked; }",
        90,
    )


def timed(watch: Watch, key: str, on: str = "painted", also: str = "true") -> Took:
    """From a key to the frame after an event of the page (none: the next frame)."""
    page = watch.page
    page.evaluate(_TIMED, [on, also])
    before = watch.worked()
    page.keyboard.press(key)
    until(page, "window.took !== null")
    return _took(page.evaluate("window.took"), before, watch)


def _took(clock: float, before: tuple[float, float], watch: Watch) -> Took:
    now = watch.worked()
    return Took(clock, now[0] - before[0], now[1] - before[1])


_PLACE = """async ([at, lines]) => { const { model } = await import('/static/model.js'); const t = await import('/static/typing.js');
  for (let n = at; n < at + lines; n++) { const line = model.lines.get(model.order[n % lines]);
    if (typeof line.t[0] === 'string' && line.t[0].split(' ').length > 6) {
      t.type(line.id, line.t[0].indexOf(' ', 2) + 1);
      if (t.typingIn() === line.id) return line.id; } } }"""
_TIMED = """([on, also]) => { window.took = null; window.looked = false;
  const list = document.getElementById('found');
  if (list) new MutationObserver(() => { window.looked = true; }).observe(list, { childList: true });
  addEventListener('keydown', (key) => {
    const start = key.timeStamp;
    const end = () => { if (also.includes('looked') && !window.looked) { requestAnimationFrame(end); return; } window.took = performance.now() - start; };
    if (on) document.addEventListener(on, () => requestAnimationFrame(end), { once: true });
    else requestAnimationFrame(() => setTimeout(end));
  }, { once: true, capture: true }); }"""
_SCROLL = """async () => {
  const gaps = []; let last = performance.now();
  const tall = document.documentElement.scrollHeight;
  scrollTo(0, 0);
  for (let n = 0; n < 180; n++) {
    scrollTo({ top: (tall * n) / 180, behavior: 'instant' });
    await new Promise(requestAnimationFrame);
    const now = performance.now(); gaps.push(now - last); last = now;
  }
  return gaps.slice(1);
}"""
ROWS = (
    ("first view (navigation to the transcript and first question on the screen)", "first", "under 1000 ms"),
    ("decision", "decision", "under 100 ms"),
    ("undo of a decision", "undo", "under 100 ms"),
    ("a letter typed into a line", "letter", "under 100 ms"),
    ("what was typed is kept and shown", "kept", "under 100 ms"),
    ("undo of what was typed", "taken back", "under 100 ms"),
    ("a line cut in two", "cut", "under 100 ms"),
    ("two lines made one", "joined", "under 100 ms"),
    ("find a word, all its places", "find", "under 100 ms"),
    ("replace it in all places", "replace", "under 100 ms"),
    ("undo of that", "replaced back", "under 100 ms"),
    ("do it again", "again", "under 100 ms"),
)


def report(facts: dict[str, Any], words: int, spans: int) -> str:
    """The figures as Markdown."""
    rows = []
    for name, key, aim in ROWS:
        took: list[Took] = facts[key]
        clock = sorted(each.clock for each in took)
        high = f"{clock[int(len(clock) * 0.95)]:.0f} ms" if len(clock) > 1 else ""
        server, page = (statistics.mean(getattr(each, of) for each in took) for of in ("server", "page"))
        rows.append(
            f"| {name} | {statistics.median(clock):.0f} ms | {high} | {server:.0f} ms | {page:.0f} ms | {aim} |"
        )
    frames = sorted(facts["frame"])
    rows.append(
        f"| frame while scrolling from end to end in 3 s | {statistics.median(frames):.0f} ms |"
        f" {frames[int(len(frames) * 0.95)]:.0f} ms | | | 17 ms is 60 a second |"
    )
    rows.append(f"| memory of the page's scripts | {facts['heap']:.0f} MB | | | | |")
    head = (
        f"{words:,} words in {facts['lines']:,} lines in an hour, {spans:,} replacements and {facts['open']:,} open questions;"
        f" {facts['places']:,} places found and replaced;"
    )
    return "\n".join([
        "# The review page", "", f"{head} kept in a study folder, opened in headless Chromium on {os.cpu_count()} cores ({platform.machine()};"
        f" load average at the start {facts['load']:.1f}).", "",
        "    python -m bench.review --out docs/benchmarks/review.md", "",
        "| what | median | 95th percentile | of it the server's processor | the page's main thread | aim |", "|---|---|---|---|---|---|", *rows, "",
        "Timed from the key to the frame that shows its outcome. What changes the transcript includes sealing the decision log, the"
        " ledger's transaction with its audit entry, and the flush to the disk; a letter is shown at once and kept with the next pause."
        " What the server and the page worked is told beside the time on the clock, since that is longer on a busy machine; the first"
        " view's includes all that both do until every line is painted and the sound is opened.", "",
    ])  # fmt: skip


def main() -> None:
    """Measure once and print, or write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--words", type=int, default=20_000)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--small", action="store_true", help="Only see that it runs, on 4,000 words.")
    chosen = parser.parse_args()
    attribution, roster, redaction = make_transcript(SMALL_WORDS if chosen.small else chosen.words)
    with tempfile.TemporaryDirectory() as folder:
        make_study(Path(folder), attribution, roster, redaction).close()
        load = os.getloadavg()[0]
        with reviewing(Path(folder)) as (link, server), chromium() as browser:
            page = browser.new_context(viewport={"width": 1360, "height": 860}).new_page()
            watch = Watch(page, server)
            facts = {"load": load, **measure(watch, link, SMALL_TIMES if chosen.small else TIMES)}
    text = report(
        facts,
        sum(len(u.words) for u in attribution.utterances),
        sum(bool(s.replacement) for s in redaction.spans),
    )
    print(text)
    if chosen.out:
        chosen.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
