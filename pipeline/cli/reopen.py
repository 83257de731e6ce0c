"""`session-deid reopen`: take a verified recording back into review."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.shared_options import reviewer_option
from pipeline.cli.study_options import open_study, study_options


@click.command()
@click.argument("recording", metavar="REC")
@click.option(
    "--reason", required=True, help="Why, in one line; it stands in the audit chain, so name nobody."
)
@reviewer_option
@study_options
def reopen(recording: str, reason: str, reviewer: str, folder: Path | None, key_file: Path | None) -> None:
    """Take the verified recording REC back into review, as long as nothing of it is destroyed.

    Its approvals no longer count, and it is verified anew. What was given out of it is named: reopening calls
    nothing back.
    """
    from pipeline.study.finding import user
    from pipeline.study.reopening import reopen as reopen_recording

    with open_study(folder, key_file) as study:
        row = study.find(recording)
        given = reopen_recording(study, row.id, reason, by=reviewer or user())
    click.echo(f"{row.id}: in review again; it has to be verified anew.")
    for each in given:
        click.echo(f"  given out before, and not called back: {each}")
