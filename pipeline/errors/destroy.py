"""Destruction refused or not proven."""

from __future__ import annotations

from pipeline.errors.base import SessionDeidError


class DestroyError(SessionDeidError):
    exit_code = 61


class NotDestroyableError(DestroyError):
    exit_code = 61
    problem = "{recording}: is not destroyed: {why}."
    remedy = (
        "Only what a person verified is destroyed; session-deid status shows where it stands. "
        "What can never be verified: session-deid withdraw."
    )


class KeptError(NotDestroyableError):
    problem = "{recording}: is not destroyed: it is to be kept until {day} ({rule} in study.toml)."
    remedy = "Wait until that day; where the rule itself is wrong, correct study.toml, which the audit chain notes."


class HeldError(NotDestroyableError):
    problem = "{recording}: nothing of it is destroyed: {by} placed a hold on {day}."
    remedy = "Whoever may end it lifts it first, with session-deid hold --lift; session-deid hold --list shows why."


class CopyFoundError(NotDestroyableError):
    problem = "{recording}: is not destroyed: {file} in the study's folder holds {what}, and would survive. Nothing of it was touched."
    remedy = (
        "Delete that file, or import it if it came from a recorder, and run the same command again. A copy that is "
        "only moved elsewhere is still a copy."
    )


class VaultMovedError(NotDestroyableError):
    problem = "{recording}: is not destroyed: {file} is a link, so its sealed files lie elsewhere. Nothing more was touched."
    remedy = "Put the real folder, or file, in its place (a disk can be mounted there), and run the same command again."


class StudyOpenError(NotDestroyableError):
    problem = "{recording}: is {state}, so the study stays open."
    remedy = "Verify and destroy it; what can never be verified is withdrawn by: session-deid withdraw."


class DestructionUnprovenError(DestroyError):
    exit_code = 62
    problem = "{recording}: destruction is not proven; a check failed: {why}."
    remedy = "Run the same command again; until every check passes the recording does not count as destroyed."


class ConsentError(DestroyError):
    exit_code = 63
    problem = "Nothing was destroyed: nobody confirmed it."
    remedy = "Confirm at a terminal, or set unattended_destroy = true in study.toml and give --yes."


class DeclinedError(ConsentError):
    problem = "Nothing was destroyed: it was not confirmed."
    remedy = ""


class MistypedError(DeclinedError):
    problem = "Nothing was destroyed: what was typed is not {wanted}."
    remedy = "Run the same command again, and type {wanted} when you are asked."


class NotConfirmedError(ConsentError):
    problem = "{recording}: is not withdrawn: nobody confirmed it."
    remedy = "Only a person at a terminal can withdraw a recording, by typing its id when asked."


class NotLiftedError(ConsentError):
    problem = "The hold on {recording} stands: nobody confirmed that it ends."
    remedy = "Only a person at a terminal can lift a hold, by typing what is asked for."


class NotWithdrawableError(DestroyError):
    exit_code = 64
    problem = "{recording}: is not withdrawn: {why}."
    remedy = "Nothing was changed; session-deid status shows where it stands."
