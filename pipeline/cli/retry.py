"""`session-deid retry`: take up recordings that were set aside."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.study_options import open_study, study_options


@click.command()
@click.argument("recordings", nargs=-1, metavar="[REC]...")
@click.option("--all", "everything", is_flag=True, help="All that were set aside.")
@study_options
def retry(recordings: tuple[str, ...], everything: bool, folder: Path | None, key_file: Path | None) -> None:
    """Take up recordings that failed; the next `run` goes on from the stage that failed.

    One that is named, did not fail and was not looked at by anybody yet is heard again: in the language that study.toml
    names by now, or by another model.
    """
    from pipeline.batch.hearing_again import hear_again

    if bool(recordings) == everything:
        raise click.UsageError("Name recordings, or give --all.")
    with open_study(folder, key_file) as study:
        rows = list(map(study.find, recordings))
        if everything:
            rows = [row for row in study.recordings() if row.failed_stage is not None]
        for row in rows:
            if row.failed_stage is None:
                hear_again(study, row.id)
                click.echo(f"{row.id:6}  {row.name}: will be heard again")
            else:
                study.retry(row.id)
                click.echo(f"{row.id:6}  {row.name}: will be tried again ({row.failed_stage})")
