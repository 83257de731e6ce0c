"""Taking in what is handed over as a stream: from the page, over the loopback, straight into the seal.

The one who hands it over says its size and SHA-256 first; what was sealed must have both, and is read back and
compared as any import is. Nothing of it ever lies on the disk in plain. Where the file itself lies is not known here:
it stays there.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from pipeline.errors import EmptyFileError, FileUnreadableError, InputError, OwnFileError, SealBrokenError
from pipeline.study.intake.gathering import SOUND_SUFFIXES
from pipeline.study.intake.importing import IMPORT_LOCK_WAIT_S, is_proven
from pipeline.study.intake.receiving import ChangedError, receive, seal_source, seal_source_again
from pipeline.study.intake.sightings import LEFT
from pipeline.study.vault.files import need_space
from pipeline.study.vault.key_files import KEY_FILE_TITLE
from pipeline.study.vault.sealing import MAGIC
from pipeline.study.vault.states import Part, State

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow
    from pipeline.study.vault.sealing import Readable

OWN_STARTS = (KEY_FILE_TITLE.encode(), MAGIC)


@dataclass(frozen=True, slots=True)
class Offer:
    """A file somebody wants to hand over: its name, size in bytes and SHA-256 (hex)."""

    name: str = field(repr=False)
    size: int
    digest: str

    @property
    def file_name(self) -> str:
        """Its name without folder."""
        return PurePosixPath(self.name.replace("\\", "/")).name

    @property
    def stem(self) -> str:
        """Its name without folder and ending."""
        return PurePosixPath(self.file_name).stem

    @property
    def suffix(self) -> str:
        """The ending of its name, in small letters."""
        return PurePosixPath(self.name.lower()).suffix

    @property
    def looks_like_sound(self) -> bool:
        """Whether its name ends as that of a recording."""
        return self.suffix in SOUND_SUFFIXES

    @property
    def is_transcript(self) -> bool:
        """Whether its name ends as that of a transcript we read."""
        from pipeline.readers import FORMATS

        return self.suffix in FORMATS


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of an offer: `wanted` (hand it over), `known` (it is in the study), `destroyed` (it was)."""

    outcome: Literal["wanted", "known", "destroyed"]
    recording: str = ""


def look_at(study: Study, offer: Offer) -> Answer:
    """Whether the study wants a file; one whose sealed copy is damaged is wanted again. Raises EmptyFileError."""
    if offer.size == 0:
        raise EmptyFileError(file=_shown(study, offer))
    row = study.rows.by_digest(offer.digest)
    if row is None or row.state is State.RECEIVED:
        return Answer("wanted", row.id if row else "")
    if not study.rows.has_key(row.id, Part.AUDIO.value):
        return Answer("destroyed", row.id)
    return Answer("known" if is_proven(study, row) else "wanted", row.id)


def take_stream(study: Study, offer: Offer, source: Readable) -> RecordingRow:
    """Seal what a stream gives as a recording of the study.

    Raises FileUnreadableError when it is not what was offered, OwnFileError for a key or a sealed file, LockedError
    while another import runs, and the storage errors. What was begun is taken away again.
    """
    answer = look_at(study, offer)
    if answer.outcome != "wanted":
        return study.recording(answer.recording)
    need_space(study.folder, offer.size)
    with study.lock("import", wait_s=IMPORT_LOCK_WAIT_S):
        study.tidy()
        checked = _Checked(source, offer, _shown(study, offer))
        checked.look()  # before anything is noted of it
        row = study.rows.by_digest(offer.digest) or receive(study, offer.stem, offer.digest, offer.size)
        try:
            if row.state is State.RECEIVED:
                seal_source(study, checked, row, None)
            else:
                seal_source_again(study, checked, row, None)
        except (ChangedError, SealBrokenError):
            raise FileUnreadableError(
                file=_shown(study, offer), why="what arrived is not what was offered"
            ) from None
        _note_left(study, row.id, offer)
        return study.recording(row.id)


def look_inside(study: Study, row: RecordingRow) -> str:
    """Whether what was sealed holds sound that can be heard; if not it is set aside at once, and why is returned.

    A stream cannot be looked into before it is there: its sealed copy is, in memory.
    """
    from pipeline.audio.usable import check_usable

    if row.state is not State.SEALED or row.failed_stage is not None:
        return row.reason or ""
    try:
        with study.open_source(row.id) as source:
            check_usable(source, name=row.id)
    except InputError as error:
        return study.set_aside(row.id, "decode", str(error)).reason or ""
    return ""


def take_transcript(study: Study, offer: Offer, data: bytes) -> RecordingRow:
    """Seal a transcript made elsewhere, handed over whole, as a recording without sound.

    Raises TranscriptFormatError before anything is sealed, and what `take_stream` raises.
    """
    from pipeline.readers import read_bytes
    from pipeline.study.intake.transcripts import SourceTranscript, attach

    shown = Path(_shown(study, offer)).with_suffix(offer.suffix)
    read_bytes(data, shown)
    row = take_stream(study, offer, io.BytesIO(data))
    if row.state is State.SEALED:
        attach(study, row.id, SourceTranscript.of(Path(offer.name), data, has_sound=False))
    return study.recording(row.id)


def _note_left(study: Study, recording: str, offer: Offer) -> None:
    """The file itself stays where it is; on which disk is not known."""
    told = hashlib.blake2b(offer.name.encode(), key=study.key.derive("sources"), digest_size=8).hexdigest()
    with study.ledger.transaction():
        study.audit.append(LEFT, recording, {"file": told, "by_page": True})


def _shown(study: Study, offer: Offer) -> str:
    """The file's name, unless it names somebody."""
    return "a file" if study.names.names_someone(offer.file_name) else offer.file_name


class _Checked:
    """A stream of no more than what was offered, whose beginning is looked at once."""

    def __init__(self, source: Readable, offer: Offer, shown: str) -> None:
        self._source = source
        self._left = offer.size
        self._shown = shown
        self._start = b""

    def look(self) -> None:
        """Raise OwnFileError for what must never be taken in."""
        longest = max(map(len, OWN_STARTS))
        while len(self._start) < longest and (piece := self._source.read(longest - len(self._start))):
            self._start += piece
        if self._start.startswith(OWN_STARTS):
            raise OwnFileError(file=self._shown, what="it is a part of a study")

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; raises FileUnreadableError when more or less arrives than was offered."""
        if self._start:
            piece, self._start = self._start[:size], self._start[size:]
        else:
            piece = self._source.read(size)
        self._left -= len(piece)
        if self._left < 0 or (not piece and self._left):
            raise FileUnreadableError(file=self._shown, why="it broke off, or was longer than it said")
        return piece
