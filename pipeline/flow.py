"""The way of a recording, stage by stage: what each needs and what it leaves. The map of the house.

    source audio                    --decode-----> sound in memory
    sound                           --transcribe-> Transcription  (words with times)
    sound                           --diarize----> Diarization    (turns, voiceprints)
    Transcription + Diarization     --attribute--> Attribution    (utterances with participant codes)
    Attribution                     --redact-----> Redaction      (de-identified utterances, spans, labels)

Transcribing and diarizing need the same sound and nothing of each other: with two cores or more they go
on at the same time. A stage takes records and returns a record; it knows neither the vault nor the ledger. Whoever calls it
(the one-shot command, a study's run, a cluster worker) fetches what it needs and keeps what it leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from pipeline.concurrency import both
from pipeline.records import Attribution, Audio, Diarization, LabelMap, Redaction, Roster, Transcription

if TYPE_CHECKING:
    from pipeline.deidentify.redact import Deidentifier
    from pipeline.readers import Source
    from pipeline.speakers.codes import KnownVoices
    from pipeline.speakers.diarization.diarize import SpeakerDiarizer
    from pipeline.transcribe.base import Transcriber

Progress = Callable[[float], None]
ProgressFor = Callable[[str], Progress]

HEARING = "transcribing and finding speakers"
"""What both are called while they go on at the same time."""
TRANSCRIBING_SHARE = 0.7
"""Of the time that transcribing and diarizing take together (docs/benchmarks/transcribe.md)."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person may choose about a run; the defaults suit a laptop."""

    engine: str = "faster-whisper"
    model: str = "whisper-base"
    language: str | None = None
    speakers: int | None = None
    policy: str = "hipaa-safe-harbor"
    sensitivity: Literal["strict", "balanced", "lenient"] = "balanced"
    style: Literal["label", "surrogate"] = "label"
    threads: int | None = None
    device: str = "auto"
    hours_for_an_hour: float = 6.0
    """With the model "auto": how many hours the words of an hour may take (pipeline.transcribe.choosing)."""


class Engines:
    """The models of a run, each loaded once, when a stage first needs it."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self._deidentifiers: dict[str, Deidentifier] = {}

    @cached_property
    def transcriber(self) -> Transcriber:
        from pipeline.transcribe import load
        from pipeline.transcribe.choosing import resolve

        c = self.choices
        model = resolve(
            c.model,
            engine=c.engine,
            device=c.device,
            language=c.language,
            hours=c.hours_for_an_hour,
            threads=c.threads,
        )
        return load(c.engine, model, threads=c.threads, device=c.device)

    @cached_property
    def diarizer(self) -> SpeakerDiarizer:
        from pipeline.speakers.diarization.diarize import load

        return load(threads=self.choices.threads)

    def deidentifier(self, language: str = "") -> Deidentifier:
        """The de-identifier of a language (the chosen one, else English, when none is given)."""
        from pipeline.deidentify.redact import load

        c = self.choices
        wanted = c.language or language or "en"
        if wanted not in self._deidentifiers:
            self._deidentifiers[wanted] = load(
                policy=c.policy, sensitivity=c.sensitivity, language=wanted, style=c.style
            )
        return self._deidentifiers[wanted]


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of one run, with what they share: engines, the roster, the person's choices."""

    engines: Engines
    roster: Roster | None = field(default=None, repr=False)

    def decode(self, source: Path | BinaryIO | bytes, *, name: str) -> Audio:
        """Sound in memory, checked and at a usable level; raises the InputError that fits."""
        from pipeline.audio.decode import decode
        from pipeline.audio.quality import check, normalise

        audio = decode(source, name=name)
        found = check(audio, name=name)
        level = round(found.speech_dbfs, 1)
        return normalise(replace(audio, notes=(*audio.notes, *found.warnings), level_dbfs=level))

    def transcribe(self, audio: Audio, progress: Progress | None = None) -> Transcription:
        """What was said."""
        from pipeline.audio.quality import noise_db
        from pipeline.transcribe.doubts import doubts

        language = self.engines.choices.language
        heard = self.engines.transcriber.transcribe(
            audio, language=language, hints=hints(self.roster), progress=progress
        )
        notes = doubts(audio, heard, chosen=language)
        return replace(heard, notes=notes, level_dbfs=audio.level_dbfs, noise_db=noise_db(audio))

    def align(self, audio: Audio, source: Source, progress: Progress | None = None) -> Transcription:
        """The words of a transcript made elsewhere with the times they are said at."""
        from pipeline.transcripts import align

        return align(audio, source, self.engines.transcriber, self.engines.choices.language, progress)

    def attribute_text(
        self, source: Source, transcription: Transcription, diarization: Diarization, known: KnownVoices
    ) -> Attribution:
        """A transcript's own speakers as participants, by the roster where there is one."""
        from pipeline.transcripts import attribute

        return attribute(source, transcription, diarization, roster=self.roster, known=known)

    def diarize(self, audio: Audio, progress: Progress | None = None) -> Diarization:
        """Who spoke when; the roster's size is a hint."""
        from pipeline.speakers.roster import expected_speakers

        speakers, most = self.engines.choices.speakers, expected_speakers(self.roster)
        return self.engines.diarizer.diarize(audio, speakers=speakers, at_most=most, progress=progress)

    @property
    def side_by_side(self) -> bool:
        """True when there are cores to transcribe and diarize at the same time."""
        from pipeline.transcribe.loading import usable_cores

        return (self.engines.choices.threads or usable_cores()) > 1

    def hear(self, audio: Audio, progress: ProgressFor) -> tuple[Transcription, Diarization]:
        """What was said, and who spoke when: at the same time where there are cores for it."""
        if not self.side_by_side:
            transcription = self.transcribe(audio, progress("transcribing"))
            return transcription, self.diarize(audio, progress("finding speakers"))
        transcribe, diarize = partial(self.transcribe, audio), partial(self.diarize, audio)
        shown = progress(HEARING)
        with both(transcribe, diarize, shown, share=TRANSCRIBING_SHARE) as (heard, turns):
            return heard(), turns()

    def attribute(
        self, transcription: Transcription, diarization: Diarization, known: KnownVoices
    ) -> Attribution:
        """Words to participants: with the roster by name and voice, without it by voice alone."""
        from pipeline.speakers.attribution import attribute
        from pipeline.speakers.codes import assign

        utterances = attribute(transcription, diarization)
        return assign(diarization, utterances, roster=self.roster, known=known)

    def redact(
        self,
        attribution: Attribution,
        labels: LabelMap | None = None,
        progress: Progress | None = None,
        *,
        language: str = "",
    ) -> Redaction:
        """De-identified utterances, with the study's labels so far; without a roster, with the names learnt.

        `language` is what was heard; a chosen language counts before it.
        """
        from pipeline.speakers.codes import learnt_roster

        roster = learnt_roster(self.roster, attribution)
        return self.engines.deidentifier(language).redact(
            attribution.utterances, roster=roster, labels=labels, progress=progress
        )


def hints(roster: Roster | None) -> tuple[str, ...]:
    """Words the recogniser should be ready for: names, nicknames, sites and staff, each once."""
    if roster is None:
        return ()
    words = [w for p in roster.people for w in (p.name, *p.nicknames)]
    return tuple(dict.fromkeys([*words, *roster.sites, *roster.staff, *roster.other]))
