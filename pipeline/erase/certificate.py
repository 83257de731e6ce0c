"""The certificate of destruction: what was destroyed, how, how that was checked, and what it is worth.

Fields follow NIST SP 800-88 Rev. 2's certificate of sanitization where they apply to files rather than
to whole media. It never says more than was done: each limit that applies is written out.

Version 2 was of a recording that was withdrawn, version 1 of every other; since version 3 one that holds a
`withdrawal` is of a withdrawn one, and it says what became of each file (`fate`). How it is signed: `signing`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.erase.medium import Medium
from pipeline.erase.plain_files import PlainCopies, say_copies, say_worth
from pipeline.verify.gate import shared_account


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Destroyed(_Strict):
    """One thing that is gone: a sealed file, with what became of it, or a wrapped key."""

    what: str
    bytes: int | None = None
    sha256_sealed: str = ""
    fate: str = ""


class Check(_Strict):
    """One check made after destruction, and how it came out."""

    how: str
    passed: bool


class Approval(_Strict):
    """Who approved, when (ISO 8601, with offset), and what they accepted. `account` is the computer's account it was
    done from, empty where an earlier version did not note it: the name was typed, the account was not."""

    name: str
    at: str
    statement: str
    account: str = ""


class Withdrawal(_Strict):
    """Why a recording was destroyed without a verified transcript, in a person's name.

    `transcript` says what became of its transcript; `given_out` lists what can no longer be called back.
    """

    reason: str
    meaning: str
    statements: tuple[Approval, ...]
    transcript: str
    given_out: tuple[str, ...] = ()


class Certificate(_Strict):
    """Everything an ethics board needs to read; no identified words, no names of participants.

    `transcribed_by` names the engine and model that heard the words, `told_apart_by` the models that told voices apart;
    empty where an earlier version did not note it.
    """

    format: Literal["session-deid certificate"] = "session-deid certificate"
    version: Literal[1, 2, 3] = 3
    study: str
    recording: str
    source_sha256: str
    source_bytes: int
    duration: float
    key_id: str
    destroyed: tuple[Destroyed, ...]
    kept: tuple[str, ...] = ()
    medium: dict[str, str | bool | None] = Field(default_factory=dict)
    medium_of_keys: dict[str, str | bool | None] = Field(default_factory=dict)
    method: tuple[str, ...]
    tool: str
    checks: tuple[Check, ...]
    transcript_sha256: str = ""
    transcribed_by: str = ""
    told_apart_by: str = ""
    approvals: tuple[Approval, ...] = ()
    destroyed_by: str
    destroyed_at: str
    other_copies: tuple[str, ...] = ()
    limits: tuple[str, ...]
    rules: tuple[str, ...] = ()
    withdrawal: Withdrawal | None = None

    @model_validator(mode="after")
    def _check_kind(self) -> Self:
        """One or the other stands behind a destruction: approvals of its transcript, or a withdrawal."""
        if self.version < 3 and (self.version == 2) != (self.withdrawal is not None):
            raise ValueError("of the older ones only version 2 holds a withdrawal")
        return self

    def outcome(self) -> str:
        """What it certifies, in a line."""
        why = f" (withdrawn: {self.withdrawal.reason})" if self.withdrawal else ""
        return f"{self.recording}: destroyed {self.destroyed_at} by {self.destroyed_by}{why}"

    def plain(self) -> dict[str, Any]:
        """The certificate as JSON values."""
        return self.model_dump(mode="json")


def say_accounts(approvals: Iterable[Approval]) -> tuple[str, ...]:
    """What is to be said of approvals or statements that came from one account under two names."""
    account = shared_account((each.name, each.account) for each in approvals)
    if not account:
        return ()
    return (
        f"Two people are named, and one account of the computer ({account}) was used by both: whether they were two, "
        "the software cannot tell.",
    )


def describe(medium: Medium) -> dict[str, str | bool | None]:
    """A medium as the certificate shows it."""
    return {
        "device": medium.device,
        "model": medium.model,
        "serial": medium.serial,
        "file system": medium.file_system,
        "rotational": medium.rotational,
        "copy-on-write": medium.copy_on_write,
        "network": medium.network,
        "encrypted": medium.encrypted,
    }


def limits(medium: Medium, *, plain: PlainCopies, other_copies: tuple[str, ...]) -> tuple[str, ...]:
    """The sentences that keep the certificate true on this medium."""
    return (say_worth(plain), *say_copies(plain), *limits_of_medium(medium, other_copies=other_copies))


def limits_of_medium(medium: Medium, *, other_copies: tuple[str, ...]) -> tuple[str, ...]:
    """Those of them that hold whatever was destroyed."""
    said = [_worth_of_overwriting(medium)]
    if medium.network or medium.network is None:
        said.append("The folder may lie on another machine, whose own copies and snapshots were not reached.")
    said.append(
        "Backups, snapshots, synchronised folders and the recorder itself are outside this certificate, "
        "unless they are listed as other copies; whoever keeps them must delete them."
    )
    if not other_copies:
        said.append("No other copies were declared in the study's settings.")
    said.append(
        "Memory, swap and hibernation files of the computer were not erased; encrypt the disk to cover them."
    )
    return tuple(said)


def _worth_of_overwriting(medium: Medium) -> str:
    if medium.overwrites_in_place:
        return "Files were overwritten in place on a magnetic disk; sectors the disk had replaced are not reached."
    if medium.overwrites_in_place is None:
        return "Whether overwriting reached the old blocks is not known for this medium; the keys are what counts."
    why = "a copy-on-write file system" if medium.copy_on_write else "a solid state disk or a network folder"
    return f"Overwriting a file on {why} does not reliably reach the old blocks; the keys are what counts."
