"""`session-deid hold`: nothing of a recording, or of the whole study, is destroyed until a named person lifts it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.shared_options import reviewer_option
from pipeline.cli.study_options import at_terminal, json_option, open_study, show_json, study_options

if TYPE_CHECKING:
    from pipeline.study.study import Study

LIFT_ALL = "LIFT"


@click.command()
@click.argument("recording", metavar="[REC]", default="")
@click.option("--all", "everything", is_flag=True, help="The whole study, and what is taken in later.")
@click.option("--reason", default="", help="Why; kept sealed, since it may name somebody.")
@reviewer_option
@click.option("--lift", is_flag=True, help="End it: only at a terminal, by typing the recording's id.")
@click.option("--list", "listing", is_flag=True, help="Show every hold, by whom, and why.")
@json_option
@study_options
def hold(
    recording: str,
    everything: bool,
    reason: str,
    reviewer: str,
    lift: bool,
    listing: bool,
    as_json: bool,
    folder: Path | None,
    key_file: Path | None,
) -> None:
    """Stop every destruction of REC (or with --all of the study) until a named person lifts the hold.

    While it stands, `destroy`, `withdraw` and `close` are refused, whatever study.toml says. A destruction
    that has begun is finished: what it took cannot be brought back.
    """
    from pipeline.study.finding import user

    if sum((bool(recording), everything, listing)) != 1:
        raise click.UsageError("Name a recording, or give --all or --list.")
    if not listing and not reason.strip():
        raise click.UsageError("Say why: --reason TEXT.")
    with open_study(folder, key_file) as study:
        if listing:
            list_holds(study, as_json)
            return
        which = "" if everything else study.find(recording).id
        change(study, which, reason.strip(), reviewer.strip() or user(), lift=lift, as_json=as_json)


def change(study: Study, recording: str, reason: str, by: str, *, lift: bool, as_json: bool) -> None:
    """Place a hold, or end those that stand."""
    from pipeline.study import holds

    of = recording or holds.WHOLE_STUDY
    if not lift:
        holds.place_hold(study, recording, reason=reason, by=by, account=study.audit.by)
    else:
        confirm_end(study, recording, by)
        holds.lift_holds(study, recording, reason=reason, by=by, account=study.audit.by)
    if as_json:
        show_json(recording=recording, held=not lift, by=by)
    elif lift:
        click.echo(f"The hold on {of} is lifted, by {by}.")
    else:
        click.echo(f"{of} is held, by {by}: nothing of it is destroyed until that is lifted.")


def confirm_end(study: Study, recording: str, by: str) -> None:
    """Show what ends and the statement; raise NotLiftedError unless the id, or LIFT, is typed at a terminal."""
    from pipeline.errors import NothingHeldError, NotLiftedError
    from pipeline.study import holds

    of = recording or holds.WHOLE_STUDY
    standing = [each for each in holds.standing_holds(study) if each.recording == recording]
    if not standing:
        raise NothingHeldError(recording=of)
    for each in standing:
        click.echo(f"Hold on {of} of {each.at[:10]}, by {each.by}.", err=True)
    click.echo(f"\n{holds.LIFTING}\n", err=True)
    word = recording or LIFT_ALL
    if not at_terminal():
        raise NotLiftedError(recording=of)
    if click.prompt(f"Do you, {by}, state this? Type {word} to go on", err=True).strip() != word:
        raise NotLiftedError(recording=of)


def list_holds(study: Study, as_json: bool) -> None:
    """Every hold with its reasons: on the screen alone."""
    from pipeline.study.holds import all_holds, read_reasons

    reasons = read_reasons(study)
    holds = all_holds(study)
    for each in holds:
        why = reasons.get(each.entry, "")
        if as_json:
            ended = {"lifted_by": each.lifted_by, "lifted_at": each.lifted_at}
            show_json(recording=each.recording, by=each.by, at=each.at, reason=why, **ended)
            continue
        end = f"; lifted {each.lifted_at[:10]} by {each.lifted_by}" if each.lifted_by else "; stands"
        click.echo(f"{each.of}: held since {each.at[:10]} by {each.by}{end}")
        click.echo(f"        {why}" if why else "", nl=bool(why))
    if not holds and not as_json:
        click.echo("No hold was ever placed.")
