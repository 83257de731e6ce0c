"""`session-deid withdraw`: destroy a recording that can never be verified, because a person states why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.shared_options import reviewer_option
from pipeline.cli.study_options import at_terminal, json_option, open_study, show_json, study_options

if TYPE_CHECKING:
    from pipeline.erase.erasing import Gone
    from pipeline.erase.loss import Loss
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow
    from pipeline.study.withdrawals import Reason

REASONS = ("unusable", "consent-withdrawn", "not-of-this-study")


@click.command()
@click.argument("recordings", metavar="[REC]...", nargs=-1)
@click.option("--participant", default="", metavar="CODE", help="One participant leaves; others' words stay.")
@click.option("--all", "everything", is_flag=True, help="With --participant: the whole study.")
@click.option("--reason", type=click.Choice(REASONS), help="Why it can never be verified.")
@reviewer_option
@click.option(
    "--asked",
    type=click.DateTime(["%Y-%m-%d"]),
    help="With --participant: the day they asked on (else today).",
)
@click.option(
    "--confirmed",
    type=click.DateTime(["%Y-%m-%d"]),
    help="With --participant: note the day on which they were told that it is done.",
)
@click.option(
    "--letter",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --participant, once it is done: write a letter to them (.docx).",
)
@click.option("--list", "listing", is_flag=True, help="Show what was withdrawn, why, by whom, and the notes.")
@json_option
@study_options
def withdraw(
    recordings: tuple[str, ...],
    participant: str,
    everything: bool,
    reason: str | None,
    reviewer: str,
    asked: datetime | None,
    confirmed: datetime | None,
    letter: Path | None,
    listing: bool,
    as_json: bool,
    folder: Path | None,
    key_file: Path | None,
) -> None:
    """Destroy REC without a verified transcript, because you state why; there is no way back.

    Its sound, words, review, transcript and report go, and what it taught the study. You are shown what is
    lost and asked for a note, which stays sealed. Only at a terminal, by typing the recording's id. Given
    once more, it finishes what was interrupted.

    With --participant one person leaves the recordings named, or with --all the study: their turns, mentions of
    them, their voice in the sound, their voiceprints and their name go; what others said stays. What withdrawal
    means in this study, study.toml says (withdrawal). --list shows the log of requests too.
    """
    from pipeline.study.finding import user
    from pipeline.study.vault.states import State
    from pipeline.study.withdrawals import Reason

    if participant and not listing:
        person = OnePerson(participant.strip().upper(), recordings, everything, asked, confirmed, letter)
        with open_study(folder, key_file) as study:
            one_person(study, person, reason, reviewer or user(), as_json)
        return
    if (len(recordings) == 1) == listing or len(recordings) > 1 or everything:
        raise click.UsageError("Name one recording, give --list, or say who leaves with --participant.")
    with open_study(folder, key_file) as study:
        if listing:
            list_withdrawals(study, as_json)
            return
        row = study.find(recordings[0])
        if row.state is State.WITHDRAWING:
            show_end(row, finish(study, row), as_json)
            return
        if reason is None:
            raise click.UsageError(f"Say why: --reason {' | '.join(REASONS)}.")
        show_end(row, state_and_destroy(study, row, Reason(reason), reviewer or user()), as_json)


@dataclass(frozen=True, slots=True)
class OnePerson:
    """What is asked for one participant."""

    code: str
    recordings: tuple[str, ...]
    everything: bool
    asked: datetime | None
    confirmed: datetime | None
    letter: Path | None


def one_person(study: Study, person: OnePerson, reason: str | None, reviewer: str, as_json: bool) -> None:
    """Withdraw one participant, note that it was confirmed, or write the letter."""
    from pipeline.cli import withdraw_participant as personal
    from pipeline.study.requests import unfinished

    if person.letter or person.confirmed:
        if person.letter:
            personal.write_letter(study, person.code, person.letter)
        if person.confirmed:
            personal.note_confirmed(study, person.code, person.confirmed.date().isoformat(), reviewer)
        return
    if unfinished(study, person.code) is None:
        if bool(person.recordings) == person.everything:
            raise click.UsageError("Name the recordings they leave, or give --all.")
        if reason != "consent-withdrawn":
            raise click.UsageError("A participant leaves for one reason: --reason consent-withdrawn.")
    asked = (person.asked or datetime.now().astimezone()).date().isoformat()
    personal.withdraw_participant(
        study, person.code, person.recordings, reviewer=reviewer, asked=asked, as_json=as_json
    )


def state_and_destroy(study: Study, row: RecordingRow, reason: Reason, reviewer: str) -> Gone | None:
    """Show what is lost and the statement, ask for a note and the id, and do it."""
    from pipeline.erase import withdraw as withdrawal
    from pipeline.erase.loss import check_withdrawable, find_loss
    from pipeline.study.finding import user

    check_withdrawable(study, row, reason)
    withdrawal.check_ready(study, row, by=user())
    loss = find_loss(study, row)
    show_loss(row, loss)
    click.echo(f"\n{loss.statement(reason)}\n", err=True)
    check_terminal(row)
    prompt = "A note for the record, sealed in the study (Enter for none)"
    note: str = click.prompt(prompt, default="", show_default=False, err=True)
    ask_id(row, f"Do you, {reviewer}, state this? Type its id ({row.id}) to go on")
    return withdrawal.withdraw(study, row.id, withdrawal.Claim(reviewer, reason, loss, note), by=user())


def finish(study: Study, row: RecordingRow) -> Gone:
    """Finish an interrupted withdrawal, which was stated already."""
    from pipeline.erase import withdraw as withdrawal
    from pipeline.study.finding import user

    check_terminal(row)
    ask_id(
        row, f"Its withdrawal ({row.reason}) was stated and begun. Type its id ({row.id}) to have it finished"
    )
    return withdrawal.finish(study, row.id, by=user())


def show_loss(row: RecordingRow, loss: Loss) -> None:
    """What goes, and what cannot be called back."""
    click.echo(f"{row.id}  {row.name}  ({loss.was.value})", err=True)
    click.echo("To be destroyed, with their keys:", err=True)
    for thing in loss.things:
        click.echo(f"  {thing}", err=True)
    if loss.given_out:
        click.echo("Given out already; that cannot be called back, whoever has it must delete it:", err=True)
    for export in loss.given_out:
        click.echo(f"  {export}", err=True)


def check_terminal(row: RecordingRow) -> None:
    """Raise NotConfirmedError where no person can be asked."""
    from pipeline.errors import NotConfirmedError

    if not at_terminal():
        raise NotConfirmedError(recording=row.id)


def ask_id(row: RecordingRow, prompt: str) -> None:
    """Raise NotConfirmedError unless the recording's id is typed."""
    from pipeline.errors import NotConfirmedError

    if click.prompt(prompt, err=True).strip() != row.id:
        raise NotConfirmedError(recording=row.id)


