"""What a reader of a redaction report should still think about: residual risk, in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.deidentify.classes import CLASSES, class_of_span
from pipeline.deidentify.failsafe import UNREAD_TYPE
from pipeline.records import Redaction, Span, Transcription

# Below this a word is more guessed than heard, and a name among such words may be misspelt.
_FAINT = 0.4


def notes(
    redaction: Redaction, *, undecided: int, transcription: Transcription | None = None, style: str = "label"
) -> tuple[str, ...]:
    """Notes for people, none of which quotes the transcript."""
    found = [
        _undecided(undecided),
        _unread(redaction.spans),
        _left_in(redaction.spans),
        _stacked(redaction),
        _faint(transcription),
        _surrogates(style),
        "The voices themselves identify people. They are in the recording alone, not in this transcript.",
        "What was said may be known to others who were there. No software can judge that; a person must.",
    ]
    return tuple(note for note in found if note)


def _undecided(count: int) -> str:
    if not count:
        return ""
    return f"{_places(count)} not decided by a person yet. Do not share the transcript before they are."


def _unread(spans: Sequence[Span]) -> str:
    count = sum(1 for s in spans if s.type == UNREAD_TYPE)
    return f"{_places(count)} taken out whole, because the software could not check them." if count else ""


def _left_in(spans: Sequence[Span]) -> str:
    """Facts that were flagged, not removed."""
    flagged = [class_of_span(s) for s in spans if s.action == "flag"]
    left = Counter(kind.title for kind in flagged if not kind.hipaa)
    if not left:
        return ""
    listed = ", ".join(f"{title.lower()} ({count})" for title, count in sorted(left.items()))
    return f"Left in, since the policy flags them: {listed}. Alone they identify nobody; together they may."


def _stacked(redaction: Redaction) -> str:
    """Several kinds of telling facts in one utterance are more telling than each."""
    kinds: dict[int, set[str]] = {}
    for span in redaction.spans:
        if span.action in ("flag", "generalise"):
            kinds.setdefault(span.utterance, set()).add(class_of_span(span).key)
    stacked = sum(1 for found in kinds.values() if len(found & set(CLASSES)) >= 3)
    return f"{stacked} utterances hold three or more kinds of telling facts side by side." if stacked else ""


def _faint(transcription: Transcription | None) -> str:
    words = transcription.words if transcription else ()
    share = sum(1 for w in words if w.probability < _FAINT) / len(words) if words else 0.0
    if share < 0.01:
        return ""
    return f"{share:.0%} of the words were heard faintly; a name among them may be misspelt and overlooked."


def _surrogates(style: str) -> str:
    if style != "surrogate":
        return ""
    return (
        "Names, places and numbers in the transcript are invented stand-ins. A reader cannot tell them from "
        "real ones, so say so wherever the transcript goes."
    )


def _places(count: int) -> str:
    return "One place is" if count == 1 else f"{count} places are"
