"""Which planted identifiers still stand in de-identified transcripts, and which look-alikes are lost.

    python -m bench.deidentify.planted TRUTH.json TRANSCRIPT.json [TRUTH.json TRANSCRIPT.json ...] [--show]

TRUTH has utterances with identifiers and `keep`, as samples/truth; TRANSCRIPT has utterances with times. Of an identifier
counts whether one of its telling words (no ordinary English ones) stands in what was said at that time, give or take
some seconds. A plain judge: what the recogniser misheard counts as gone.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

AROUND_S = 3.0
ORDINARY_ZIPF = 4.5


def main() -> None:
    """Print the counts as one JSON object."""
    files = [Path(word) for word in sys.argv[1:] if word != "--show"]
    counts: Counter[str] = Counter()
    for truth_file, made_file in zip(files[::2], files[1::2], strict=True):
        truth = json.loads(truth_file.read_text(encoding="utf-8"))
        made = json.loads(made_file.read_text(encoding="utf-8"))["utterances"]
        for found in judge(truth, made):
            counts[found[0]] += 1
            if "--show" in sys.argv and found[0] in ("leaked", "lost"):
                print(f"{truth_file.stem}: {found[0]} {found[1]!r}")
    print(json.dumps({name: counts[name] for name in ("direct", "leaked", "look-alikes", "lost")}, indent=1))


def judge(truth: Mapping[str, Any], made: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """(what, its words) for each direct identifier and look-alike, and once more for each leaked or lost one."""
    found = []
    for said in truth["utterances"]:
        for each in said.get("identifiers", ()):
            if each["tier"] == "direct":
                found.append(("direct", each["text"]))
                if telling(each["text"]) & words_at(made, said):
                    found.append(("leaked", each["text"]))
    for each in truth["keep"]:
        found.append(("look-alikes", each["text"]))
        if not set(words_of(each["text"])) & words_at(made, truth["utterances"][each["utterance"]]):
            found.append(("lost", each["text"]))
    return found


def words_at(made: Sequence[Mapping[str, Any]], said: Mapping[str, Any]) -> set[str]:
    """The words of a transcript at the time of an utterance, replacements left out."""
    begin, end = said["start"] - AROUND_S, said["end"] + AROUND_S
    return {w for u in made if u["start"] < end and u["end"] > begin for w in words_of(u["text"])}


def words_of(text: str) -> list[str]:
    """Lower-case words without what stands in brackets."""
    return re.findall(r"[^\W_]+", re.sub(r"\[[^\]]*\]", " ", text).lower())


def telling(text: str) -> set[str]:
    """The words that tell who or what is meant."""
    from wordfreq import zipf_frequency

    return {w for w in words_of(text) if zipf_frequency(w, "en") < ORDINARY_ZIPF}


if __name__ == "__main__":
    main()
