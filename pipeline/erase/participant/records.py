"""The records of a recording without one participant: what was heard, who said it, what was replaced (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.deidentify.leaving import (
    MENTION,
    Place,
    Stretch,
    cut_out,
    find_mentions,
    is_left,
    leave_turn,
    leave_utterances,
    shift_span,
    turn_text,
    without_labels,
)
from pipeline.language.text import fold
from pipeline.records import Attribution, LabelMap, Redaction, Span, Transcription, Utterance, Word


@dataclass(frozen=True, slots=True)
class Leaver:
    """Who leaves: the code, and the forms of their name (folded) that the study's records may hold."""

    code: str
    forms: frozenset[str] = field(default=frozenset(), repr=False)
    labels_too: bool = False  # nothing of the study needs their rows of the label map any more


@dataclass(frozen=True, slots=True)
class Opened:
    """The raw records after a withdrawal, with what is needed to bring the others in line."""

    attribution: Attribution
    redaction: Redaction
    speakers: frozenset[str]
    gone: frozenset[Stretch]  # the times of words that go, as they stand
    stretches: tuple[Stretch, ...]


def leave_open(attribution: Attribution, redaction: Redaction, leaver: Leaver) -> Opened:
    """Raw and de-identified words of a recording without the participant."""
    code = leaver.code
    speakers = frozenset(speaker for speaker, given in attribution.codes if given == code)
    turns = [
        _leave_turns(said, shown, leaver)
        if said.participant == code
        else _leave_others(number, said, shown, redaction, code)
        for number, (said, shown) in enumerate(zip(attribution.utterances, redaction.utterances, strict=True))
    ]
    raw = tuple(turn.raw for turn in turns)
    return Opened(
        _without_evidence(replace(attribution, utterances=raw), speakers, leaver),
        replace(
            redaction,
            utterances=tuple(turn.clean for turn in turns),
            spans=tuple(span for turn in turns for span in turn.spans),
            left=tuple(span for turn in turns for span in turn.left),
            labels=labels_of(redaction.labels, leaver),
        ),
        speakers,
        frozenset(place for turn in turns for place in turn.gone),
        tuple(place for turn in turns for place in turn.stretches),
    )


@dataclass(frozen=True, slots=True)
class _Turn:
    """One utterance afterwards, with the spans that are left of it, the times of words that go, and when to be silent."""

    raw: Utterance
    clean: Utterance
    spans: tuple[Span, ...] = ()
    left: tuple[Span, ...] = ()
    gone: tuple[Stretch, ...] = ()
    stretches: tuple[Stretch, ...] = ()


def _leave_turns(said: Utterance, shown: Utterance, leaver: Leaver) -> _Turn:
    gone = () if is_left(said.text) else tuple((word.start, word.end) for word in said.words)
    code = leaver.code
    return _Turn(
        leave_turn(said, code), leave_turn(shown, code), gone=gone, stretches=((said.start, said.end),)
    )


def _leave_others(number: int, said: Utterance, shown: Utterance, redaction: Redaction, code: str) -> _Turn:
    spans = [span for span in redaction.spans if span.utterance == number]
    mentions = find_mentions(said.text, spans, code)
    raw, times = cut_out(said, mentions, MENTION) if mentions else (said, ())
    doubtful = (span for span in redaction.left if span.utterance == number)
    (clean,) = leave_utterances((shown,), code)
    return _Turn(raw, clean, _shifted(spans, mentions), _shifted(doubtful, mentions), times, times)


def _shifted(spans: Iterable[Span], mentions: Sequence[Place]) -> tuple[Span, ...]:
    return tuple(moved for span in spans if (moved := shift_span(span, mentions)) is not None)


def labels_of(labels: LabelMap, leaver: Leaver) -> LabelMap:
    """A copy of the label map without the participant's rows, where nothing needs them any more."""
    return without_labels(labels, leaver.code, leaver.forms) if leaver.labels_too else labels


def _without_evidence(attribution: Attribution, speakers: frozenset[str], leaver: Leaver) -> Attribution:
    """Who is who without the participant's voice, and without what was said about their name."""
    code, named = leaver.code, re.compile(rf"\b{leaver.code}\b")

    def stays(speaker: str, about: str = "") -> bool:
        return speaker not in speakers and named.search(about) is None

    return replace(
        attribution,
        codes=tuple(each for each in attribution.codes if stays(each[0])),
        evidence=tuple(each for each in attribution.evidence if stays(*each)),
        unsure=tuple(filter(stays, attribution.unsure)),
        spoken_by=_voices_of(attribution, code),
        links=tuple(link for link in attribution.links if stays(link.speaker, link.code)),
        claims=tuple(claim for claim in attribution.claims if stays(claim.speaker, claim.code)),
    )


def _voices_of(attribution: Attribution, code: str) -> tuple[str, ...]:
    """Each utterance's voice, none for the participant's; as it was where utterances and voices do not go together."""
    spoken_by, turns = attribution.spoken_by, attribution.utterances
    if len(spoken_by) != len(turns):
        return spoken_by
    return tuple(
        "" if said.participant == code else voice for said, voice in zip(turns, spoken_by, strict=True)
    )


def leave_heard(heard: Transcription, open_: Opened, leaver: Leaver) -> Transcription:
    """What the recogniser heard without the participant's words: a mark for each turn, others' words as they are.

    A word that no utterance holds as it was heard (a reviewer put it right) goes with the turn it lies in.
    """
    theirs = [u for u in open_.attribution.utterances if u.participant == leaver.code]
    others = {
        (w.start, w.end)
        for u in open_.attribution.utterances
        if u.participant != leaver.code
        for w in u.words
    }
    marks = [Word(u.start, u.end, turn_text(leaver.code)) for u in theirs]

    def stays(word: Word) -> bool:
        place, middle = (word.start, word.end), (word.start + word.end) / 2
        if place in open_.gone or word.text == turn_text(leaver.code):
            return False
        return place in others or not any(u.start <= middle <= u.end for u in theirs)

    kept = [_unhinted(word, leaver) for word in heard.words if stays(word)]
    held = {(word.start, word.end) for word in kept}
    mentioned = [
        word
        for u in open_.attribution.utterances
        for word in u.words
        if MENTION in word.text and (word.start, word.end) not in held
    ]
    words = sorted((*kept, *marks, *mentioned), key=lambda word: (word.start, word.end))
    return replace(heard, words=tuple(words))


def _unhinted(word: Word, leaver: Leaver) -> Word:
    return replace(word, alternative="") if fold(word.alternative) in leaver.forms else word


def as_text(attribution: Attribution) -> bytes:
    """A transcript that came as a file, as it stands without the participant."""
    return "".join(f"{said.participant}: {said.text}\n" for said in attribution.utterances).encode()


def holds_nothing_of(data: bytes, code: str) -> bool:
    """Whether a sealed record of utterances, opened, holds no word of the participant and no mention by label."""
    name = code.encode()
    turns = re.compile(
        rb'"participant":"%b","start":[^,]+,"end":[^,]+,"text":"(?!\[%b withdrew\]")' % (name, name)
    )
    other = rb'(?:[^\[\]"]|\[[^\[\]"]+\])+'
    mentions = re.compile(rb"\[(?:%b or )?%b(?: or %b)?\]" % (other, name, other))
    return turns.search(data) is None and mentions.search(data) is None
