"""One shot, no study: recordings in, transcripts and reports out. Never deletes or changes a recording.

Codes and labels hold across the recordings of one call; nothing identified is kept after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import __version__
from pipeline.errors import OutputError, SessionDeidError
from pipeline.files import write_atomically
from pipeline.flow import ProgressFor, Stages
from pipeline.records import Attribution, LabelMap, Redaction, Roster, Transcription
from pipeline.speakers.codes import KnownVoices

if TYPE_CHECKING:
    from pipeline.export import ExportDocument


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recording."""

    file: str
    written: tuple[Path, ...] = ()
    duration: float = 0.0
    replacements: int = 0
    questions: int = 0
    unsure: tuple[str, ...] = ()
    error: SessionDeidError | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a later recording may still change: who the speakers of this one are."""

    name: str
    transcription: Transcription = field(repr=False)
    attribution: Attribution = field(repr=False)


@dataclass(slots=True)
class OneShot:
    """A call's state: the stages, and what the recordings so far have taught about voices and labels."""

    stages: Stages
    out: Path
    known: KnownVoices = field(default_factory=KnownVoices, repr=False)
    labels: LabelMap = field(default_factory=LabelMap, repr=False)
    done: list[Done] = field(default_factory=list, repr=False)

    def process(self, recordings: Iterable[Path], progress: ProgressFor) -> Iterator[Outcome]:
        """Take each recording the whole way; one that fails costs itself alone.

        A voice that a later recording names gets its code in the earlier ones' files too, at the end.
        """
        for recording, name in named_apart(recordings):
            try:
                yield self._process_one(recording, name, progress)
            except SessionDeidError as error:
                yield Outcome(recording.name, error=error)
        for done in self.done:
            self._follow_later_links(done)

    def _follow_later_links(self, done: Done) -> None:
        from pipeline.speakers.codes import relabel

        now = relabel(done.attribution, self.known, done.name)
        if now != done.attribution:
            redaction = self.stages.redact(now, self.labels, language=done.transcription.language)
            self.labels = redaction.labels
            self._write(done.name, done.transcription, redaction)

    def _process_one(self, recording: Path, name: str, progress: ProgressFor) -> Outcome:
        from pipeline.speakers.codes import learn

        stages = self.stages
        audio = stages.decode(recording, name=recording.name)
        transcription, diarization = stages.hear(audio, progress)
        attribution = stages.attribute(transcription, diarization, self.known)
        heard = transcription.language
        redaction = stages.redact(attribution, self.labels, progress("de-identifying"), language=heard)
        self.known = learn(self.known, attribution, diarization, verified=False, recording=name)
        self.done.append(Done(name, transcription, attribution))
        self.labels = redaction.labels
        written = self._write(name, transcription, redaction)
        return Outcome(
            recording.name,
            written,
            transcription.duration,
            replacements=sum(1 for s in redaction.spans if s.replacement),
            questions=sum(1 for s in redaction.spans if s.uncertain),
            unsure=attribution.unsure,
        )

    def _write(self, name: str, transcription: Transcription, redaction: Redaction) -> tuple[Path, ...]:
        from pipeline.export import ExportOptions, write
        from pipeline.verify import report as reports

        document = document_of(name, transcription, redaction, self.stages.roster)
        draft = ExportOptions(draft=True)
        report = reports.build(name, redaction, transcription=transcription, versions=versions(transcription))
        contents = {
            ".txt": write(document, "txt", options=draft),
            ".json": write(document, "json", options=draft),
            ".report.html": reports.to_html(report).encode(),
            ".report.json": reports.to_json(report).encode(),
        }
        _make_folder(self.out)
        for suffix, content in contents.items():
            write_atomically(self.out / (name + suffix), content)
        return tuple(self.out / (name + suffix) for suffix in contents)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(file=folder, why=error.strerror) from None


def versions(transcription: Transcription) -> dict[str, str]:
    """What made a transcript, by name: ours and the models'."""
    from pipeline.deidentify.engine import SPACY_MODELS
    from pipeline.speakers.diarize import SEGMENTATION_MODEL, VOICEPRINT_MODEL

    return {
        "session-deid": __version__,
        "transcription": f"{transcription.engine} {transcription.model}",
        "speakers": f"{SEGMENTATION_MODEL}, {VOICEPRINT_MODEL}",
        "identifiers": f"{SPACY_MODELS[0]}, rampart",
    }


def document_of(
    name: str, transcription: Transcription, redaction: Redaction, roster: Roster | None
) -> ExportDocument:
    """A recording's de-identified transcript as exports may show it: codes and roles, no names."""
    from pipeline.export import ExportDocument, Participant

    roles = {p.code: p.role for p in roster.people} if roster else {}
    spoken = sorted({u.participant for u in redaction.utterances})
    models = {k: v for k, v in versions(transcription).items() if k != "session-deid"}
    return ExportDocument(
        recording=name,
        duration=transcription.duration,
        utterances=redaction.utterances,
        participants=tuple(Participant(code, roles.get(code, "")) for code in spoken),
        models=tuple(models.items()),
    )


def named_apart(recordings: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Each recording with a name for its outputs; two of one name become NAME and NAME-2."""
    taken: set[str] = set()
    for recording in recordings:
        name, number = recording.stem, 2
        while name in taken:
            name, number = f"{recording.stem}-{number}", number + 1
        taken.add(name)
        yield recording, name


def names_a_person(recording: Path, stages: Stages) -> bool:
    """True when a file's own name holds a name of the roster: outputs are named after it."""
    people = stages.roster.people if stages.roster else ()
    words = {w.casefold() for p in people for n in (p.name, *p.nicknames) for w in n.split() if len(w) > 2}
    return bool(words & set(re.split(r"[\W_\d]+", recording.stem.casefold())))
