"""`session-deid corrections`: what participants sent back about their transcripts, and what became of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from pipeline.cli.shared_options import reviewer_option
from pipeline.cli.study_options import json_option, open_study, show_json, study_options


@click.group()
def corrections() -> None:
    """What participants sent back about their transcripts: entered, listed, settled. It stays sealed."""


@corrections.command()
@click.argument("recording", metavar="REC")
@click.option("--participant", required=True, metavar="CODE", help="Whose correction it is.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day it came (else today).")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A text file that holds it (else it is asked for). The file is left where it is.",
)
@reviewer_option
@study_options
def add(
    recording: str,
    participant: str,
    on: datetime | None,
    source: Path | None,
    reviewer: str,
    folder: Path | None,
    key_file: Path | None,
) -> None:
    """Enter what a participant sent back about REC."""
    from pipeline.study.corrections import enter
    from pipeline.study.finding import user

    with open_study(folder, key_file) as study:
        row = study.find(recording)
        text = (
            source.read_text(encoding="utf-8-sig", errors="replace")
            if source
            else click.prompt("What they sent", err=True)
        )
        day = (on or datetime.now().astimezone()).date().isoformat()
        kept = enter(study, row.id, participant, text, day=day, by=reviewer or user())
    click.echo(f"{row.id}: correction {kept.number} of {kept.participant} is kept, sealed.")


@corrections.command("list")
@click.option("--all", "everything", is_flag=True, help="Those settled too.")
@json_option
@study_options
def list_(everything: bool, as_json: bool, folder: Path | None, key_file: Path | None) -> None:
    """Show what is open: on the screen alone."""
    from dataclasses import asdict

    from pipeline.study.corrections import read_corrections

    with open_study(folder, key_file) as study:
        found = [each for each in read_corrections(study).corrections if everything or not each.settled]
    for each in found:
        if as_json:
            show_json(**asdict(each))
        else:
            click.echo(
                f"{each.number:5}  {each.recording}  {each.participant}, {each.day}{f' ({each.settled})' if each.settled else ''}"
            )
            click.echo(f"       {each.text}")
    if not found and not as_json:
        click.echo("Nothing is open.")


@corrections.command()
@click.argument("number", type=int)
@click.argument("how", type=click.Choice(["amended", "noted", "declined"]))
@reviewer_option
@study_options
def settle(number: int, how: str, reviewer: str, folder: Path | None, key_file: Path | None) -> None:
    """Say what became of correction NUMBER: the transcript was amended (or put right in review), it is noted, or declined."""
    from pipeline.study.corrections import settle as settle_correction
    from pipeline.study.finding import user

    with open_study(folder, key_file) as study:
        done = settle_correction(study, number, how, by=reviewer or user())  # type: ignore[arg-type]
    click.echo(f"{done.recording}: correction {done.number} is {done.settled}.")
