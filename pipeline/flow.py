"""The way of a recording, stage by stage: what each needs and what it leaves. The map of the house.

    source audio                    --decode-----> sound in memory
    sound                           --transcribe-> Transcription  (words with times)
    sound                           --diarize----> Diarization    (turns, voiceprints)
    Transcription + Diarization     --attribute--> Attribution    (utterances with participant codes)
    Attribution                     --redact-----> Redaction      (de-identified utterances, spans, labels)

Transcribing and diarizing need the same sound and nothing of each other: with two cores or more they go
on at the same time. A stage takes records and returns records; it knows neither the vault nor the ledger. Whoever calls it
(the one-shot command, a study's run, a cluster worker) fetches what it needs and keeps what it leaves. Of a transcript
made elsewhere the words are given: instead of transcribing, the times they are said at are found (`align`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from pipeline.concurrency import both
from pipeline.records import (
    Attribution,
    Audio,
    Diarization,
    LabelMap,
    Person,
    Redaction,
    Roster,
    Transcription,
)
from pipeline.speakers.diarization.choice import DIARIZER

if TYPE_CHECKING:
    from pipeline.deidentify.redact import Deidentifier
    from pipeline.readers import Source
    from pipeline.speakers.codes import KnownVoices
    from pipeline.speakers.diarization.diarize import SpeakerDiarizer
    from pipeline.transcribe.base import Transcriber

Progress = Callable[[float], None]
ProgressFor = Callable[[str], Progress]

TRANSCRIBING = "transcribing"
ALIGNING = "finding the words' times"
DIARIZING = "finding speakers"
HEARING = "transcribing and finding speakers"
"""What a person is told of each of them, and of both while they go on at the same time."""
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
    diarizer: str = DIARIZER
    hours_for_an_hour: float = 6.0
    """With the model "auto": how many hours the words of an hour may take (pipeline.transcribe.choosing)."""

    def check(self) -> None:
        """Raises PolicyError for a policy, DiarizerUnknownError for a diarizer that cannot be used, LanguageUnsupportedError
        for a chosen language there is no model to de-identify, ModelMissingError where it is not installed: before anything
        is heard, which may take hours."""
        from pipeline.deidentify.policy import load
        from pipeline.speakers.diarization.choice import models_of

        load(self.policy)
        if self.language is not None:
            from pipeline.deidentify.other_languages import names_model
            from pipeline.models import store

            store.find(names_model(self.language))
        models_of(self.diarizer)


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

    @property
    def cores(self) -> int:
        """How many cores the run may use."""
        from pipeline.transcribe.loading import usable_cores

        return self.choices.threads or usable_cores()

    @cached_property
    def diarizer(self) -> SpeakerDiarizer:
        """On its share of the cores while the others transcribe: threads that wait for one another cost a seventh more.
        On all of them where a GPU transcribes."""
        from pipeline.speakers.diarization.diarize import load
        from pipeline.transcribe.loading import sees_gpu

        by_gpu = self.choices.device != "cpu" and sees_gpu(self.choices.engine)
        threads = max(1, round(self.cores * (1.0 if by_gpu else 1.0 - TRANSCRIBING_SHARE)))
        return load(threads=threads, diarizer=self.choices.diarizer)

    def language_of(self, heard: str) -> str:
        """The language a transcript is looked through in: the chosen one, else the one heard, else English."""
        return self.choices.language or heard or "en"

    def deidentifier(self, language: str = "") -> Deidentifier:
        """The de-identifier of a language (the chosen one, else English, when none is given)."""
        from pipeline.deidentify.redact import load

        c, wanted = self.choices, self.language_of(language)
        if wanted not in self._deidentifiers:
            self._deidentifiers[wanted] = load(
                policy=c.policy, sensitivity=c.sensitivity, language=wanted, style=c.style
            )
        return self._deidentifiers[wanted]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Makes a run's stages, here or in a worker it travels to: the person's choices and the roster's names."""

    choices: Choices
    roster: Roster | None = field(default=None, repr=False)

    def __call__(self) -> Stages:
        """The stages; models load when first used."""
        return Stages(Engines(self.choices), self.roster)

    def with_threads(self, threads: int) -> Recipe:
        """The same with a number of threads for each engine."""
        return replace(self, choices=replace(self.choices, threads=threads))

    def within_hours(self, most: float) -> Recipe:
        """The same where the words of an hour must be heard in so many hours at most."""
        hours = min(most, self.choices.hours_for_an_hour)
        return replace(self, choices=replace(self.choices, hours_for_an_hour=hours))

    def with_device(self, device: str) -> Recipe:
        """The same on another device."""
        return replace(self, choices=replace(self.choices, device=device))

    def for_hearing(self) -> Recipe:
        """The same for whoever does the heavy stages alone: of the roster, names without who goes by which code."""
        return replace(self, roster=names_alone(self.roster))


