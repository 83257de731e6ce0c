"""The review page on a two-hour recording: how long until it shows, how long a decision takes, how it scrolls.

    python -m bench.review [--words 20000] [--out docs/benchmarks/review.md]

A made-up transcript (no one's words) of 20,000 words in two hours by seven people, 900 replacements, 300 of
them open, is kept in a real study folder (sealed, with its ledger), served, and opened in headless Chromium.
Decisions are timed in the browser from the key to the repainted line; a decision includes sealing the log,
the ledger's transaction and its flush to the disk.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.sound import write_hiss
from pipeline.records import (
    Attribution,
    Label,
    LabelMap,
    Redaction,
    Span,
    Transcription,
    Utterance,
    Word,
    to_json,
)
from pipeline.study.intake.importing import import_files
from pipeline.study.study import Study
from pipeline.study.vault.keys import ScryptCost
from pipeline.study.vault.states import Artifact, State
from tests.web.browsing import chromium, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOURS = 2
SPEAKERS = ["F01", *(f"P{n:02d}" for n in range(1, 7))]
SYLLABLES = ["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "wa", "pe", "du", "fi", "ga", "ho"]
NAME_ENDING = "x"  # no other word has it, so no decision offers the same words elsewhere
DECISIONS = 40
SMALL_WORDS = 4_000  # as many questions as there are decisions, and some
FIRST_VIEW_LIMIT_MS = 1000
DECISION_LIMIT_MS = 100


def make_words(dice: random.Random, count: int) -> list[str]:
    """Words nobody ever said."""
    return ["".join(dice.choices(SYLLABLES, k=dice.randint(1, 3))) for _ in range(count)]


def make_transcript(total: int, seed: int = 7) -> tuple[Attribution, Redaction]:
    """Utterances of 4 to 30 words over two hours, and spans every 22 words or so, a third of them open."""
    dice = random.Random(seed)
    utterances, spans, at, said = [], [], 0.0, 0
    rate = HOURS * 3600 / total
    while said < total:
        words = make_words(dice, dice.randint(4, 30))
        named = dice.randrange(len(words)) if dice.random() < len(words) / 21 else None
        if named is not None:
            words[named] += NAME_ENDING
        timed = tuple(Word(at + n * rate, at + (n + 1) * rate, w) for n, w in enumerate(words))
        text = " ".join(words)
        utterances.append(Utterance(dice.choice(SPEAKERS), at, timed[-1].end, text, timed))
        if named is not None:
            start = sum(len(w) + 1 for w in words[:named])
            spans.append(_span(dice, len(utterances) - 1, start, words[named], len(spans)))
        said, at = said + len(words), timed[-1].end
    made = tuple(utterances)
    known = LabelMap(
        tuple(
            Label("name", s.text.casefold(), s.replacement.strip("[]"))
            for s in {s.text: s for s in spans}.values()
        )
    )
    return Attribution(made), Redaction(made, tuple(spans), known, "bench")


def _span(dice: random.Random, utterance: int, start: int, text: str, number: int) -> Span:
    open_ = number % 3 == 0
    return Span(
        utterance, start, start + len(text), "PERSON", "direct", dice.uniform(0.3, 1), "bench", text, "remove",
        f"[Person {zlib.crc32(text.encode()) % 400 + 1}]", open_, "not sure" if open_ else "",
    )  # fmt: skip


def make_study(folder: Path, attribution: Attribution, redaction: Redaction) -> Study:
    """A study with the transcript in it, one arrow after another."""
    study = Study.create(folder / "study", key_file=folder / "key", name="Bench", cost=ScryptCost(n=1 << 14))
    source = folder / "long.wav"
    write_hiss(source)
    (taken,) = import_files(study, [source], sleep=lambda _: None)
    study.labels.save(redaction.labels)
    heard = Transcription(HOURS * 3600.0, "en", "bench", "bench", ())
    for kind, record, state in (
        (Artifact.TRANSCRIPTION, heard, State.TRANSCRIBED),
        (Artifact.ATTRIBUTION, attribution, State.ATTRIBUTED),
        (Artifact.REDACTION, redaction, State.REDACTED),
    ):
        study.keep(taken.recording, kind, to_json(record), state=state, duration=HOURS * 3600.0)
    return study


@contextmanager
def reviewing(folder: Path) -> Iterator[str]:
    """The command in a process of its own, as a person runs it; gives its link."""
    command = [sys.executable, "-m", "pipeline", "review", "R0001", "--study", str(folder / "study")]
    command += ["--key-file", str(folder / "key"), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def measure(page: Page, link: str) -> dict[str, Any]:
    """First view, decisions and scrolling, as the browser's own clock sees them."""
    page.goto(link)
    page.wait_for_selector("body[data-ready]")
    first = page.evaluate("performance.getEntriesByName('first-view')[0].startTime")
    until(
        page,
        "document.querySelectorAll('.line').length === document.querySelector('#lines').children.length",
        20,
    )
    page.wait_for_timeout(1500)
    decisions = [_decide(page, "r" if n % 4 == 3 else "a") for n in range(DECISIONS)]
    undos = [_decide(page, "u") for _ in range(10)]
    frames = page.evaluate(_SCROLL)
    heap = page.evaluate("performance.memory ? performance.memory.usedJSHeapSize / 1e6 : 0")
    lines = page.evaluate("document.querySelectorAll('.line').length")
    return {
        "first": first,
        "decisions": decisions,
        "undos": undos,
        "frames": frames,
        "heap": heap,
        "lines": lines,
    }


