"""The gate before `verified`: what must hold, whoever asks and by whichever way they came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.errors import (
    SecondReviewerError,
    StatementError,
    StillOpenError,
    TranscriptChangedError,
    UndecidedError,
)
from pipeline.language.text import letters
from pipeline.verify.store import Approval


def check_gate(
    recording: str,
    approval: Approval,
    *,
    open_questions: int,
    digest_now: str,
    still_open: int = 0,
    earlier: Sequence[Approval] = (),
    reviewers: int = 1,
) -> tuple[Approval, ...]:
    """The approvals that stand with this one; as many as `reviewers` make the recording verified.

    Raises UndecidedError while a question is open, TranscriptChangedError when the digest the person
    accepted is not the transcript's, StillOpenError when a last look finds places in the open (`still_open`)
    that the approval does not name in number, StatementError without a statement or a name, and
    SecondReviewerError when one person approves twice. An earlier approval of a transcript that was
    changed since no longer counts.
    """
    if open_questions:
        raise UndecidedError(recording=recording, open=open_questions)
    if approval.digest != digest_now:
        raise TranscriptChangedError(recording=recording)
    if approval.over != still_open:
        raise StillOpenError(recording=recording, places=still_open)
    if not approval.statement.strip() or not approval.reviewer.strip():
        raise StatementError(recording=recording)
    standing = tuple(each for each in earlier if each.digest == digest_now)
    if any(same_person(each.reviewer, approval.reviewer) for each in standing):
        why = "the same person has approved it already"
        raise SecondReviewerError(recording=recording, why=why, needed=reviewers)
    return (*standing, approval)


def same_person(one: str, other: str) -> bool:
    """Whether two reviewers' names are the same but for case, accents, spaces and punctuation."""
    return (letters(one) or one) == (letters(other) or other)  # one without letters is compared as it stands


def shared_account(approvals: Iterable[tuple[str, str]]) -> str:
    """The account two differently named people approved from, given (name, account) of each; else empty.

    One person may have typed two names there, or two people share a computer: who reads it must ask.
    """
    names: dict[str, str] = {}
    for name, account in approvals:
        if account and not same_person(names.setdefault(account, name), name):
            return account
    return ""


def name_with_account(name: str, account: str) -> str:
    """A typed name with the account of the computer it was typed at, which nobody can type."""
    return f"{name} (account {account})" if account else name
