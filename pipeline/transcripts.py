"""From a transcript made elsewhere to an Attribution: who is who, and which word is when.

    utterances of the text --names--> participant codes
    words of the text + what was heard --alignment--> words with times   (where there is sound)
    turns of voices + words with times --> whose voice is whose          (where there is sound)

Stands beside pipeline.flow: it joins readers, transcribe, speakers and deidentify, and knows neither the vault nor
the ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.readers.roles import is_anonymous
from pipeline.records import (
    Attribution,
    Audio,
    Diarization,
    Roster,
    SpeakerLink,
    Transcription,
    Turn,
    Utterance,
    Word,
)
from pipeline.verify.versions import MADE_ELSEWHERE

if TYPE_CHECKING:
    from pipeline.flow import Progress
    from pipeline.readers import Source
    from pipeline.speakers.voices import KnownVoices
    from pipeline.transcribe.base import Transcriber

PREFIX = "T"  # local speakers that have no voice in the sound
LEAST_SHARE = 0.6  # of a voice's words that must be one speaker's, for the voice to be theirs


@dataclass(frozen=True, slots=True)
class _Who:
    """A speaker of the text: the name as it stands there, the code, and whether a person should say who it is."""

    name: str = field(repr=False)
    code: str
    named: bool
    unsure: bool
    why: str


def as_transcription(source: Source, model: str, language: str) -> Transcription:
    """A transcript without sound as a Transcription: its words, at the times it states itself."""
    words: list[Word] = []
    for utterance in source.utterances:
        words += _own_times(utterance)
    duration = max((u.end for u in source.utterances), default=0.0)
    return Transcription(duration, language, MADE_ELSEWHERE, model, tuple(words), source.notes)


def align(
    audio: Audio, source: Source, engine: Transcriber, language: str | None, progress: Progress | None = None
) -> Transcription:
    """A transcript's words with the times they are said at. Raises EngineMissingError for an engine that cannot."""
    from pipeline.transcribe.alignment import Line, time_words

    say = progress or (lambda _: None)
    heard = engine.transcribe(audio, language=language, progress=lambda share: say(0.7 * share))
    lines = [Line(tuple(u.text.split()), u.start or None) for u in source.utterances]
    timed = time_words(audio, lines, heard, engine, lambda share: say(0.7 + 0.3 * share))  # type: ignore[arg-type]
    say(1.0)
    return replace(
        timed, engine=f"{MADE_ELSEWHERE} + {heard.engine}", notes=(*audio.notes, *source.notes, *timed.notes)
    )


def attribute(
    source: Source,
    transcription: Transcription,
    diarization: Diarization,
    *,
    roster: Roster | None,
    known: KnownVoices,
) -> Attribution:
    """The text's utterances with participant codes: names of the margin that are the roster's get its codes.

    A name that is not the roster's gets an unlinked code (S1) and a question; without a roster people get the next
    free codes, and their names are kept with them, so that mentions of them are the same label.
    """
    utterances = list(_timed(source.utterances, transcription.words))
    who = {w.name: w for w in _who(source.utterances, roster, known)}
    local = _voices(utterances, diarization.turns)
    locals_of = {name: local.get(name, f"{PREFIX}{n}") for n, name in enumerate(who, 1)}
    return Attribution(
        utterances=tuple(replace(u, participant=who[u.participant].code) for u in utterances),
        codes=tuple((locals_of[w.name], w.code) for w in who.values()),
        evidence=tuple((locals_of[w.name], w.why) for w in who.values()),
        unsure=tuple(locals_of[w.name] for w in who.values() if w.unsure),
        spoken_by=tuple(locals_of[u.participant] for u in utterances),
        links=tuple(
            SpeakerLink(locals_of[w.name], w.code, "", 0.0, w.named, w.name if _is_name(w) else "")
            for w in who.values()
        ),
    )


def _is_name(who: _Who) -> bool:
    return not is_anonymous(who.name)


# --- who is who ------------------------------------------------------------------------------------


def _who(utterances: Sequence[Utterance], roster: Roster | None, known: KnownVoices) -> Iterator[_Who]:
    """Every speaker of the text with a code, in order of appearance."""
    from pipeline.speakers.voices import UNLINKED, next_code

    codes = _roster_codes([u.participant for u in utterances], roster)
    has_roster = roster is not None and bool(roster.people)
    own = {p.code for p in roster.people} if roster else set()
    taken = set(known.used_codes) | own
    for name in dict.fromkeys(u.participant for u in utterances):
        if name in codes:
            yield _Who(name, codes[name], True, False, "named so in the transcript")
        elif name in own:
            yield _Who(name, name, True, False, "the transcript has the code")
        else:
            prefix, digits = (UNLINKED, 1) if has_roster or is_anonymous(name) else ("P", 2)
            code = next_code(prefix, taken, digits=digits)
            taken.add(code)
            why = (
                "the transcript's own name, which is not in the roster"
                if has_roster
                else "the transcript's own name"
            )
            yield _Who(name, code, False, has_roster or is_anonymous(name), why)


def _roster_codes(names: Sequence[str], roster: Roster | None) -> dict[str, str]:
    """Names that are surely somebody's of the roster, with that person's code."""
    if roster is None or not roster.people:
        return {}
    from pipeline.deidentify.speakers_named import name_speakers

    codes = {p.code for p in roster.people}
    shown = name_speakers(names, roster).shown
    return {name: code for name, code in shown.items() if code in codes}


def _voices(utterances: Sequence[Utterance], turns: Sequence[Turn]) -> dict[str, str]:
    """Speakers of the text with the voice (local speaker of the diarization) that is theirs: most of what it says
    are their words, and no other voice says more of them."""
    from pipeline.speakers.timeline import overlapped_seconds

    spoken: dict[str, list[Turn]] = defaultdict(list)
    for turn in turns:
        spoken[turn.speaker].append(turn)
    shares: dict[tuple[str, str], float] = defaultdict(float)
    for utterance in utterances:
        for word in utterance.words:
            for voice, own in spoken.items():
                if seconds := overlapped_seconds(word.start, word.end, own):
                    shares[voice, utterance.participant] += seconds
    found: dict[str, str] = {}
    for (voice, name), seconds in sorted(shares.items(), key=lambda item: -item[1]):
        whole = sum(s for (v, _), s in shares.items() if v == voice)
        if name not in found and voice not in found.values() and seconds >= LEAST_SHARE * whole:
            found[name] = voice
    return found


# --- which word is when ----------------------------------------------------------------------------


def _own_times(utterance: Utterance) -> list[Word]:
    """An utterance's words spread over its own time."""
    words = utterance.text.split()
    step = (utterance.end - utterance.start) / max(1, len(words))
    return [
        Word(utterance.start + n * step, utterance.start + (n + 1) * step, text)
        for n, text in enumerate(words)
    ]


def _timed(utterances: Sequence[Utterance], words: Sequence[Word]) -> Iterator[Utterance]:
    """The text's utterances with their words, which come in the text's order."""
    at = 0
    for utterance in utterances:
        count = len(utterance.text.split())
        mine = tuple(words[at : at + count])
        at += count
        start = min((w.start for w in mine), default=utterance.start)
        end = max((w.end for w in mine), default=utterance.end)
        yield replace(utterance, start=start, end=max(start, end), words=mine)
