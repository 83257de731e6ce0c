"""What it takes to put a transcript's wording right in the review page: keys and clicks, by a script's own hands.

    python -m bench.putting_right [--small] [--study DIR --key-file FILE]

The sample recordings go through the real commands (or a study is given in which they did). Each heard word that differs
from the truth and stands in the open is put right in headless Chromium with mouse and keyboard, in the cheaper of the ways
a person has: letters taken away one by one or word by word, words chosen by a double click or a drag. Every key and every
click counts one. Beside it stands what the same corrections took in the dialog that the page had for each before it could be
typed into: counted, not driven.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.small import SAMPLES, SESSIONS
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from pipeline.verify.state import ReviewedTranscript
from pipeline.web.access import Door
from pipeline.web.place import Place
from tests.web.browsing import chromium, serving_place, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

UNIT = re.compile(r"[\w'’]+\s*|[^\w\s]+\s*")  # what one Ctrl+Backspace takes
TRIES = 200
FEW = 8  # corrections of the small form


@dataclass(frozen=True)
class Fix:
    """Words of a line to be others: tokens first..last of it (last < first: words are missing before `first`)."""

    line: str
    first: int
    last: int
    new: str = field(repr=False)


def plan(state: ReviewedTranscript, truth: list[str]) -> list[Fix]:
    """What differs from the truth in the open, a stretch of one line each, by the least number of changed words."""
    from rapidfuzz.distance import Levenshtein

    heard = [(line.id, k, line.text[t.start_char : t.end_char], _hidden(line, t))
             for line in state.in_order() for k, t in enumerate(line.tokens)]  # fmt: skip
    steps = Levenshtein.opcodes([bare(w) for _, _, w, _ in heard], [bare(w) for w in truth])
    fixes: list[Fix] = []
    for equal, group in groupby(steps, key=lambda step: step.tag == "equal"):
        run = list(group)
        a, b = run[0].src_start, run[-1].src_end
        if not equal and not any(h[3] for h in heard[a:b]):
            fixes += _fixes(heard, a, b, " ".join(truth[run[0].dest_start : run[-1].dest_end]))
    return [fix for fix in fixes if not _takes_all(state, fix)]


def _fixes(heard: list[tuple[str, int, str, bool]], a: int, b: int, new: str) -> Iterator[Fix]:
    if a == b:
        if a and not heard[a - 1][3]:
            yield Fix(heard[a - 1][0], heard[a - 1][1] + 1, heard[a - 1][1], new)
        return
    for name in dict.fromkeys(h[0] for h in heard[a:b]):
        here = [h[1] for h in heard[a:b] if h[0] == name]
        yield Fix(name, here[0], here[-1], new)
        new = ""


def _takes_all(state: ReviewedTranscript, fix: Fix) -> bool:
    return not fix.new and fix.last - fix.first + 1 >= len(state.lines[fix.line].tokens)


def _hidden(line: Any, token: Any) -> bool:
    return any(
        m.hides and m.start_char < token.end_char and token.start_char < m.end_char for m in line.marks
    )


def in_order(told: dict[str, Any]) -> list[str]:
    """The words of a truth file, in the order they are said."""
    return [w for u in told["utterances"] for w in u["text"].split() if bare(w)]


def bare(word: str) -> str:
    return "".join(c for c in word.casefold() if c.isalnum())


class Hands:
    """A mouse and a keyboard that count."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys, self.clicks = page, 0, 0

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
        self.keys += times

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def click(self, at: list[float], times: int = 1) -> None:
        self.page.mouse.click(*at, click_count=times)
        self.clicks += times

    def drag(self, start: list[float], end: list[float]) -> None:
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=4)
        self.page.mouse.up()
        self.clicks += 1


_EDGES = """async ([line, start, end]) => { const { rangeOf } = await import('/static/spots.js');
  const { show } = await import('/static/transcript.js'); show(line); await new Promise(requestAnimationFrame);
  const r = [...rangeOf(line, start, end).getClientRects()];
  if (!r.length) return null;
  const [a, b] = [r[0], r.at(-1)];
  return [[a.left + 0.6, a.top + a.height / 2], [b.right - 0.6, b.top + b.height / 2], [a.left + a.width / 2, a.top + a.height / 2]]; }"""


