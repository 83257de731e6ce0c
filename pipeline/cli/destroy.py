"""`session-deid destroy`: verified recordings for good, each with its certificate."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.bugs import error_of
from pipeline.cli.shared_options import unasked_option
from pipeline.cli.study_options import at_terminal, json_option, open_study, show_json, study_options
from pipeline.errors import (
    DestroyError,
    InternalError,
    ReviewLockedError,
    SealBrokenError,
    StateError,
)

if TYPE_CHECKING:
    from pipeline.erase.standing import Term
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow

_ITS_OWN = (DestroyError, ReviewLockedError, StateError, SealBrokenError, InternalError)
"""What one recording is to blame for; a full disk or a lock would meet the others as well."""


@click.command()
@click.argument("recordings", nargs=-1, metavar="[REC...]")
@click.option(
    "--due",
    is_flag=True,
    help="Those verified that a rule of study.toml says are due, and half-destroyed ones.",
)
@click.option("--all", "everything", is_flag=True, help="Every verified recording.")
@unasked_option
@json_option
@study_options
def destroy(
    recordings: tuple[str, ...],
    due: bool,
    everything: bool,
    yes: bool,
    as_json: bool,
    folder: Path | None,
    key_file: Path | None,
) -> None:
    """Destroy the sound and the raw words of verified recordings, prove it, and write certificates.

    There is no way back. What stays is the approved transcript, the report and the certificate.
    """
    from pipeline.errors import SomeFailedError

    if sum((bool(recordings), due, everything)) != 1:
        raise click.UsageError("Name recordings, or give --due or --all.")
    with open_study(folder, key_file) as study:
        meant = _meant(study, recordings, due)
        show = _Shown(as_json, alone=len(meant) == 1)
        rows = (
            meant if _unattended(study, yes) else [row for row in meant if show.attempt(row, _check, study)]
        )
        _ask_consent(study, rows, yes)
        done = [row for row in rows if show.attempt(row, _destroy, study)]
        if not meant and not as_json:
            click.echo(_why_nothing(study, due), err=due)
        stuck = _tell_what_waits(study) if due else 0
    if len(done) < len(meant):
        raise SomeFailedError(failed=len(meant) - len(done), total=len(meant))
    if stuck:
        raise SomeFailedError(failed=stuck, total=len(meant) + stuck)


@dataclass(frozen=True)
class _Shown:
    """How what becomes of each is told; of several, what only one is to blame for is said, and the others go on."""

    as_json: bool
    alone: bool

    def attempt(
        self, row: RecordingRow, work: Callable[[Study, RecordingRow, bool], None], study: Study
    ) -> bool:
        """Whether the work on one was done."""
        try:
            work(study, row, self.as_json)
        except Exception as bug:
            error = error_of(bug, file=row.id, stage="destroying it")
            if self.alone or not isinstance(error, _ITS_OWN):
                raise
            if self.as_json:
                facts = {"recording": row.id, "state": row.state.value}
                show_json(**facts, error=str(error), exit_code=error.exit_code)
            click.echo(f"session-deid: {error}", err=True)
            return False
        return True


def _check(study: Study, row: RecordingRow, _as_json: bool) -> None:
    """What would be refused is refused before anybody is asked."""
    from pipeline.erase.destroy import check_destroyable
    from pipeline.study.finding import user

    check_destroyable(study, row.id, by=user())


def _destroy(study: Study, row: RecordingRow, as_json: bool) -> None:
    from pipeline.erase import destroy as destruction
    from pipeline.study.finding import user

    gone = destruction.destroy(study, row.id, by=user())
    if as_json:
        show_json(recording=row.id, state="destroyed", certificate=str(gone.certificate))
    else:
        click.echo(f"{row.id}: destroyed, {gone.checks} checks passed. Certificate: {gone.page}")


def _tell_what_waits(study: Study) -> int:
    """Say what is due and is not destroyed, and why; returns how many of these want a person: nobody verified them."""
    from datetime import UTC, datetime

    from pipeline.erase.due import study_terms, terms
    from pipeline.erase.standing import DUE

    now = datetime.now(UTC)
    waiting = {recording: _waits(found) for recording, found in terms(study, now).items()}
    of_study = [term for term in study_terms(study, now) if term.standing in DUE]
    for recording, (holds, waits) in waiting.items():
        for term in (*holds, *waits):
            click.echo(f"{recording}: {term}", err=True)
    for term in of_study:
        click.echo(f"The study: {term}", err=True)
    stuck = [waits for holds, waits in waiting.values() if waits and not holds]
    return len(stuck) + len(of_study)


def _waits(found: Iterable[Term]) -> tuple[list[Term], list[Term]]:
    """Of one recording the holds, and what is due and is not destroyed: held, or nobody verified it."""
    from pipeline.erase.standing import DUE, Standing

    all_ = list(found)
    holds = [term for term in all_ if term.standing is Standing.HELD]
    waits = [term for term in all_ if term.standing in DUE and (term.stuck or holds)]
    return (holds if waits else []), waits


def _why_nothing(study: Study, due: bool) -> str:
    """What to say when there is nothing to destroy: also that nothing ever will be."""
    from pipeline.study.vault.states import State

    if not due:
        return "Nothing is verified, so there is nothing to destroy."
    settings = study.settings
    rules = settings.retention
    ends = (rules.sound_not_after, rules.words_until, rules.transcripts_until)
    if settings.destroy_after_days is not None or any(rule is not None for rule in ends):
        return "Nothing is due."
    waiting = len(list(study.recordings(State.VERIFIED)))
    return (
        "Nothing is due, and nothing ever will be: destroy_after_days is not set in study.toml, and neither is "
        "retention.sound_not_after. Recordings that are "
        f"verified and wait: {waiting}."
    )


def _meant(study: Study, recordings: tuple[str, ...], only_due: bool) -> list[RecordingRow]:
    from datetime import UTC, datetime

    from pipeline.erase.due import due
    from pipeline.study.vault.states import State

    if recordings:
        return [study.find(name) for name in recordings]
    if only_due:
        return list(due(study, datetime.now(UTC)))
    return list(study.recordings(State.VERIFIED, State.DESTROYING))


def _unattended(study: Study, yes: bool) -> bool:
    return yes and study.settings.unattended_destroy


def _ask_consent(study: Study, rows: list[RecordingRow], yes: bool) -> None:
    """At a terminal the recording's id (or how many they are) is typed; elsewhere study.toml must allow --yes."""
    from pipeline.errors import ConsentError, MistypedError

    if not rows or _unattended(study, yes):
        return
    if not at_terminal():
        raise ConsentError()
    for row in rows:
        click.echo(f"  {row.id}  {row.name}  ({row.state.value})", err=True)
    word, what = (rows[0].id, "its id") if len(rows) == 1 else (str(len(rows)), "how many they are")
    typed: str = click.prompt(f"These will be gone for good. Type {what} ({word}) to go on", err=True)
    if typed.strip().upper() != word:
        raise MistypedError(wanted=f"{what} ({word})")
