"""Share of words given to the right speaker, against who truly said what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from pipeline.records import Utterance


def right_speaker_share(
    truth: Sequence[Mapping[str, object]], found: Sequence[Utterance]
) -> tuple[float, int]:
    """Of the recognised words that match a true one, the share with the true speaker; and how many match.

    Both sides are put in order of time word by word; a code stands for the true speaker most of its words have.
    """
    said = [(w, str(u["speaker"])) for u in truth for w in _words(str(u["text"]))]
    timed = sorted((w.start, n, w.text, u.participant) for n, u in enumerate(found) for w in u.words)
    heard = [(word, code) for _, _, text, code in timed for word in _words(text)]
    matcher = SequenceMatcher(None, [w for w, _ in said], [w for w, _ in heard], autojunk=False)
    pairs = [
        (said[b.a + i][1], heard[b.b + i][1]) for b in matcher.get_matching_blocks() for i in range(b.size)
    ]
    person = {}
    for code in {c for _, c in pairs}:
        people = [p for p, c in pairs if c == code]
        person[code] = max(sorted(set(people)), key=people.count)
    right = sum(person[code] == true for true, code in pairs)
    return right / max(1, len(pairs)), len(pairs)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower().replace("'", "").replace("’", ""))
