"""What a worker answers, as plain bytes: a header in JSON and the sealed records behind it, checked before anything is used.

    4 bytes, little endian: length of the header; the header; the sealed records, one after another

A worker may lie, or run another version. Taken is only what the job asked for: this recording, its stages in their order,
the kind of record each stage leaves, and reasons told in `pipeline.batch.failures`. Nothing here is ever unpickled.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline import errors
from pipeline.batch.failures import STRANGE, Failure
from pipeline.batch.job import LEAVES, Finding, HeavyStage
from pipeline.errors import ClusterError, ModelError, SessionDeidError
from pipeline.study.vault.sealed_records import Sealed
from pipeline.study.vault.states import Artifact

if TYPE_CHECKING:
    from pipeline.batch.job import Job

HEADER_MOST_BYTES = 1 << 16
PLAIN_FACT = re.compile(r"[\w.\-]{1,60}", re.ASCII)


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    kind: str = Field(max_length=60)
    facts: dict[str, str] = Field(default_factory=dict, max_length=8)


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    recording: str
    stage: str
    kind: str = ""
    size: int = Field(default=0, ge=0)
    failure: _Told | None = None


class _Header(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    items: list[_Item] = Field(default_factory=list, max_length=8)
    stop: _Told | None = None


def pack(findings: Iterable[Finding]) -> bytes:
    """An answer that holds a job's findings."""
    found = list(findings)
    items = [
        _Item(
            recording=each.recording,
            stage=each.stage,
            kind=each.sealed.kind.value if each.sealed else "",
            size=len(each.sealed.data) if each.sealed else 0,
            failure=_Told(kind=each.failure.kind, facts=dict(each.failure.facts)) if each.failure else None,
        )
        for each in found
    ]
    return _framed(_Header(items=items)) + b"".join(each.sealed.data for each in found if each.sealed)


def pack_stop(error: SessionDeidError) -> bytes:
    """An answer that says why every recording would fail here: a model is missing, say."""
    return _framed(_Header(stop=_Told(kind=type(error).__name__, facts=error.facts)))


def _framed(header: _Header) -> bytes:
    data = header.model_dump_json(exclude_defaults=True).encode()
    return struct.pack("<I", len(data)) + data


def unpack(answer: object, job: Job) -> list[Finding]:
    """The findings of a job. An answer that is none, or not this job's, is one finding that says so.

    Raises what must stop the run (ModelError and its like).
    """
    strange = [Finding(job.recording, job.stages[0], failure=Failure(STRANGE))]
    if not isinstance(answer, bytes) or len(answer) < 4:
        return strange
    (length,) = struct.unpack("<I", answer[:4])
    try:
        if length > HEADER_MOST_BYTES:
            return strange
        header = _Header.model_validate_json(answer[4 : 4 + length])
    except ValidationError:
        return strange
    if header.stop is not None:
        raise _stop(header.stop)
    return _findings(header.items, answer[4 + length :], job) or strange


def _findings(items: Sequence[_Item], payload: bytes, job: Job) -> list[Finding]:
    """The findings when they are what the job asked for, all of it or as far as it went; else none."""
    found: list[Finding] = []
    left = list(job.stages)
    for item in items:
        if item.recording != job.recording or (found and found[-1].failure):
            return []
        if item.failure is not None:
            if item.stage not in ("decode", *left) or item.size:
                return []
            failure = Failure(item.failure.kind, item.failure.facts)
            found.append(Finding(job.recording, item.stage, failure=failure))
            continue
        if not left or not _is_what(left[0], item) or item.size > len(payload):
            return []
        found.append(Finding(job.recording, left.pop(0), Sealed(Artifact(item.kind), payload[: item.size])))
        payload = payload[item.size :]
    whole = not payload and found and (not left or found[-1].failure is not None)
    return found if whole else []


def _is_what(stage: HeavyStage, item: _Item) -> bool:
    """The record this stage leaves."""
    return item.stage == stage and item.kind == LEAVES[stage].value


def _stop(told: _Told) -> SessionDeidError:
    """An error of ours that stops a run, with facts that are plain names; of any other the kind alone is told."""
    kind = getattr(errors, told.kind, None)
    plain = all(PLAIN_FACT.fullmatch(value) for value in told.facts.values())
    if isinstance(kind, type) and issubclass(kind, ModelError) and plain:
        try:
            return kind(**told.facts)
        except (KeyError, TypeError, IndexError):
            pass
    name = told.kind if isinstance(kind, type) and issubclass(kind, SessionDeidError) else UNNAMED
    return ClusterError(what="a worker", why=f"it cannot work ({name}); run session-deid doctor there")


UNNAMED = "an error of another version"