def _decide(page: Page, key: str) -> float:
    """Milliseconds from a key to the frame that shows its outcome."""
    took: float = page.evaluate(_DECIDE, key)
    return took


_DECIDE = """(key) => new Promise((done) => {
  const start = performance.now();
  document.addEventListener('painted', () => requestAnimationFrame(() => done(performance.now() - start)), { once: true });
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
})"""
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


def report(facts: dict[str, Any], words: int, spans: int) -> str:
    """The figures as Markdown."""
    d, u, f = sorted(facts["decisions"]), sorted(facts["undos"]), sorted(facts["frames"])
    p95 = int(len(d) * 0.95)
    rows = [
        (
            "first view (navigation to the painted transcript and first question)",
            f"{facts['first']:.0f} ms",
            "under 1000 ms",
        ),
        ("decision, median", f"{statistics.median(d):.0f} ms", "under 100 ms"),
        ("decision, 95th percentile", f"{d[p95]:.0f} ms", ""),
        ("undo, median", f"{statistics.median(u):.0f} ms", ""),
        (
            "frame while scrolling from end to end in 3 s, median",
            f"{statistics.median(f):.0f} ms",
            "17 ms is 60 a second",
        ),
        ("frame while scrolling, 95th percentile", f"{f[int(len(f) * 0.95)]:.0f} ms", ""),
        ("memory of the page's scripts", f"{facts['heap']:.0f} MB", ""),
    ]
    lines = [f"| {name} | {value} | {aim} |" for name, value, aim in rows]
    head = f"{words:,} words in {facts['lines']:,} lines over {HOURS} hours, {spans:,} replacements, a third of them open;"
    return "\n".join([
        "# The review page", "", f"{head} kept in a study folder, opened in headless Chromium on {os.cpu_count()} cores ({platform.machine()};"
        f" load average at the start {facts['load']:.1f}).", "",
        "    python -m bench.review --out docs/benchmarks/review.md", "",
        "| what | measured | aim |", "|---|---|---|", *lines, "",
        "A decision is timed from the key to the frame that shows its outcome: sealing the decision log, the ledger's"
        " transaction with its audit entry, and the flush to the disk included.", "",
    ])  # fmt: skip


def main() -> None:
    """Measure once and print, or write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--words", type=int, default=20_000)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--small", action="store_true", help="Only see that it runs, on 4,000 words.")
    chosen = parser.parse_args()
    attribution, redaction = make_transcript(SMALL_WORDS if chosen.small else chosen.words)
    with tempfile.TemporaryDirectory() as folder:
        make_study(Path(folder), attribution, redaction).close()
        load = os.getloadavg()[0]
        with reviewing(Path(folder)) as link, chromium() as browser:
            page = browser.new_context(viewport={"width": 1360, "height": 860}).new_page()
            facts = {"load": load, **measure(page, link)}
    text = report(facts, sum(len(u.words) for u in attribution.utterances), len(redaction.spans))
    print(text)
    if chosen.out:
        chosen.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
