"""`session-deid destroy`: verified recordings for good, each with its certificate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.bugs import error_of
from pipeline.cli.study_options import at_terminal, json_option, open_study, show_json, study_options
from pipeline.errors import (
    DestroyError,
    InternalError,
    ReviewLockedError,
    SealBrokenError,
    SessionDeidError,
    StateError,
)

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow

_ITS_OWN = (DestroyError, ReviewLockedError, StateError, SealBrokenError, InternalError)
"""What one recording is to blame for; a full disk or a lock would meet the others as well."""


@click.command()
@click.argument("recordings", nargs=-1, metavar="[REC...]")
@click.option("--due", is_flag=True, help="Those verified `destroy_after_days` ago, and half-destroyed ones.")
@click.option("--all", "everything", is_flag=True, help="Every verified recording.")
@click.option("--yes", is_flag=True, help="Without asking; study.toml must allow it (unattended_destroy).")
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
        rows = _meant(study, recordings, due)
        _ask_consent(study, rows, yes)
        refused = [error for row in rows if (error := _destroy(study, row, as_json, alone=len(rows) == 1))]
    if not rows and not as_json:
        click.echo("Nothing is due.")
    if refused:
        raise SomeFailedError(failed=len(refused), total=len(rows))


def _destroy(study: Study, row: RecordingRow, as_json: bool, *, alone: bool) -> SessionDeidError | None:
    """Destroy one of several; what only that one is to blame for is said, and the others go on."""
    from pipeline.erase import destroy as destruction
    from pipeline.study.finding import user

    try:
        gone = destruction.destroy(study, row.id, by=user())
    except Exception as bug:
        error = error_of(bug, file=row.id, stage="destroying it")
        if alone or not isinstance(error, _ITS_OWN):
            raise
        if as_json:
            show_json(recording=row.id, state=row.state.value, error=str(error), exit_code=error.exit_code)
        click.echo(f"session-deid: {error}", err=True)
        return error
    if as_json:
        show_json(recording=row.id, state="destroyed", certificate=str(gone.certificate))
    else:
        click.echo(f"{row.id}: destroyed, {gone.checks} checks passed. Certificate: {gone.page}")
    return None


def _meant(study: Study, recordings: tuple[str, ...], only_due: bool) -> list[RecordingRow]:
    from datetime import UTC, datetime

    from pipeline.erase.destroy import due
    from pipeline.study.vault.states import State

    if recordings:
        return [study.find(name) for name in recordings]
    if only_due:
        return list(due(study, datetime.now(UTC)))
    return list(study.recordings(State.VERIFIED, State.DESTROYING))


def _ask_consent(study: Study, rows: list[RecordingRow], yes: bool) -> None:
    """At a terminal the recording's id (or how many they are) is typed; elsewhere study.toml must allow --yes."""
    from pipeline.errors import ConsentError

    if not rows or (yes and study.settings.unattended_destroy):
        return
    if not at_terminal():
        raise ConsentError()
    for row in rows:
        click.echo(f"  {row.id}  {row.name}  ({row.state.value})", err=True)
    word = rows[0].id if len(rows) == 1 else str(len(rows))
    what = "its id" if len(rows) == 1 else "how many they are"
    if click.prompt(f"These will be gone for good. Type {what} ({word}) to go on", err=True).strip() != word:
        raise ConsentError()
