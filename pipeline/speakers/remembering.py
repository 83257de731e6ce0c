"""What a recording teaches about voices, and old transcripts brought up to date with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.records import Attribution, Claim, Diarization, SpeakerLink, Utterance, Voiceprint
from pipeline.speakers.diarization.choice import voiceprint_model
from pipeline.speakers.matching import usable
from pipeline.speakers.voices import UNLINKED, KnownVoice, KnownVoices, Remembered

_LEAST_SECONDS_TO_REMEMBER = 1.5


def learn(
    known: KnownVoices,
    attribution: Attribution,
    diarization: Diarization,
    verified: bool,
    *,
    recording: str = "",
) -> KnownVoices:
    """Remember a recording's speakers: a voiceprint, and what was claimed about names, for each.

    A recording (by its name) learnt again replaces what it taught before; without a name it is a new one. Codes a
    person changed in a verified attribution move the speaker to that code's voice. Voiceprints of unverified
    recordings are provisional: once a voice has a verified one only those describe it.
    """
    name = recording or f"#{1 + len({p.recording for v in known.voices for p in v.prints})}"
    prints = {p.speaker: p for p in diarization.voiceprints}
    model = voiceprint_model(diarization.model)
    links = {link.speaker: link for link in attribution.links}
    after = known.without_recording(name)
    homes: dict[str, KnownVoice] = {}
    for speaker, found_code in attribution.codes:
        link = links.get(speaker) or SpeakerLink(speaker, found_code)
        changed = verified and found_code != link.code
        before = known.holding(name, speaker)
        # A review may have begun before the voice got its present code: that one counts, unless a person chose.
        code = before.code if before and verified and not changed else found_code
        link = replace(link, code=code)
        voice = homes.get(code) or _home(after, known, link, before, verified, changed)
        print_ = _remember(name, speaker, prints.get(speaker), verified, model)
        claims = _claims_of(attribution, speaker, name)
        voice = _taught(voice, replace(link, named=link.named or changed), print_, claims)
        homes[code] = voice
        after = after.replacing(voice)
    return after


def _claims_of(attribution: Attribution, speaker: str, recording: str) -> tuple[Claim, ...]:
    return tuple(replace(c, recording=recording) for c in attribution.claims if c.speaker == speaker)


def _taught(voice: KnownVoice, link: SpeakerLink, heard: Remembered, claims: Sequence[Claim]) -> KnownVoice:
    """A voice with what one recording says of it."""
    named = link.named or (voice.named and voice.code == link.code)
    return replace(
        voice,
        code=link.code,
        named=named,
        confirmed=voice.confirmed or (heard.verified and named),
        name=voice.name or link.name,
        prints=(*voice.prints, heard),
        claims=(*voice.claims, *claims),
    )


def _home(
    after: KnownVoices,
    known: KnownVoices,
    link: SpeakerLink,
    before: KnownVoice | None,
    verified: bool,
    changed: bool,
) -> KnownVoice:
    """The voice a speaker belongs to: where a person put it, else the one that was matched, else a new one.

    A person who gives a voice another code renames the whole voice only while it was nobody's: an unlinked
    one. A participant's voice stays theirs, and this recording was somebody else.
    """
    coded = after.with_code(link.code)
    held = after.with_key(before.key) if before and verified else None
    matched = held or after.with_key(link.voice)
    if coded and (verified or matched is None):
        return coded
    if matched and (not changed or _is_unlinked(matched)):
        return matched
    if before and verified and not changed:  # heard here alone: the same voice, learnt anew
        return replace(before, prints=(), claims=())
    return KnownVoice(KnownVoices((*after.voices, *known.voices)).next_key(), link.code)


def _is_unlinked(voice: KnownVoice) -> bool:
    return not voice.named and voice.code.startswith(UNLINKED)


def _remember(
    recording: str, speaker: str, heard: Voiceprint | None, verified: bool, model: str
) -> Remembered:
    if heard is None:
        return Remembered(recording, speaker, 0.0, (), verified, model)
    enough = heard.seconds >= _LEAST_SECONDS_TO_REMEMBER and usable(heard.mean)
    return Remembered(recording, speaker, heard.seconds, tuple(heard.mean) if enough else (), verified, model)


def relabel(attribution: Attribution, known: KnownVoices, recording: str) -> Attribution:
    """An earlier recording's attribution with the codes its speakers have now (links, renames, merges, splits)."""
    now = dict(attribution.codes)
    for speaker in now:
        voice = known.holding(recording, speaker)
        if voice:
            now[speaker] = voice.code
    if now == dict(attribution.codes):
        return attribution
    return replace(
        attribution,
        codes=tuple((speaker, now[speaker]) for speaker, _ in attribution.codes),
        links=tuple(replace(link, code=now.get(link.speaker, link.code)) for link in attribution.links),
        utterances=_relabel_utterances(attribution, now),
    )


def _relabel_utterances(attribution: Attribution, now: dict[str, str]) -> tuple[Utterance, ...]:
    utterances, spoken_by = attribution.utterances, attribution.spoken_by
    if len(spoken_by) != len(utterances):  # utterances were joined or split since: go by the old codes
        by_code = {old: now[speaker] for speaker, old in attribution.codes}
        return tuple(replace(u, participant=by_code.get(u.participant, u.participant)) for u in utterances)
    before = dict(attribution.codes)
    return tuple(
        replace(u, participant=now[s]) if u.participant == before.get(s) else u
        for u, s in zip(utterances, spoken_by, strict=True)
    )
