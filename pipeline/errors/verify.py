"""Verification refused."""

from __future__ import annotations

from pipeline.errors.base import SessionDeidError


class VerifyError(SessionDeidError):
    exit_code = 50


class DecisionError(VerifyError):
    exit_code = 55
    problem = "The decision does not fit the transcript: {why}."
    remedy = "Look at the line again; nothing was changed."


class ReviewLockedError(VerifyError):
    exit_code = 56
    problem = "Somebody else ({holder}) is deciding on this recording."
    remedy = "You can read along; close their page, or wait, to decide yourself."


class ApprovalError(VerifyError):
    exit_code = 57
    problem = "The transcript was not verified: {why}."
    remedy = "Go back to the review page and try again."


class PortTakenError(VerifyError):
    exit_code = 59
    problem = "Port {port} of this computer is taken by another program."
    remedy = "Leave --port out, or choose another."


class UndecidedError(VerifyError):
    exit_code = 52
    problem = "{recording}: {open} open questions are not decided yet."
    remedy = "Decide them with: session-deid verify {recording} --interactive"


class StillOpenError(UndecidedError):
    exit_code = 52
    problem = "{recording}: {places} places that may identify somebody still stand in the open."
    remedy = "Look at each of them in the review page; verify with: session-deid verify {recording} --still-open {places}"


class TranscriptChangedError(VerifyError):
    exit_code = 53
    problem = "{recording}: the transcript changed since it was read."
    remedy = "Read it again, then verify."


class StatementError(VerifyError):
    exit_code = 54
    problem = "{recording}: the statement was not accepted, so it is not verified."
    remedy = "Verify again when the transcript has been read and checked."


class UndertakingError(StatementError):
    problem = (
        "{person} has not accepted this study's undertaking of confidentiality, so nothing is heard or read."
    )
    remedy = "Read and accept it at a terminal, with session-deid verify, or in the page (session-deid open)."


class SecondReviewerError(VerifyError):
    exit_code = 50
    problem = "{recording}: {why}."
    remedy = "This study asks for {needed} reviewers; another person verifies the same transcript."


class NotVerifiedError(VerifyError):
    exit_code = 51
    problem = "{recording}: no person has verified this transcript yet, so it is not exported."
    remedy = "Verify it first, or add --draft for a copy that is marked as a draft."


class CertificateError(VerifyError):
    exit_code = 58
    problem = "{file}: not a valid certificate: {why}."
    remedy = "Use the file as it was written when the recording was destroyed."
