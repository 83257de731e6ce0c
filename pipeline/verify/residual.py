"""What a reader of a redaction report should still think about: residual risk, in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.deidentify.classes import class_of_span
from pipeline.deidentify.failsafe import UNREAD_TYPE
from pipeline.identifiers import CLASSES
from pipeline.records import Redaction, Span, Transcription
from pipeline.verify.heard_well import heard_well
from pipeline.verify.reading import FASTEST_WORDS_A_MINUTE, percent
from pipeline.verify.state import FAINT_PROBABILITY


def notes(
    redaction: Redaction,
    *,
    undecided: int,
    transcription: Transcription | None = None,
    style: str = "label",
    coverage: float | None = None,
    skimmed: float = 0.0,
    listened: float | None = None,
    over: int = 0,
) -> tuple[str, ...]:
    """Notes for people, none of which quotes the transcript. `coverage`: share of words read in review; `skimmed`:
    share marked as read faster than a person reads; `listened`: share whose sound was played (None: not kept); `over`:
    places a last look found in the open when it was verified."""
    found = [
        _undecided(undecided),
        _unseen(coverage),
        _skimmed(skimmed),
        _verified_over(over),
        _unread(redaction.spans),
        _left_in(redaction.spans, "flag", "Left in, since the policy flags them"),
        _left_in(redaction.spans, "keep", "Left in by a person's decision"),
        _cleared(redaction.spans),
        _stacked(redaction),
        _faint(transcription),
        _badly_heard(transcription, redaction, listened),
        *(f"Of the recording: {note}." for note in (transcription.notes if transcription else ())),
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


def _unseen(coverage: float | None) -> str:
    """What nobody but the software has looked at."""
    if coverage is None or coverage >= 1:
        return ""
    return (
        f"Only {percent(coverage)} of the words were read or heard in the review. In the rest nobody has looked "
        "for what the software may have missed."
    )


def _skimmed(share: float) -> str:
    if not share:
        return ""
    return (
        f"{percent(share)} of the words were marked as read faster than a person reads (more than "
        f"{FASTEST_WORDS_A_MINUTE} words a minute). They count as skimmed, not as read."
    )


def _verified_over(count: int) -> str:
    if not count:
        return ""
    stand = (
        "place that may identify somebody stood" if count == 1 else "places that may identify somebody stood"
    )
    return (
        f"{count} {stand} in the open when it was verified (names of the roster, words with a label in the study, "
        "digits said one by one, faint words where a name is due). The reviewer was shown each and said that they stay."
    )


def _left_in(spans: Sequence[Span], action: str, why: str) -> str:
    """Facts that were found and not removed, and can tell in company who somebody is."""
    found = [class_of_span(s) for s in spans if s.action == action]
    left = Counter(kind.title for kind in found if not kind.hipaa)
    if not left:
        return ""
    listed = ", ".join(f"{title.lower()} ({count})" for title, count in sorted(left.items()))
    return f"{why}: {listed}. Alone they identify nobody; together they may."


def _cleared(spans: Sequence[Span]) -> str:
    """What looked like one of HIPAA's identifiers, and a person judged to be none."""
    kept = Counter(kind.title for s in spans if s.action == "keep" and (kind := class_of_span(s)).hipaa)
    if not kept:
        return ""
    listed = ", ".join(f"{title.lower()} ({count})" for title, count in sorted(kept.items()))
    return f"Looked like identifiers, judged by a person to identify nobody, and left in: {listed}."


def _stacked(redaction: Redaction) -> str:
    """Several kinds of telling facts in one utterance are more telling than each."""
    kinds: dict[int, set[str]] = {}
    for span in redaction.spans:
        kind = class_of_span(span)
        if span.action in ("flag", "generalise") or (span.action == "keep" and not kind.hipaa):
            kinds.setdefault(span.utterance, set()).add(kind.key)
    stacked = sum(1 for found in kinds.values() if len(found & set(CLASSES)) >= 3)
    if not stacked:
        return ""
    hold = "One utterance holds" if stacked == 1 else f"{stacked} utterances hold"
    return f"{hold} three or more kinds of telling facts side by side."


def _faint(transcription: Transcription | None) -> str:
    words = transcription.words if transcription else ()
    share = sum(1 for w in words if w.probability < FAINT_PROBABILITY) / len(words) if words else 0.0
    if share < 0.01:
        return ""
    return (
        f"{percent(share)} of the words were heard faintly; a name among them may be misspelt and overlooked."
    )


def _badly_heard(transcription: Transcription | None, redaction: Redaction, listened: float | None) -> str:
    well = heard_well(transcription, redaction.utterances) if transcription else None
    if well is None or not well.listen_to_all:
        return ""
    by_ear = "how much of it was listened to was not kept" if listened is None else ""
    return (
        f"The recording was heard badly ({well.figures}). What was misheard there is too much to be found by questions; "
        f"{by_ear or f'{percent(listened or 0.0)} of the words were listened to in the review'}."
    )


def _surrogates(style: str) -> str:
    if style != "surrogate":
        return ""
    return (
        "Names, places and numbers in the transcript are invented stand-ins. A reader cannot tell them from "
        "real ones, so say so wherever the transcript goes."
    )


def _places(count: int) -> str:
    return "One place is" if count == 1 else f"{count} places are"