@dataclass
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

    def diarize(self, audio: Audio, progress: Progress | None = None) -> Diarization:
        """Who spoke when; the roster's size is a hint."""
        from pipeline.speakers.roster import expected_speakers

        speakers, most = self.engines.choices.speakers, expected_speakers(self.roster)
        return self.engines.diarizer.diarize(audio, speakers=speakers, at_most=most, progress=progress)

    @property
    def side_by_side(self) -> bool:
        """True when there are cores to transcribe and diarize at the same time."""
        return self.engines.cores > 1

    @contextmanager
    def hear(
        self, audio: Audio, progress: ProgressFor, *, text: Source | None = None, both_wanted: bool = True
    ) -> Iterator[tuple[Callable[[], Transcription], Callable[[], Diarization]]]:
        """What was said, and who spoke when: the block gets for each the function that waits for it.

        At the same time where there are cores for it and both are wanted; else each is done when it is asked for.
        With a `text` its words are given their times.
        """
        transcribe = partial(self.align, audio, text) if text is not None else partial(self.transcribe, audio)
        diarize = partial(self.diarize, audio)
        if both_wanted and self.side_by_side:
            with both(transcribe, diarize, progress(HEARING), share=TRANSCRIBING_SHARE) as results:
                yield results
        else:
            said = ALIGNING if text is not None else TRANSCRIBING
            yield lambda: transcribe(progress(said)), lambda: diarize(progress(DIARIZING))

    def attribute(
        self,
        recording: str,
        transcription: Transcription,
        diarization: Diarization,
        known: KnownVoices,
        *,
        text: Source | None = None,
    ) -> tuple[Attribution, KnownVoices]:
        """Words to participants, and the voices known after it; an unverified recording teaches them little.

        By name and voice with the roster, by voice alone without it; a `text`'s own speakers as they are named there.
        """
        from pipeline.speakers.attribution import attribute
        from pipeline.speakers.codes import assign, learn

        if text is not None:
            from pipeline import transcripts

            attribution = transcripts.attribute(
                text, transcription, diarization, roster=self.roster, known=known
            )
        else:
            utterances = attribute(transcription, diarization)
            attribution = assign(diarization, utterances, roster=self.roster, known=known)
        return attribution, learn(known, attribution, diarization, verified=False, recording=recording)

    def relabel(self, recording: str, attribution: Attribution, known: KnownVoices) -> Attribution:
        """A speaker linked to a name since, or repaired by a person, has that code in earlier recordings too."""
        from pipeline.speakers.codes import relabel

        return relabel(attribution, known, recording)

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
        from pipeline.deidentify.leaving import settle
        from pipeline.speakers.codes import learnt_roster

        roster = learnt_roster(self.roster, attribution)
        redaction = self.engines.deidentifier(language).redact(
            attribution.utterances, roster=roster, labels=labels, progress=progress
        )
        settled = settle(redaction)  # what stands for a participant who left raises no question
        return replace(settled, language=self.engines.language_of(language))


def names_alone(roster: Roster | None) -> Roster | None:
    """What hearing needs of a roster, `hints` and how many they are: no code, no role, no answer about consent."""
    if roster is None:
        return None
    numbers = {code: str(n) for n, code in enumerate(dict.fromkeys(person.code for person in roster.people))}
    people = tuple(Person(numbers[each.code], each.name, each.nicknames) for each in roster.people)
    return Roster(people, sites=roster.sites, staff=roster.staff, other=roster.other)


def hints(roster: Roster | None) -> tuple[str, ...]:
    """Words the recogniser should be ready for: names, nicknames, sites and staff, each once."""
    if roster is None:
        return ()
    words = [w for p in roster.people for w in (p.name, *p.nicknames)]
    return tuple(dict.fromkeys([*words, *roster.sites, *roster.staff, *roster.other]))
