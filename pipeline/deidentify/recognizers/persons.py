"""Names of people: every word is weighed by what the models, the name lists, its capital and the words
around say of it (pipeline.deidentify.name_evidence); neighbouring names make one candidate."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.deidentify.name_evidence import NameEvidence
from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View

_FLOOR = 0.3
_JOINING = 0.25


class PersonRecognizer(SpeechRecognizer):
    """Given names, surnames, nicknames and initials."""

    ENTITIES = ("PERSON",)

    def find(self, view: View) -> Iterator[Hit]:
        tokens = view.dialogue.content
        scores = NameEvidence(view).scores()
        at = 0
        while at < len(tokens):
            if scores[at] < _FLOOR:
                at += 1
                continue
            stop = at + 1
            while stop < len(tokens) and stop - at < 5 and scores[stop] >= _JOINING and _joined(tokens[stop]):
                if tokens[stop].turn != tokens[at].turn or tokens[stop].fold == tokens[at].fold:
                    break
                stop += 1
            end = tokens[stop - 1].end
            if tokens[stop - 1].fold.endswith("'s"):
                end -= 2
            yield Hit(tokens[at].start, end, "PERSON", max(scores[at:stop]))
            at = stop


def _joined(token: object) -> bool:
    """Nothing but spaces, or a hyphen, before it."""
    return token.before.strip() in ("", "-")  # type: ignore[attr-defined]
