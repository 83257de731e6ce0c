"""Where the presses go that put a transcript's wording right, and what offers would spare: counted, not driven.

    python -m bench.presses [--study DIR --key-file FILE]

The same corrections as of bench.putting_right, over all samples. Two offers that the page does not make are counted as if it
did, each at its best: a word completed by Enter once two letters or more are typed and it is the likeliest one (a word of the
recording, else the most frequent one of English that begins so); and a spelling for a word that no list knows, where one of
the recording or of medicine differs by few letters.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bench.putting_right import (
    SAMPLES,
    Fix,
    add_study,
    alike,
    bare,
    copied_or_heard,
    count_dialog,
    in_order,
    plan,
    presses_of,
    stretch_of,
)
from pipeline.language.lexicon import is_medical, is_name, is_plain_word
from pipeline.language.wordlists import read
from pipeline.study.review_material import replay
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from pipeline.verify.state import ReviewedTranscript

LEAST = 2  # letters typed before a word is offered
LONG = 5  # letters of a word for which a spelling is offered
FREQUENT = 20_000
_SAID = re.compile(r"[\w']+")


def kind_of(state: ReviewedTranscript, fix: Fix) -> str:
    """What kind of correction it is."""
    if not fix.new:
        return "words too many"
    if fix.last < fix.first:
        return "words missing"
    _, old = stretch_of(state.lines[fix.line], fix)
    low, tail = alike(old, fix.new)
    return "a word or more typed anew" if low + tail < 2 else "letters of a word"


def spared_by_completing(state: ReviewedTranscript, fixes: list[Fix]) -> tuple[int, int]:
    """Words completed, and the letters that spares, less the Enter."""
    from wordfreq import top_n_list

    frequent = top_n_list("en", FREQUENT)
    said = Counter(word.lower() for line in state.in_order() for word in _SAID.findall(line.text))
    words = spared = 0
    for fix in fixes:
        for word in _SAID.findall(fix.new.lower()):
            typed = next(
                (n for n in range(LEAST, len(word) - 1) if _completed(word[:n], said, frequent) == word), 0
            )
            words += bool(typed)
            spared += len(word) - typed - 1 if typed else 0
            said[word] += 1  # what was typed once is offered the next time
    return words, spared


def _completed(begun: str, said: Counter[str], frequent: list[str]) -> str:
    here = [word for word in said if word.startswith(begun) and len(word) > len(begun) + 1]
    if here:
        return max(here, key=lambda word: said[word])
    return next((word for word in frequent if word.startswith(begun) and len(word) > len(begun) + 1), "")


def spared_by_spelling(state: ReviewedTranscript, fixes: list[Fix]) -> tuple[int, int, int]:
    """Spellings offered all through the recording, those that were right, and the presses they spare."""
    offer = _speller(state)
    heard = [bare(line.text[t.start_char : t.end_char]) for line in state.in_order() for t in line.tokens]
    right = spared = 0
    for fix in fixes:
        if fix.first == fix.last:
            _, old = stretch_of(state.lines[fix.line], fix)
            if offer(bare(old)) == bare(fix.new):
                right += 1
                spared += presses_of(state, fix) - 2  # a click on the word, and Enter
    return sum(bool(offer(word)) for word in heard), right, spared


def _speller(state: ReviewedTranscript) -> Callable[[str], str]:
    from rapidfuzz.distance import Levenshtein

    said = Counter(
        bare(line.text[t.start_char : t.end_char]) for line in state.in_order() for t in line.tokens
    )
    medical = {word for word in read("medical_words") if " " not in word}
    known = medical | {word for word, times in said.items() if times > 1 and len(word) > 3}

    def offer(word: str) -> str:
        if len(word) < LONG or is_plain_word(word) or is_name(word) or is_medical(word):
            return ""
        near = ((Levenshtein.distance(word, each), -said[each], each) for each in known if each != word)
        best = min((each for each in near if each[0] <= max(1, len(word) // 4)), default=None)
        return best[2] if best else ""

    return offer


def main() -> None:
    """Count once and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_study(parser)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        at, key = copied_or_heard(chosen, Path(folder))
        with Study.open(at, KeyFile(key)) as study:
            show(study)


def show(study: Study) -> None:
    """All samples of a study together."""
    stretches: Counter[str] = Counter()
    letters: Counter[str] = Counter()
    presses: Counter[str] = Counter()
    dialog: Counter[str] = Counter()
    completed = spelt = (0, 0)
    offered = 0
    for row in study.recordings():
        truth = SAMPLES / "truth" / f"{Path(row.name).stem}.json"
        told = json.loads(truth.read_text(encoding="utf-8"))
        state = replay(study, row.id, ())
        fixes = plan(state, in_order(told))
        for fix in fixes:
            kind = kind_of(state, fix)
            stretches[kind] += 1
            letters[kind] += len(fix.new)
            presses[kind] += presses_of(state, fix)
            dialog[kind] += count_dialog(state, fix)
        words, spared = spared_by_completing(state, fixes)
        completed = (completed[0] + words, completed[1] + spared)
        shown, right, less = spared_by_spelling(state, fixes)
        offered, spelt = offered + shown, (spelt[0] + right, spelt[1] + less)
    print("| kind | stretches | letters in them | presses | in the dialog before |\n|---|---|---|---|---|")
    for kind, count in stretches.most_common():
        print(f"| {kind} | {count} | {letters[kind]} | {presses[kind]} | {dialog[kind]} |")
    print(f"| together | {stretches.total()} | {letters.total()} | {presses.total()} | {dialog.total()} |\n")
    print(f"A word completed: {completed[0]} words, {completed[1]} presses fewer.")
    print(f"A spelling offered: in {offered} places, right in {spelt[0]}, {spelt[1]} presses fewer.")


if __name__ == "__main__":
    main()
