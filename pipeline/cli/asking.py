"""The last two of the five steps in which a new study is made: people and places, rules. Enter leaves a thing as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pipeline.study.study import Study


def ask_people(study: Study) -> None:
    """Who takes part: a CSV file, or names one by one; places and staff whose names must not stay."""
    from pipeline.errors import SessionDeidError

    file = _ask("4. People: a roster as a CSV file (empty: type names)")
    if file:
        try:
            click.echo(f"{len(study.roster.import_csv(Path(file)).people)} people in the roster.", err=True)
        except SessionDeidError as error:
            click.echo(f"session-deid: {error}", err=True)
    else:
        while name := _ask("   Name of a participant (empty: no more)"):
            click.echo(f"   {study.roster.add(name).code}", err=True)
        while name := _ask("   Name of somebody who leads the group (empty: nobody more)"):
            click.echo(f"   {study.roster.add(name, role='facilitator').code}", err=True)
    while word := _ask("   A place, or staff, to remove everywhere (empty: no more)"):
        study.roster.add_words("sites", (word,))


def ask_rules(study: Study) -> None:
    """What is taken out, who must verify, when the sound is destroyed, the reference of the ethics approval."""
    from pipeline.deidentify.policy import load, names
    from pipeline.study.changing import change_settings

    rules = study.settings
    for name in names():
        click.echo(f"   {name}: {load(name).description}", err=True)
    policy = click.prompt("5. What is taken out", type=click.Choice(names()), default=rules.policy, err=True)
    reviewers = click.prompt(
        "   How many people must verify", type=click.Choice(["1", "2"]), default="1", err=True
    )
    days = _ask_days(rules.destroy_after_days)
    approval = _ask("   Reference of the ethics approval (may stay empty)")
    wanted: dict[str, object] = {"policy": policy, "reviewers": int(reviewers), "destroy_after_days": days}
    change_settings(study, {**wanted, "ethics_approval": approval})


def _ask_days(now: int | None) -> int | None:
    while typed := _ask(
        "   Days from verification until the sound is due to be destroyed (empty: when somebody does it)"
    ):
        if typed.isdigit() and len(typed) <= 5:
            return int(typed)
    return now


def _ask(prompt: str) -> str:
    typed: str = click.prompt(prompt, default="", show_default=False, err=True)
    return typed.strip()


def ask_undertaking(study: Study, person: str) -> None:
    """Show the study's undertaking of confidentiality to who has not accepted it yet, and note that they do.

    Raises UndertakingError where nobody can be asked, or does not accept it.
    """
    from pipeline.cli.study_options import can_be_asked
    from pipeline.errors import UndertakingError
    from pipeline.study.undertaking import accept, has_accepted, text_of

    if has_accepted(study, person):
        return
    if not can_be_asked():
        raise UndertakingError(person=person)
    click.echo(f"{text_of(study)}\n", err=True)
    if not click.confirm(f"{person}: I accept this undertaking", err=True):
        raise UndertakingError(person=person)
    accept(study, person)