def edges(page: Page, line: str, start: int, end: int) -> list[list[float]]:
    """Where some characters begin and end on the screen, and their middle, once nothing moves any more."""
    before, now = None, page.evaluate(_EDGES, [line, start, end])
    for _ in range(TRIES):
        if now is not None and now == before:
            found: list[list[float]] = now
            return found
        page.wait_for_timeout(40)
        before, now = now, page.evaluate(_EDGES, [line, start, end])
    raise AssertionError(f"the words of {line} never came to rest on the screen")


def put_right(page: Page, place: Place, recording: str, fixes: list[Fix]) -> Hands:
    """Each correction by hand, from the last of a line to its first, so that words keep their numbers."""
    hands = Hands(page)
    page.evaluate(
        "document.getElementById('sound').muted = true; document.getElementById('follow').checked = false"
    )
    by_line: dict[str, list[Fix]] = {}
    for fix in fixes:
        by_line.setdefault(fix.line, []).append(fix)
    for name, of_line in by_line.items():
        for fix in reversed(of_line):
            state = place.desk.review(recording).state
            if name in state.lines:
                by_typing(hands, state, fix)
    hands.press("Escape")
    page.wait_for_timeout(500)
    return hands


def by_typing(hands: Hands, state: ReviewedTranscript, fix: Fix) -> None:
    """A click behind what is wrong, that taken back, and what was said typed."""
    line, page = state.lines[fix.line], hands.page
    end, old = stretch_of(line, fix)
    new = fix.new if old else f" {fix.new}"
    low, tail = alike(old, new)
    units = len(UNIT.findall(old))
    by_letters = _by_letters(old, new) <= units + len(new)
    at = end - tail if by_letters else end
    left, right, _ = edges(page, line.id, max(at - 1, 0), max(at, 1))
    if page.evaluate("!document.querySelector('.line.typing')"):
        hands.click(left, 2)  # the first: a double click puts the caret into the line
        until(page, "document.querySelector('.line.typing')")
    hands.click(right if at else left)
    until(
        page,
        f"document.activeElement.isContentEditable && document.activeElement.closest('[data-line]').dataset.line === '{line.id}'",
    )
    if by_letters:
        hands.press("Backspace", len(old) - low - tail)
        hands.type(new[low : len(new) - tail])
    else:
        hands.press("Control+Backspace", units)
        hands.type(new)
    page.evaluate("async () => (await import('/static/typing.js')).calmly()")  # what a pause of a second does


def presses_of(state: ReviewedTranscript, fix: Fix) -> int:
    """What a correction takes in a line that is typed in already: a click, what is taken away, what is typed."""
    _, old = stretch_of(state.lines[fix.line], fix)
    new = fix.new if old else f" {fix.new}"
    return 1 + min(_by_letters(old, new), len(UNIT.findall(old)) + len(new))


def _by_letters(old: str, new: str) -> int:
    low, tail = alike(old, new)
    return len(old) - low - tail + len(new) - low - tail


def count_dialog(state: ReviewedTranscript, fix: Fix) -> int:
    """Presses that a dialog for each correction took: the words clicked or dragged over, E, what was said, Enter.

    Its field begins with the words chosen, so that typing replaces them; it could not be left empty, so that a neighbour
    was taken along where words are missing or too many.
    """
    _, old = stretch_of(state.lines[fix.line], fix)
    if not fix.new:
        return 3 + 1 + len(UNIT.findall(old))  # to its end, and word by word back
    if not old:
        return 3 + 1 + len(fix.new) + 1
    low, tail = alike(old, fix.new)
    return 3 + min(len(fix.new), 1 + tail + len(old) - low - tail + len(fix.new) - low - tail)


def stretch_of(line: Any, fix: Fix) -> tuple[int, str]:
    """Where the words that are wrong end, and the words; where words are missing, the end of the one before."""
    end = line.tokens[fix.last].end_char
    return end, "" if fix.last < fix.first else line.text[line.tokens[fix.first].start_char : end]


