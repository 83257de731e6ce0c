"""A small detector for tests of what comes after detection: it finds exactly what it is told to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.deidentify.replace import Replaced
from pipeline.records import Roster, Span, Tier, Utterance


class FakeDetector:
    """Finds every whole-word mention of the given words: {"Tess": "PERSON", ...}, at one score."""

    def __init__(self, finds: Mapping[str, str], score: float = 0.95, tier: Tier = "direct") -> None:
        self.finds, self.score, self.tier = finds, score, tier

    def find(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> tuple[Span, ...]:
        return tuple(
            Span(i, m.start(), m.end(), kind, self.tier, self.score, "fake", m[0])
            for i, u in enumerate(utterances)
            for words, kind in self.finds.items()
            for m in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", u.text)
        )


class NoSecondLook:
    """Sees nothing."""

    def look(
        self,
        replaced: Sequence[Replaced],
        originals: Sequence[Utterance],
        roster: Roster | None,
        kept: Sequence[Span] = (),
    ) -> tuple[Span, ...]:
        return ()
