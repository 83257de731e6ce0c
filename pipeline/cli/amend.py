"""`session-deid amend`: put an approved transcript right when its recording is gone; the words are typed, never arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.shared_options import reviewer_option
from pipeline.cli.study_options import at_terminal, json_option, open_study, show_json, study_options

if TYPE_CHECKING:
    from pipeline.erase.amend import Look
    from pipeline.records import Utterance
    from pipeline.study.approved import Approved
    from pipeline.study.study import Study
    from pipeline.verify.amending import Edit


@click.command()
@click.argument("recording", metavar="REC")
@click.option("--reason", default="", help="Why, in one line; it stands in the audit chain, so name nobody.")
@click.option("--line", type=int, help="The line to begin with, as --list and the page number them.")
@click.option(
    "--merge", nargs=2, multiple=True, metavar="LABEL OTHER", help="All that bears LABEL bears OTHER."
)
@click.option("--list", "listing", is_flag=True, help="Show the versions there were, and nothing else.")
@reviewer_option
@json_option
@study_options
def amend(
    recording: str,
    reason: str,
    line: int | None,
    merge: tuple[tuple[str, str], ...],
    listing: bool,
    reviewer: str,
    as_json: bool,
    folder: Path | None,
    key_file: Path | None,
) -> None:
    """Take out, generalise or relabel in the approved transcript of REC, whose recording is destroyed.

    Nothing is ever put back. You are asked for lines and words until you give none, shown the lines as they will be, and
    asked to state it by typing the recording's id; only at a terminal. The transcript becomes its next version, the
    one before is destroyed. Before a recording is destroyed its transcript is reopened instead.
    """
    from pipeline.study.approved import read_approved
    from pipeline.study.finding import user

    with open_study(folder, key_file) as study:
        row = study.find(recording)
        if listing:
            list_versions(row.id, read_approved(study, row.id), as_json)
            return
        if not reason:
            raise click.UsageError("Say why: --reason.")
        _state(study, row.id, _edits(study, row.id, line, merge), reason, reviewer or user(), as_json)


def list_versions(recording: str, approved: Approved | None, as_json: bool) -> None:
    """Each version with its digest and what made it."""
    from pipeline.study.approved import versions_of

    for each in versions_of(approved) if approved else ():
        if as_json:
            show_json(recording=recording, version=each.number, digest=each.digest, made=each.made)
        else:
            click.echo(f"{recording} version {each.number}: {each.made}, SHA-256 {each.digest}")


def _edits(
    study: Study, recording: str, line: int | None, merge: Sequence[tuple[str, str]]
) -> tuple[Edit, ...]:
    """What was asked for by options, then by a person; another person's proposal as it stands."""
    from pipeline.erase.amend import proposal_of
    from pipeline.study.approved import read_approved
    from pipeline.verify.amending import MergeLabels

    if not at_terminal():
        return tuple(MergeLabels(*each) for each in merge)
    if (waiting := proposal_of(study, recording)) and click.confirm(
        f"An amendment of {recording} waits for another person. Look at it", default=True, err=True
    ):
        return waiting.edits
    approved = read_approved(study, recording)
    spoken = approved.utterances if approved else ()
    return (*(MergeLabels(*each) for each in merge), *_ask(spoken, line, asked=bool(merge)))


def _ask(spoken: Sequence[Utterance], line: int | None, *, asked: bool) -> Iterator[Edit]:
    from pipeline.verify.amending import REMOVED, TakeOut, find_places

    while line is not None or not asked or click.confirm("Another line", default=False, err=True):
        asked = True
        number = line if line is not None else click.prompt("Line", type=int, err=True)
        line = None
        if not 1 <= number <= len(spoken):
            click.echo(f"There is no line {number}.", err=True)
            continue
        said = spoken[number - 1]
        click.echo(f"{number}  {said.participant}  {said.text}", err=True)
        words = click.prompt(
            "Words to take out, as they stand there", default="", show_default=False, err=True
        ).strip()
        places = list(find_places(spoken, words))
        here = [place for place in places if place[0] == number]
        if not here:
            click.echo("These words do not stand there.", err=True)
            continue
        label = click.prompt("What stands there instead", default=REMOVED, err=True).strip()
        wide = len(places) > len(here) and click.confirm(
            f"Also in {len(places) - len(here)} other places", err=True
        )
        yield from (TakeOut(*place, label) for place in (places if wide else here))


def _state(
    study: Study, recording: str, edits: tuple[Edit, ...], reason: str, reviewer: str, as_json: bool
) -> None:
    from dataclasses import replace

    from pipeline.erase import amend as amending
    from pipeline.errors import MistypedError, NotConfirmedError
    from pipeline.study.finding import user

    seen = replace(amending.look(study, recording, edits), reason=reason)
    show_look(seen)
    if not at_terminal():
        raise NotConfirmedError(recording=recording)
    if (
        click.prompt(f"Do you, {reviewer}, state this? Type its id ({recording}) to go on", err=True).strip()
        != recording
    ):
        raise MistypedError(wanted=recording)
    done = amending.amend(study, seen, reviewer, by=user())
    if as_json:
        show_json(
            recording=recording, version=done.version if done else None, digest=done.digest if done else None
        )
    elif done:
        click.echo(f"{recording}: {done.edition()}. SHA-256 {done.digest}")
    else:
        click.echo(f"{recording}: your statement is kept; this study asks for another person's too.")


def show_look(seen: Look) -> None:
    """The lines as they will be, and what cannot be called back: on the screen alone."""
    for number, text in seen.lines:
        click.echo(f"{number}  {text}", err=True)
    if seen.given_out:
        click.echo("Given out already; that cannot be called back, whoever has it must be told:", err=True)
    for line in seen.given_out:
        click.echo(f"  {line}", err=True)
    click.echo(f"\n{seen.statement()}\n", err=True)