def alike(old: str, new: str) -> tuple[int, int]:
    """How many letters two texts begin with alike, and how many others they end with."""
    low = _shared(old, new)
    return low, _shared(old[low:][::-1], new[low:][::-1])


def _shared(old: str, new: str) -> int:
    """How many letters two texts begin with alike."""
    return next(
        (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )


def hear(folder: Path) -> tuple[Path, Path]:
    """A study of the samples, by the real commands; gives its folder and its key."""
    study, key, sounds = folder / "study", folder / "key", folder / "sounds"
    sounds.mkdir()
    shutil.copy(SAMPLES / "roster.csv", folder / "roster.csv")
    for name in SESSIONS:
        shutil.copy(SAMPLES / f"{name}.m4a", sounds)
    common = ["--study", str(study), "--key-file", str(key)]
    for command in (
        ["init", str(study), "--key-file", str(key)],
        ["roster", "import", str(folder / "roster.csv"), *common],
        ["import", str(sounds), *common],
        ["run", *common],
    ):
        subprocess.run([sys.executable, "-m", "pipeline", *command], check=True, stdout=subprocess.DEVNULL)
    return study, key


def errors(state: ReviewedTranscript, truth: list[str]) -> int:
    """Words that differ from the truth, behind replacements too."""
    from rapidfuzz.distance import Levenshtein

    heard = [bare(line.text[t.start_char : t.end_char]) for line in state.in_order() for t in line.tokens]
    return int(Levenshtein.distance(heard, [bare(w) for w in truth]))


def measure(study: Path, key: Path, few: bool) -> Iterator[dict[str, Any]]:
    """Each recording put right; gives its figures."""
    opened = Study.open(study, KeyFile(key))
    place = Place.of_study(opened, reviewer="Bench")
    with chromium() as browser, serving_place(place, Door(3600)) as served:
        for info in sorted(place.desk.store.recordings(), key=lambda each: each.name)[: 1 if few else None]:
            told = json.loads(
                (SAMPLES / "truth" / f"{Path(info.name).stem}.json").read_text(encoding="utf-8")
            )
            truth = in_order(told)
            state = place.desk.review(info.id).state
            fixes = plan(state, truth)[: FEW if few else None]
            page = browser.new_context(viewport={"width": 1360, "height": 860}).new_page()
            page.goto(served.link(info.id))
            page.wait_for_selector("body[data-ready]")
            hands = put_right(page, place, info.id, fixes)
            left = errors(place.desk.review(info.id).state, truth)
            yield {"name": Path(info.name).stem, "words": len(truth), "wrong": errors(state, truth), "left": left,
                   "fixes": len(fixes), "letters": sum(len(f.new) for f in fixes), "keys": hands.keys, "clicks": hands.clicks, "dialog": sum(count_dialog(state, f) for f in fixes)}  # fmt: skip
            page.context.close()
    opened.close()


def add_study(parser: argparse.ArgumentParser) -> None:
    """The options --study and --key-file."""
    parser.add_argument(
        "--study", type=Path, help="A study with the samples, which is copied and left as it is."
    )
    parser.add_argument("--key-file", type=Path)


def copied_or_heard(chosen: argparse.Namespace, folder: Path) -> tuple[Path, Path]:
    """A copy of the study given and its key file, or a new one in which the samples were heard."""
    if not chosen.study:
        return hear(folder)
    copy = folder / "copy"
    shutil.copytree(chosen.study, copy)
    return copy, chosen.key_file


def main() -> None:
    """Measure once and print a row for each recording."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_study(parser)
    parser.add_argument(
        "--small", action="store_true", help="Only see that it runs, on a few corrections of one recording."
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        study, key = copied_or_heard(chosen, Path(folder))
        print(
            "| recording | words | wrong | stretches put right | letters in them | keys | clicks | together | in the dialog before | wrong after |\n|---|---|---|---|---|---|---|---|---|---|"
        )
        for row in measure(study, key, chosen.small):
            print(
                "| {name} | {words} | {wrong} | {fixes} | {letters} | {keys} | {clicks} | {both} | {dialog} | {left} |".format(
                    both=row["keys"] + row["clicks"], **row
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
