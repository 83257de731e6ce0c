"""Reads NAME.json, as `session-deid deidentify` leaves it, back into a document.

A file proves nothing about who verified it, so what comes from a file is always a draft.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import FileMissingError, FileUnreadableError, TranscriptFormatError
from pipeline.export.document import CODE_PATTERN, ExportDocument, Participant
from pipeline.records import Utterance

_Code = Annotated[str, Field(pattern=f"^{CODE_PATTERN.pattern}$")]
_Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class _Participant(_Model):
    code: _Code
    role: str = ""


class _Utterance(_Model):
    participant: _Code
    start: _Seconds
    end: _Seconds
    text: str = Field(repr=False)
    overlap: bool = False


class _Tool(_Model):
    name: str = "session-deid"
    version: str = ""


class _Transcript(_Model):
    recording: str
    duration: _Seconds
    study: str = ""
    date: str = ""
    participants: list[_Participant] = []
    utterances: list[_Utterance] = Field(repr=False)
    tool: _Tool = _Tool()
    models: dict[str, str] = {}


def read(path: Path) -> ExportDocument:
    """The document in a NAME.json.

    Raises FileMissingError or FileUnreadableError for the file, TranscriptFormatError naming the
    field that is wrong (never its content).
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise FileMissingError(file=path) from None
    except OSError as error:
        raise FileUnreadableError(file=path, why=error.strerror) from None
    return parse(data, file=str(path))


def parse(data: bytes, *, file: str) -> ExportDocument:
    """The document in the bytes of a NAME.json; raises TranscriptFormatError."""
    try:
        read = _Transcript.model_validate_json(data)
        return ExportDocument(
            recording=read.recording,
            duration=read.duration,
            study=read.study,
            date=read.date,
            participants=tuple(Participant(p.code, p.role) for p in read.participants),
            utterances=tuple(
                Utterance(u.participant, u.start, u.end, u.text, overlap=u.overlap) for u in read.utterances
            ),
            tool=read.tool.name,
            version=read.tool.version,
            models=tuple(read.models.items()),
        )
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise TranscriptFormatError(file=file, why=f"{where}: {_plain(first['type'])}") from None
    except ValueError as wrong:
        raise TranscriptFormatError(file=file, why=str(wrong)) from None


def _plain(kind: str) -> str:
    return {"missing": "is missing", "json_invalid": "no JSON"}.get(kind, "is not what it should be")
