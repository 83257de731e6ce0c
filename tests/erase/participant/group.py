"""A group that talks: quick stages whose three voices say invented words and each other's names.

The sound is a real WAV, since a withdrawal silences it; what is said depends on nothing but the recording's length.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import BinaryIO

import numpy as np

from pipeline.audio.decode import decode
from pipeline.batch.run import run_study
from pipeline.deidentify.leaving import settle
from pipeline.deidentify.redact import Deidentifier, load
from pipeline.errors import SealBrokenError
from pipeline.flow import Choices, Engines, Progress, Stages
from pipeline.readers import Source
from pipeline.records import (
    Attribution,
    Audio,
    Claim,
    Diarization,
    LabelMap,
    Person,
    Redaction,
    Roster,
    SpeakerLink,
    Transcription,
    Turn,
    Utterance,
    Voiceprint,
    Word,
)
from pipeline.speakers.codes import KnownVoices, learn
from pipeline.study.settings import write_settings
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from tests.batch.fakes import with_stages
from tests.export.leaks import everything_below, everything_in
from tests.study.conftest import CHEAP

LEAVER = "P03"
NAME, NICKNAME = "Zephyrine Quorn", "Zeffa"
PEOPLE = (
    Person("P01", "Ottoline Brask", ("Otti",)),
    Person("P02", "Fenwick Dray"),
    Person(LEAVER, NAME, (NICKNAME,)),
)
# who, when, what; words of the one who leaves are found nowhere else
TALK = (
    ("S1", 0.0, 2.0, "well I thought Zephyrine was right about that"),
    ("S3", 2.0, 4.0, "marzipan lighthouse is my word and trombone"),
    ("S2", 3.6, 5.0, "yes but Zeffa said so and Ottoline agreed"),
    ("S3", 5.0, 6.0, "periwinkle saxophone"),
    ("S1", 6.0, 8.0, "and then Fenwick left"),
)
THEIR_WORDS = ("marzipan", "lighthouse", "trombone", "periwinkle", "saxophone")
THEIR_PRINT = (0.7734375, -0.3359375, 0.5546875)
CODES = {"S1": "P01", "S2": "P02", "S3": LEAVER}
PRINTS = {"S1": (1.0, 0.0, 0.0), "S2": (0.0, 1.0, 0.0), "S3": THEIR_PRINT}


def make_wav(path: Path, seed: int, seconds: float = 8.5) -> bytes:
    """Noise, different for each recording; loud everywhere."""
    noise = np.random.default_rng(seed).integers(-9000, 9000, int(16_000 * seconds), dtype=np.int16)
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(noise.tobytes())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(target.getvalue())
    return target.getvalue()


@dataclass
class GroupStages(Stages):
    """The real de-identification over a talk that stands here."""

    engines: Engines = field(default_factory=lambda: Engines(Choices()))
    roster: Roster | None = field(default_factory=lambda: Roster(PEOPLE))
    side_by_side: bool = False

    def decode(self, source: Path | BinaryIO | bytes, *, name: str) -> Audio:
        return decode(source, name=name)

    def transcribe(self, audio: Audio, progress: Progress | None = None) -> Transcription:
        words = tuple(word for turn in TALK for word in _words(*turn))
        return Transcription(
            audio.duration,
            "en",
            "faster-whisper",
            "whisper-base",
            tuple(sorted(words, key=lambda w: w.start)),
        )

    def diarize(self, audio: Audio, progress: Progress | None = None) -> Diarization:
        turns = tuple(Turn(start, end, who) for who, start, end, _ in TALK)
        prints = tuple(Voiceprint(who, mean, 9.0) for who, mean in PRINTS.items())
        return Diarization(audio.duration, turns, prints, "segmentation-3.0+campplus-zh-en")

    def attribute(
        self,
        recording: str,
        transcription: Transcription,
        diarization: Diarization,
        known: KnownVoices,
        *,
        text: Source | None = None,
    ) -> tuple[Attribution, KnownVoices]:
        if text is not None:
            return super().attribute(recording, transcription, diarization, known, text=text)
        turns = tuple(Utterance(CODES[w], s, e, said, tuple(_words(w, s, e, said))) for w, s, e, said in TALK)
        keys = {voice.code: voice.key for voice in known.voices}
        links = tuple(SpeakerLink(who, code, keys.get(code, ""), 0.9, True) for who, code in CODES.items())
        claims = (Claim("S3", LEAVER, "introduced", 2.0, 4.0), Claim("S1", LEAVER, "named", 0.0, -1.0))
        found = Attribution(turns, tuple(CODES.items()), (), (), tuple(t[0] for t in TALK), links, claims)
        attribution = self.settled(found)
        return attribution, learn(known, attribution, diarization, verified=False, recording=recording)

    def settled(self, found: Attribution) -> Attribution:
        """Who said what, as a test wants it otherwise."""
        return found

    def redact(
        self,
        attribution: Attribution,
        labels: LabelMap | None = None,
        progress: Progress | None = None,
        *,
        language: str = "",
    ) -> Redaction:
        return settle(_deidentifier().redact(attribution.utterances, roster=self.roster, labels=labels))


@cache
def _deidentifier() -> Deidentifier:
    return load()


def _words(_who: str, start: float, end: float, text: str) -> list[Word]:
    said = text.split()
    step = (end - start) / len(said)
    return [Word(start + n * step, start + (n + 1) * step, word) for n, word in enumerate(said)]


def make_group(
    folder: Path,
    *,
    recordings: int = 2,
    bring: Callable[[Study, str], None] | None = None,
    **settings: object,
) -> Study:
    """A study of the group whose recordings are redacted, or brought further."""
    with Study.create(folder / "study", key_file=folder / "study.key", by="tester", cost=CHEAP) as study:
        for person in PEOPLE:
            study.roster.add(person.name, person.nicknames, "participant", person.code)
        for number in range(recordings):
            make_wav(study.folder / "inbox" / f"week-{number}.wav", number)
        run_study(study, with_stages(GroupStages), lambda _: None, sleep=lambda _: None)
        write_settings(study.folder, study.settings.model_copy(update=settings))
    study = open_group(folder)
    for row in list(study.recordings()) if bring else ():
        bring(study, row.id)
    return study


def open_group(folder: Path) -> Study:
    """Opened again."""
    return Study.open(folder / "study", KeyFile(folder / "study.key"), by="tester")


def everything_opened(study: Study) -> bytes:
    """All that any key of the study opens: every sealed file of the vault under every key the ledger holds, the names
    and notes in the ledger, and every file of the folder as it lies there."""
    found = [everything_below(study.folder)]
    keys = [
        (owner, part, key)
        for owner, part, _ in study.rows.every_key()
        if (key := study.rows.key(owner, part))
    ]
    for path in study.vault.sealed_files():
        owner, kind = path.parent.name, path.name.partition("-")[0]
        for holder, _, key in keys:
            if holder != owner:
                continue
            try:
                plain = study.vault.unseal_bytes(path.read_bytes(), owner, kind, key)
            except SealBrokenError:
                continue
            found.append(everything_in(plain))
    found += [row.name.encode() for row in study.rows.recordings()]
    return b"\n".join(found)
