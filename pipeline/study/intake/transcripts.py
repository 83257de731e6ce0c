"""A transcript made elsewhere, taken into the study: sealed like a recording, with or without its sound.

Without sound the transcript's file is the source. With sound the sound is, and the transcript is sealed beside it with the
same key: both go when the source goes. The text is read before anything is sealed, so that what is no transcript is
refused and stays where it is.

    read -> source sealed -> text sealed beside it -> only then the files removed

A crash in between is finished by the same command: a file that is sealed already is known by its content.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from pipeline.errors import FileUnreadableError, InputError, StateError, TranscriptFormatError
from pipeline.files import same_file_bytes
from pipeline.readers import FORMATS, Source, read_bytes
from pipeline.records import from_json, to_json
from pipeline.study.intake.gathering import Taken
from pipeline.study.intake.importing import import_files, why_not
from pipeline.study.study import Study
from pipeline.study.vault.states import Artifact, State


@dataclass(frozen=True, slots=True)
class SourceTranscript:
    """A transcript's file as it was given; `has_sound` says that the recording's source is its sound."""

    name: str = field(repr=False)
    content: str = field(repr=False)  # base64: the record is JSON
    has_sound: bool = False

    @classmethod
    def of(cls, path: Path, data: bytes, *, has_sound: bool) -> SourceTranscript:
        """The record of a file."""
        return cls(path.name, base64.b64encode(data).decode(), has_sound)

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        return base64.b64decode(self.content)

    def read(self) -> Source:
        """The transcript, read; raises TranscriptFormatError."""
        return read_bytes(self.data, Path(f"transcript{PurePath(self.name).suffix.lower()}"))


def is_transcript(path: Path) -> bool:
    """Whether a file is taken for a transcript, by its ending."""
    return path.suffix.lower() in FORMATS and not path.is_dir()


def import_all(
    study: Study,
    paths: Sequence[Path],
    sound: Path | None = None,
    *,
    keep: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Taken]:
    """Take in transcripts (`sound` is the first one's) and recordings, one after another; see `import_files`.

    A transcript that cannot be read is an outcome, not an error, and stays where it is.
    """
    texts = [path for path in paths if is_transcript(path)]
    for path in texts:
        try:
            yield from import_transcript(study, path, sound, keep=keep, sleep=sleep)
        except (InputError, TranscriptFormatError, StateError) as error:
            yield Taken(path, "failed", why=f"{why_not(study, path, error)} It stays where it is.")
        except OSError as error:
            unread = FileUnreadableError(file=path, why=error.strerror or "the system refused")
            yield Taken(path, "failed", why=f"{why_not(study, path, unread)} It stays where it is.")
    others = [path for path in paths if path not in texts]
    if others:
        yield from import_files(study, others, keep=keep, sleep=sleep)


def import_transcript(
    study: Study,
    path: Path,
    sound: Path | None = None,
    *,
    keep: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Taken]:
    """Take a transcript in, and its sound where there is one; what became of each file.

    Raises TranscriptFormatError or an InputError before anything is sealed, StateError when the sound is a recording
    that was transcribed already.
    """
    data = path.read_bytes()
    read_bytes(data, path)
    source = sound or path
    (sealed,) = import_files(study, [source], keep=True, sleep=sleep)
    if sealed.outcome not in ("sealed", "known"):
        return [sealed]
    attach(study, sealed.recording, SourceTranscript.of(path, data, has_sound=sound is not None))
    if keep:
        return [sealed] if sound is None else [sealed, replace(sealed, file=path)]
    (gone,) = import_files(study, [source], sleep=sleep)
    taken = [replace(gone, outcome=sealed.outcome)]
    if sound is not None:
        taken.append(_removed(path, data, sealed))
    return taken


def attach(study: Study, recording: str, text: SourceTranscript) -> None:
    """Seal the text beside its source, once."""
    if study.has(recording, Artifact.TRANSCRIPT):
        held = from_json(SourceTranscript, study.artifact(recording, Artifact.TRANSCRIPT))
        if held.content == text.content:
            return
    row = study.recording(recording)
    if row.state is not State.SEALED:
        raise StateError(recording=row.id, state=row.state.value, wanted="given a transcript")
    digest = hashlib.sha256(text.data).hexdigest()
    audit = {"transcript": digest, "size": len(text.data), "with_sound": text.has_sound}
    study.keep(recording, Artifact.TRANSCRIPT, to_json(text), event="transcript sealed", audit=audit)


def _removed(path: Path, data: bytes, sealed: Taken) -> Taken:
    """Remove the text's file, which is sealed, where it still holds what was read."""
    from pipeline.study.vault.files import remove_for_good

    if path.is_symlink() or not same_file_bytes(path, data):
        return Taken(
            path, sealed.outcome, sealed.recording, "it changed while it was read; remove it yourself"
        )
    with suppress(OSError):
        remove_for_good(path, place="import.transcript")
    if path.exists():
        return Taken(path, sealed.outcome, sealed.recording, "it cannot be removed; remove it yourself")
    return Taken(path, sealed.outcome, sealed.recording, removed=True)


def transcript_of(study: Study, recording: str) -> SourceTranscript | None:
    """The transcript a recording came with; None for one of sound alone."""
    if not study.has(recording, Artifact.TRANSCRIPT):
        return None
    return from_json(SourceTranscript, study.artifact(recording, Artifact.TRANSCRIPT))
