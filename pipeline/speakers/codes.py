"""Participant codes: one person is one voice and one name, in every recording of a study.

`assign` gives the local speakers of a recording their codes; `learn` remembers what it found. With a roster codes
belong to names: a voice is P03 once it is surely that name's, and S1, S2 ... (the same over the whole study) until then.
Without one codes go by first appearance, and a name that is surely a speaker's is kept with the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.records import (
    Attribution,
    Claim,
    Diarization,
    Person,
    Roster,
    SpeakerLink,
    Utterance,
    Voiceprint,
)
from pipeline.speakers.claims import find_claims
from pipeline.speakers.diarization.choice import voiceprint_model
from pipeline.speakers.linking import Candidate, Link, link, link_last, unheeded
from pipeline.speakers.matching import Match, alike, match
from pipeline.speakers.namebook import NameBook, build_namebook
from pipeline.speakers.remembering import learn, relabel
from pipeline.speakers.roster import learnt_roster
from pipeline.speakers.selfnames import find_own_names
from pipeline.speakers.voices import UNLINKED, KnownVoice, KnownVoices, next_code

__all__ = ["KnownVoices", "assign", "learn", "learnt_roster", "relabel"]

_LEAST_SECONDS_OF_A_PARTICIPANT = 2.0
_NAME_HELPS_VOICE, _NAME_SPEAKS_AGAINST_VOICE = 0.15, -0.1
_SURE_INTRODUCTION = 2.8
PARTICIPANT = "P"


@dataclass(frozen=True, slots=True)
class _Speaker:
    """What is known of one local speaker while codes are being found."""

    speaker: str
    seconds: float
    claims: tuple[Claim, ...]
    match: Match | None
    voice: KnownVoice | None


def assign(
    diarization: Diarization,
    utterances: Sequence[Utterance],
    *,
    roster: Roster | None,
    known: KnownVoices,
) -> Attribution:
    """Give every local speaker (utterances' `participant`) its code; no two speakers of a recording share one.

    Voices are matched against `known` all together, names are linked to voices over this recording and what
    `known` remembers. What is not sure stays unlinked or is listed in `unsure`.
    """
    by_name = roster is not None and bool(roster.people)
    people = roster.people if roster is not None and roster.people else find_own_names(utterances, known)
    book = build_namebook(people)
    claims = find_claims(utterances, diarization.turns, book)
    support = _support(claims, known, by_name)
    model = voiceprint_model(diarization.model)
    matches = match(diarization.voiceprints, known, model=model, support=support)
    speakers = _gather(diarization, utterances, claims, matches, known)
    candidates = [_candidate(s, book, by_name) for s in speakers]
    names = _link_names(speakers, candidates, book, known, by_name)
    doubts = _doubts(candidates, names) if by_name else {}
    reasons = {speaker: name.why for speaker, name in names.items()} | doubts
    codes = _give_codes(speakers, names, people, known, by_name)
    unsure = _unsure(speakers, names, diarization.voiceprints) | set(doubts)
    links = tuple(_speaker_link(s, codes[s.speaker], names.get(s.speaker), people, by_name) for s in speakers)
    return Attribution(
        utterances=tuple(replace(u, participant=codes[u.participant]) for u in utterances),
        codes=tuple((s.speaker, codes[s.speaker]) for s in speakers),
        evidence=tuple((s.speaker, _evidence(s, reasons.get(s.speaker, ""), known)) for s in speakers),
        unsure=tuple(filter(unsure.__contains__, codes)),
        spoken_by=tuple(u.participant for u in utterances),
        links=links if by_name else (*links, *_absent_names(speakers, known)),
        claims=claims if by_name else _claims_with_names(claims, people),
    )


def _doubts(candidates: Iterable[Candidate], names: Mapping[str, Link]) -> dict[str, str]:
    """What unlinked voices' claims say all the same, by speaker."""
    said = ((c.speaker, unheeded(c, names)) for c in candidates)
    return {speaker: doubt for speaker, doubt in said if doubt}


def _support(claims: Iterable[Claim], known: KnownVoices, by_name: bool) -> dict[tuple[str, str], float]:
    """A speaker that surely says a known voice's name is likelier that voice, and less likely another named one."""
    support: dict[tuple[str, str], float] = {}
    for claim in claims:
        if claim.kind != "introduced" or claim.weight < _SURE_INTRODUCTION or not by_name:
            continue
        for voice in known.voices:
            if voice.named:
                helps = voice.code == claim.code
                support[claim.speaker, voice.key] = _NAME_HELPS_VOICE if helps else _NAME_SPEAKS_AGAINST_VOICE
    return support


def _gather(
    diarization: Diarization,
    utterances: Sequence[Utterance],
    claims: Sequence[Claim],
    matches: Mapping[str, Match],
    known: KnownVoices,
) -> list[_Speaker]:
    """All local speakers in order of first appearance."""
    first: dict[str, float] = {}
    seconds: dict[str, float] = {}
    for turn in diarization.turns:
        first[turn.speaker] = min(turn.start, first.get(turn.speaker, turn.start))
        seconds[turn.speaker] = seconds.get(turn.speaker, 0.0) + turn.end - turn.start
    for said in utterances:
        if said.participant not in seconds:
            first[said.participant] = min(said.start, first.get(said.participant, said.start))
    return [
        _Speaker(
            speaker,
            seconds.get(speaker, 0.0),
            tuple(c for c in claims if c.speaker == speaker),
            matches.get(speaker),
            known.with_key(matches[speaker].voice) if speaker in matches else None,
        )
        for speaker in sorted(first, key=lambda s: (first[s], s))
    ]


def _link_names(
    speakers: Sequence[_Speaker],
    candidates: Sequence[Candidate],
    book: NameBook,
    known: KnownVoices,
    by_name: bool,
) -> dict[str, Link]:
    """Links of this recording's speakers to the codes of the name book."""
    here = {s.voice.key for s in speakers if s.voice}
    away = [v for v in known.voices if v.key not in here and v.named and by_name]
    taken = {v.code for v in away if v.code in book.codes}
    links = link(candidates, book.codes, taken)
    if by_name:
        links |= link_last(candidates, book.codes, links, taken)
    return links


def _candidate(speaker: _Speaker, book: NameBook, by_name: bool) -> Candidate:
    voice, remembered = speaker.voice, tuple[Claim, ...]()
    code = ""
    confirmed = voice is not None and voice.confirmed
    if voice:
        remembered = tuple(c for c in voice.claims if c.code in book.codes) if by_name else ()
        code = voice.code if by_name and voice.named and voice.code in book.codes else ""
    heard_before = len(voice.recordings) if voice else 0
    seconds = speaker.seconds + (voice.seconds if voice else 0.0)
    return Candidate(speaker.speaker, remembered + speaker.claims, code, confirmed, seconds, heard_before + 1)


def _give_codes(
    speakers: Sequence[_Speaker],
    names: Mapping[str, Link],
    people: Sequence[Person],
    known: KnownVoices,
    by_name: bool,
) -> dict[str, str]:
    """The code of each local speaker."""
    taken = set(known.used_codes) | ({p.code for p in people} if by_name else set())
    codes: dict[str, str] = {}
    for speaker in speakers:
        if by_name and speaker.speaker in names:
            code = names[speaker.speaker].code
        elif speaker.voice and _keeps_code(speaker.voice, people, by_name):
            code = speaker.voice.code
        elif by_name or speaker.seconds < _LEAST_SECONDS_OF_A_PARTICIPANT:
            code = next_code(UNLINKED, taken)
        else:
            code = next_code(PARTICIPANT, taken, digits=2)
        codes[speaker.speaker] = code
        taken.add(code)
    return codes


def _keeps_code(voice: KnownVoice, people: Sequence[Person], by_name: bool) -> bool:
    """A remembered voice keeps its code, except one that with this roster means somebody else."""
    return not by_name or voice.code not in {p.code for p in people}


def _unsure(
    speakers: Sequence[_Speaker], names: Mapping[str, Link], voiceprints: Sequence[Voiceprint]
) -> set[str]:
    """Speakers a person should confirm."""
    unsure = {s.speaker for s in speakers if s.match is not None and not s.match.sure}
    unsure |= {s.speaker for s in speakers if s.match is None and s.seconds > 0}
    unsure |= {speaker for speaker, name in names.items() if not name.sure}
    return unsure | {speaker for pair in alike(voiceprints) for speaker in pair}


def _evidence(speaker: _Speaker, reason: str, known: KnownVoices) -> str:
    """Why a speaker has its code, without names."""
    return "; ".join(part for part in (_voice_evidence(speaker, known), reason) if part)


def _voice_evidence(speaker: _Speaker, known: KnownVoices) -> str:
    found = speaker.match
    if found is None:
        return "too little speech to know the voice"
    if speaker.voice:
        heard = len(speaker.voice.recordings)
        times = f"of {heard} earlier recording{'s' if heard != 1 else ''}" if heard else "enrolled"
        certainty = "voice matches" if found.sure else "voice probably matches"
        return f"{certainty} {speaker.voice.code} {times} (likeness {found.score:.2f}, next {max(0.0, found.runner_up):.2f})"
    other = known.with_key(found.resembles)
    if other:
        return f"a new voice, somewhat like {other.code} (likeness {found.score:.2f})"
    if not found.comparable:
        return "new to this network; voices that another one told apart cannot be compared"
    return "first heard here"


def _speaker_link(
    speaker: _Speaker, code: str, name: Link | None, people: Sequence[Person], by_name: bool
) -> SpeakerLink:
    voice = speaker.voice
    learnt = "" if by_name else (voice.name if voice else "")
    if not by_name and name and not learnt:
        learnt = next((p.name for p in people if p.code == name.code), "")
    named = name is not None if by_name else bool(learnt)
    score = speaker.match.score if speaker.match and voice else 0.0
    return SpeakerLink(speaker.speaker, code, voice.key if voice else "", round(score, 3), named, learnt)


def _absent_names(speakers: Sequence[_Speaker], known: KnownVoices) -> tuple[SpeakerLink, ...]:
    """Names learnt of people who are not in this recording but may be spoken of."""
    here = {s.voice.key for s in speakers if s.voice}
    return tuple(
        SpeakerLink("", v.code, v.key, 0.0, True, v.name)
        for v in known.voices
        if v.name and v.key not in here
    )


def _claims_with_names(claims: Iterable[Claim], people: Sequence[Person]) -> tuple[Claim, ...]:
    """Claims found without a roster point to names, for a roster that may come later."""
    names = {p.code: p.name for p in people}
    return tuple(replace(c, code="", name=names[c.code]) for c in claims)
