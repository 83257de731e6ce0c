"""One shot, no study: recordings in, transcripts and reports out. Never deletes or changes a recording.

Codes and labels hold across the recordings of one call; nothing identified is kept after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.bugs import error_of
from pipeline.errors import SessionDeidError, printable
from pipeline.files import (
    NAME_MOST_BYTES,
    check_folder_writable,
    cut_name,
    make_output_folder,
    write_atomically,
)
from pipeline.flow import HEARING, ProgressFor, Stages
from pipeline.records import Attribution, LabelMap, Redaction, Roster, Transcription
from pipeline.speakers.codes import KnownVoices
from pipeline.verify.versions import versions

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
    notes: tuple[str, ...] = ()
    error: SessionDeidError | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a later recording may still change: who the speakers of this one are."""

    file: str
    name: str
    transcription: Transcription = field(repr=False)
    diarizer: str
    attribution: Attribution = field(repr=False)


@dataclass(slots=True)
class OneShot:
    """A call's state: the stages, and what the recordings so far have taught about voices and labels."""

    stages: Stages
    out: Path
    known: KnownVoices = field(default_factory=KnownVoices, repr=False)
    labels: LabelMap = field(default_factory=LabelMap, repr=False)
    done: list[Done] = field(default_factory=list, repr=False)
    stage: str = ""

    def process(self, recordings: Iterable[Path], progress: ProgressFor) -> Iterator[Outcome]:
        """Take each recording the whole way; one that fails, whatever the fault, costs itself alone.

        A folder that cannot be written to is an OutputError at once, before any work.
        A voice that a later recording names gets its code in the earlier ones' files too, at the end; where
        that fails, a recording that was done has a second outcome.
        """
        make_output_folder(self.out)
        check_folder_writable(self.out)
        for recording, name in named_apart(recordings):
            try:
                yield self._process_one(recording, name, progress)
            except Exception as error:
                yield self._failed(recording.name, error)
        for done in self.done:
            try:
                self._follow_later_links(done)
            except Exception as error:
                yield self._failed(done.file, error)

    def _failed(self, file: str, error: Exception) -> Outcome:
        return Outcome(file, error=error_of(error, file=file, stage=self.stage))

    def _follow_later_links(self, done: Done) -> None:
        self.stage = "giving its speakers the codes later recordings taught"
        now = self.stages.relabel(done.name, done.attribution, self.known)
        if now != done.attribution:
            redaction = self.stages.redact(now, self.labels, language=done.transcription.language)
            self.labels = redaction.labels
            self._write(done.name, done.transcription, done.diarizer, redaction)

    def _process_one(self, recording: Path, name: str, progress: ProgressFor) -> Outcome:
        stages = self.stages
        self.stage = "reading its sound"
        audio = stages.decode(recording, name=recording.name)
        self.stage = HEARING
        with stages.hear(audio, progress) as (words, voices):
            transcription, diarization = words(), voices()
        self.stage = "finding who said what"
        attribution, known = stages.attribute(name, transcription, diarization, self.known)
        heard = transcription.language
        self.stage = "de-identifying"
        redaction = stages.redact(attribution, self.labels, progress("de-identifying"), language=heard)
        self.stage = "writing its transcript and report"
        self.labels = (
            redaction.labels
        )  # before anything is written: no other recording may use them otherwise
        written = self._write(name, transcription, diarization.model, redaction)
        self.known = known
        self.done.append(Done(recording.name, name, transcription, diarization.model, attribution))
        return Outcome(
            recording.name,
            written,
            transcription.duration,
            replacements=sum(1 for s in redaction.spans if s.replacement),
            questions=sum(1 for s in redaction.spans if s.uncertain),
            unsure=attribution.unsure,
            notes=transcription.notes,
        )

    def _write(
        self, name: str, transcription: Transcription, diarizer: str, redaction: Redaction
    ) -> tuple[Path, ...]:
        from pipeline.export import ExportOptions, write
        from pipeline.verify import report as reports

        document = document_of(name, transcription, diarizer, redaction, self.stages.roster)
        draft = ExportOptions(draft=True)
        made_by = versions(transcription, diarizer)
        report = reports.build(name, redaction, transcription=transcription, versions=made_by)
        contents = {
            ".txt": write(document, "txt", options=draft),
            ".json": write(document, "json", options=draft),
            ".report.html": reports.to_html(report).encode(),
            ".report.json": reports.to_json(report).encode(),
        }
        for suffix, content in contents.items():
            write_atomically(self.out / (name + suffix), content)
        return tuple(self.out / (name + suffix) for suffix in contents)


def document_of(
    name: str, transcription: Transcription, diarizer: str, redaction: Redaction, roster: Roster | None
) -> ExportDocument:
    """A recording's de-identified transcript as exports may show it: codes and roles, no names."""
    from pipeline.export import ExportDocument, Participant

    roles = {p.code: p.role for p in roster.people} if roster else {}
    spoken = sorted({u.participant for u in redaction.utterances})
    models = {k: v for k, v in versions(transcription, diarizer).items() if k != "session-deid"}
    return ExportDocument(
        recording=name,
        duration=transcription.duration,
        utterances=redaction.utterances,
        participants=tuple(Participant(code, roles.get(code, "")) for code in spoken),
        models=tuple(models.items()),
    )


def named_apart(recordings: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Each recording with a name for its outputs; two of one name (also on disks that know no capitals) become
    NAME and NAME-2. Control characters are left out, and a very long name is cut so that endings fit."""
    taken: set[str] = set()
    for recording in recordings:
        stem = cut_name(printable(recording.stem).replace("?", "_"), NAME_MOST_BYTES)
        name, number = stem, 2
        while name.casefold() in taken:
            name, number = f"{stem}-{number}", number + 1
        taken.add(name.casefold())
        yield recording, name


def names_a_person(recording: Path, stages: Stages) -> bool:
    """True when a file's own name holds a name of the roster: outputs are named after it."""
    people = stages.roster.people if stages.roster else ()
    words = {w.casefold() for p in people for n in (p.name, *p.nicknames) for w in n.split() if len(w) > 2}
    return bool(words & set(re.split(r"[\W_\d]+", recording.stem.casefold())))
