"""The certificate of a participant's withdrawal: what went of them, from which recordings, and what was not reached.

It names nobody but by code, and the people who stated it. How it is signed: `signing`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.erase.certificate import Approval, Check

FORMAT = "session-deid certificate of a participant's withdrawal"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LeftRecording(_Strict):
    """One recording: turns and mentions that went, silent seconds, the approved transcript's digests before and after
    (empty where none was approved), and the ids of the keys that were destroyed. `whole`: all of it was destroyed,
    and has a certificate of its own."""

    recording: str
    whole: bool = False
    turns: int = 0
    mentions: int = 0
    silenced: bool = False
    seconds: float = 0.0
    version: int = 0
    transcript_before: str = ""
    transcript_after: str = ""
    keys: tuple[str, ...] = ()


class ParticipantCertificate(_Strict):
    """Everything an ethics board, or the participant, needs to read; no words, no name of the participant."""

    format: Literal["session-deid certificate of a participant's withdrawal"] = (
        "session-deid certificate of a participant's withdrawal"
    )
    version: Literal[1] = 1
    study: str
    participant: str
    asked: str
    rule: str
    meaning: str
    others: str
    statements: tuple[Approval, ...]
    recordings: tuple[LeftRecording, ...]
    study_wide: tuple[str, ...] = ()
    given_out: tuple[str, ...] = ()
    not_reached: tuple[str, ...] = ()
    method: tuple[str, ...]
    checks: tuple[Check, ...]
    medium: dict[str, str | bool | None] = Field(default_factory=dict)
    medium_of_keys: dict[str, str | bool | None] = Field(default_factory=dict)
    tool: str
    done_by: str
    done_at: str
    other_copies: tuple[str, ...] = ()
    limits: tuple[str, ...]

    def outcome(self) -> str:
        """What it certifies, in a line."""
        many = len(self.recordings)
        return f"{self.participant}: withdrawn from {many} recordings {self.done_at} by {self.done_by} ({self.rule})"

    def plain(self) -> dict[str, Any]:
        """The certificate as JSON values."""
        return self.model_dump(mode="json")
