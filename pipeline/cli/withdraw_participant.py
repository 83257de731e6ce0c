"""`session-deid withdraw --participant`: one participant leaves; told first, stated by a person, finished after a crash."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.study_options import at_terminal, show_json

if TYPE_CHECKING:
    from pipeline.erase.participant.asking import PersonLoss
    from pipeline.erase.participant.withdrawing import Left
    from pipeline.study.requests import Request
    from pipeline.study.study import Study


def withdraw_participant(
    study: Study, participant: str, recordings: tuple[str, ...], *, reviewer: str, asked: str, as_json: bool
) -> None:
    """Tell what goes, ask, and do it; or finish what was begun."""
    from pipeline.erase.participant import withdrawing
    from pipeline.erase.participant.asking import PersonClaim, find_loss
    from pipeline.study.finding import user
    from pipeline.study.requests import unfinished

    if begun := unfinished(study, participant):
        _ask(
            participant,
            f"The withdrawal of {participant} ({begun.rule}) was stated and begun. Type the code to have it finished",
        )
        show_end(participant, withdrawing.finish_participant(study, participant, by=user()), as_json)
        return
    loss = find_loss(study, participant, recordings, asked=asked)
    withdrawing.check_ready(study, loss, by=user())
    show_loss(loss)
    click.echo(f"\n{loss.statement()}\n", err=True)
    _check_terminal(participant)
    prompt = "A note for the record, sealed in the study (Enter for none)"
    note: str = click.prompt(prompt, default="", show_default=False, err=True)
    _ask(participant, f"Do you, {reviewer}, state this? Type the code ({participant}) to go on")
    claim = PersonClaim(reviewer, loss, asked, note)
    show_end(participant, withdrawing.withdraw_participant(study, claim, by=user()), as_json)


def show_loss(loss: PersonLoss) -> None:
    """What goes, what stays, and what cannot be called back."""
    from pipeline.erase.participant.asking import MEANINGS, OTHERS

    click.echo(
        f"{loss.participant} withdraws. This study's rule: {loss.rule}. {MEANINGS[loss.rule]}", err=True
    )
    for each in loss.touched:
        click.echo(f"  {each}", err=True)
    for thing in loss.study_wide:
        click.echo(f"  of the whole study: {thing}", err=True)
    click.echo(OTHERS, err=True)
    if loss.given_out:
        click.echo("Given out already; that cannot be called back, whoever has it must delete it:", err=True)
    for line in (*loss.given_out, *loss.not_reached):
        click.echo(f"  {line}", err=True)


def _check_terminal(participant: str) -> None:
    from pipeline.errors import NotConfirmedError

    if not at_terminal():
        raise NotConfirmedError(recording=participant)


def _ask(participant: str, prompt: str) -> None:
    from pipeline.errors import NotConfirmedError

    _check_terminal(participant)
    if click.prompt(prompt, err=True).strip().upper() != participant:
        raise NotConfirmedError(recording=participant)


def show_end(participant: str, left: Left | None, as_json: bool) -> None:
    """What became of it."""
    if as_json:
        show_json(
            participant=participant,
            state="withdrawn" if left else "stated",
            certificate=str(left.certificate) if left else None,
        )
    elif left:
        click.echo(f"{participant}: withdrawn, {left.checks} checks passed. Certificate: {left.page}")
    else:
        click.echo(f"{participant}: your statement is kept; this study asks for another person's too.")


def list_requests(study: Study, as_json: bool) -> bool:
    """The log of participants' requests; returns whether there are any."""
    from dataclasses import asdict

    from pipeline.study.requests import all_requests

    requests = all_requests(study)
    for each in requests:
        if as_json:
            show_json(**asdict(each))
        else:
            click.echo(_line(each))
    return bool(requests)


def _line(each: Request) -> str:
    who = ", ".join(name for name, _ in each.stated)
    where = "all recordings" if each.everything else ", ".join(each.recordings)
    done = (
        f"done {each.done[:10]}" if each.done else "begun" if each.begun else "another person must state it"
    )
    confirmed = f", confirmed to them {each.confirmed}" if each.confirmed else ""
    return (
        f"{each.participant:6}  asked {each.asked}, {where} ({each.rule}), stated by {who}: {done}{confirmed}"
    )


def note_confirmed(study: Study, participant: str, on: str, reviewer: str) -> None:
    """Note the day the participant was told on."""
    from pipeline.study.requests import confirm

    confirm(study, participant, on, by=reviewer)
    click.echo(f"{participant}: confirmed to them on {on}.")


def write_letter(study: Study, participant: str, to: Path) -> None:
    """A letter to the participant, as a Word file."""
    from pipeline.erase.participant.letter import make_letter
    from pipeline.errors import OutputExistsError
    from pipeline.files import write_atomically

    if to.exists():
        raise OutputExistsError(file=to)
    write_atomically(to, make_letter(study, participant))
    click.echo(to)