def show_end(row: RecordingRow, gone: Gone | None, as_json: bool) -> None:
    """What became of it."""
    if as_json:
        state = "withdrawn" if gone else row.state.value
        show_json(recording=row.id, state=state, certificate=str(gone.certificate) if gone else None)
    elif gone:
        click.echo(
            f"{row.id}: withdrawn and destroyed, {gone.checks} checks passed. Certificate: {gone.page}"
        )
    else:
        click.echo(f"{row.id}: your statement is kept; this study asks for another person's too.")


def list_withdrawals(study: Study, as_json: bool) -> None:
    """Each statement with its reason and its note: on the screen alone."""
    from pipeline.study.withdrawals import STATED, read_notes

    notes = {note.statement: note.text for note in read_notes(study)}
    entries = study.audit.events(STATED)
    for entry in entries:
        note = notes.get(entry.seq, "")
        reason, state = str(entry.facts()["reason"]), study.recording(entry.recording).state.value
        if as_json:
            facts = {"recording": entry.recording, "state": state, "reason": reason, "by": entry.by}
            show_json(**facts, at=entry.at, note=note)
        else:
            click.echo(f"{entry.recording:6}  {reason}, {entry.at[:10]}, by {entry.by} (now {state})")
            click.echo(f"        {note}" if note else "", nl=bool(note))
    from pipeline.cli.withdraw_participant import list_requests

    if not list_requests(study, as_json) and not entries and not as_json:
        click.echo("Nothing was withdrawn.")
