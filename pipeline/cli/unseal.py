"""`session-deid unseal`: the source audio back, while it exists."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from pipeline.cli.asking import ask_undertaking
from pipeline.cli.study_options import open_study, study_options

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow

BLOCK_BYTES = 1 << 20


@click.command()
@click.argument("recording", metavar="REC")
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write."
)
@study_options
def unseal(recording: str, to: Path, folder: Path | None, key_file: Path | None) -> None:
    """Write the source audio of REC, as it was imported, to a plain file. The audit chain notes it.

    From then on a plain copy exists, and destroying it is yours to do.
    """
    from pipeline.study.finding import user

    with open_study(folder, key_file) as study:
        row = study.find(recording)
        ask_undertaking(study, user())
        write_source(study, row, to)
        click.echo(
            f"{row.id}: {row.size} bytes written to {click.format_filename(to)}. Destroying this copy is yours to do."
        )


def write_source(study: Study, row: RecordingRow, to: Path) -> None:
    """Write a recording's source to `to` (mode 0600, never over a file), noted in the audit chain first."""
    from pipeline.errors import OutputError
    from pipeline.study.vault.files import remove_for_good

    with study.open_source(row.id) as source:
        try:
            handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise OutputError(file=to, why=error.strerror) from None
        try:
            with os.fdopen(handle, "wb") as target:
                with study.ledger.transaction():
                    here = os.fstat(target.fileno()).st_dev == study.folder.stat().st_dev
                    study.audit.append("unsealed", row.id, {"size": row.size, "to_this_disk": here})
                _copy(source, target)
        except BaseException as error:
            with suppress(OSError):
                remove_for_good(to, place="unseal")
            if isinstance(error, OSError):
                raise OutputError(file=to, why=error.strerror) from None
            raise


def _copy(source: BinaryIO, target: BinaryIO) -> None:
    while block := source.read(BLOCK_BYTES):
        target.write(block)
    target.flush()
    os.fsync(target.fileno())
