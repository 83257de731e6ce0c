"""`session-deid roster`: who takes part, and other words to remove."""

from __future__ import annotations

import stat
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.study_options import at_terminal, json_option, open_study, show_json, study_options
from pipeline.speakers.consent import ANSWERS, KINDS, write_cell

if TYPE_CHECKING:
    from pipeline.records import Person


_ANSWER = click.Choice(["", *ANSWERS])


@click.group()
def roster() -> None:
    """The study's sealed roster: participants' names, nicknames, roles and codes; other words to remove."""


@roster.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--destroy", is_flag=True, help="Destroy the file afterwards (else you are asked).")
@click.option("--keep", is_flag=True, help="Keep the file and do not ask.")
@study_options
def import_roster(file: Path, destroy: bool, keep: bool, folder: Path | None, key_file: Path | None) -> None:
    """Take in FILE.csv (code,name,nicknames,role; and where asked for recording,quotation,archiving,voiceprint); people
    of a code that is there are replaced."""
    if destroy:
        check_removable(file)  # before anything is taken in
    with open_study(folder, key_file) as study:
        people = study.roster.import_csv(file).people
        click.echo(f"{len(people)} people in the roster.")
    if not destroy and not keep and at_terminal():
        destroy = click.confirm(f"{file} holds names in plain. Destroy it now?", default=True, err=True)
    if destroy:
        destroy_file(file)
    elif not keep:
        click.echo(f"{file} still holds names in plain; destroy it with --destroy.", err=True)


def check_removable(file: Path) -> None:
    """Raise NotRemovableError for a link, or a file of several names: what it leads to would stay, or be emptied."""
    from pipeline.errors import NotRemovableError

    try:
        found = file.lstat()
    except OSError:
        return  # said by whoever reads it
    if stat.S_ISLNK(found.st_mode):
        raise NotRemovableError(file=file, why="it is a link, and the file it points to would stay")
    if found.st_nlink > 1:
        raise NotRemovableError(
            file=file, why="it has other names (hard links), whose content would go with it"
        )


def destroy_file(file: Path) -> None:
    """Overwrite and unlink a plain file whose content is safe in the vault."""
    from pipeline.study.vault.files import remove_for_good, storage_errors

    check_removable(file)
    with storage_errors(file):
        remove_for_good(file, place="roster.remove")
    click.echo(f"{file} is overwritten and removed (what that is worth: docs/security.md).")


@roster.command("list")
@json_option
@study_options
def list_roster(as_json: bool, folder: Path | None, key_file: Path | None) -> None:
    """Show the roster, names and all: on your screen alone."""
    with open_study(folder, key_file) as study:
        held = study.roster.load()
    for person in held.people:
        _show_person(person, as_json)
    for kind in ("sites", "staff", "other"):
        for word in getattr(held, kind):
            if as_json:
                show_json(kind=kind, name=word)
            else:
                click.echo(f"{kind:5}  {word}")


@roster.command()
@click.option("--nickname", "nicknames", multiple=True, help="May be repeated.")
@click.option("--role", default="", help="facilitator, student ... or with --word: site, staff, other.")
@click.option("--code", default="", help="A code never given before (else the next one).")
@click.option("--word", is_flag=True, help="A word to remove (place, staff, other), not a participant.")
@study_options
def add(
    nicknames: tuple[str, ...],
    role: str,
    code: str,
    word: bool,
    folder: Path | None,
    key_file: Path | None,
) -> None:
    """Add a person or a word. The name is asked for: arguments can be seen by other users of a computer."""
    kinds = {"": "other", "site": "sites", "staff": "staff", "other": "other"}
    if word and role not in kinds:
        raise click.UsageError("With --word the role is site, staff or other.")
    with open_study(folder, key_file) as study:
        name = ask_name("Word to remove" if word else "Name")
        if word:
            study.roster.add_words(kinds[role], (name, *nicknames))
            click.echo("Added.")
        else:
            click.echo(f"Added as {study.roster.add(name, nicknames, role, code.upper()).code}.")


@roster.command()
@click.argument("code")
@study_options
def rename(code: str, folder: Path | None, key_file: Path | None) -> None:
    """Correct the name of CODE; the name before stays as a nickname, since it may have been spoken."""
    with open_study(folder, key_file) as study:
        study.roster.rename(code.upper(), ask_name("New name"))
    click.echo(f"{code.upper()} is renamed.")


@roster.command()
@click.argument("code")
@click.option("--recording", type=_ANSWER, default="", help="To being recorded.")
@click.option("--quotation", type=_ANSWER, default="", help="To being quoted: exports mark what may not be.")
@click.option(
    "--archiving", type=_ANSWER, default="", help="To being archived: a package leaves out who did not."
)
@click.option("--voiceprint", type=_ANSWER, default="", help="To a voiceprint being kept over recordings.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day it was said on.")
@study_options
def consent(
    code: str, day: datetime | None, folder: Path | None, key_file: Path | None, **answers: str
) -> None:
    """Note what CODE agreed to, and show what is on record. A "no" to a voiceprint deletes the one there is."""
    from pipeline.records import Agreement, Consent

    on = day.date().isoformat() if day else ""
    given = {kind: Agreement(answers[kind], on) for kind in KINDS if answers[kind]}
    with open_study(folder, key_file) as study:
        person = study.roster.set_consent(code.upper(), Consent(**given))
    for kind in KINDS:
        click.echo(f"{code.upper()} {kind}: {write_cell(getattr(person.consent, kind)) or 'not on record'}")


@roster.command()
@click.argument("code")
@click.argument("into")
@study_options
def merge(code: str, into: str, folder: Path | None, key_file: Path | None) -> None:
    """CODE and INTO are one person: names go to INTO, and CODE is never given again."""
    with open_study(folder, key_file) as study:
        study.roster.merge(code.upper(), into.upper())
    click.echo(f"{code.upper()} is now {into.upper()}.")


def ask_name(prompt: str) -> str:
    """A name from the terminal, or a line of standard input."""
    typed: str = click.prompt(prompt, err=True, prompt_suffix=": ")
    return typed.strip()


def _show_person(person: Person, as_json: bool) -> None:
    if as_json:
        show_json(kind="person", **asdict(person))
    else:
        also = f"  ({', '.join(person.nicknames)})" if person.nicknames else ""
        said = [f"{kind} {cell}" for kind in KINDS if (cell := write_cell(getattr(person.consent, kind)))]
        click.echo(f"{person.code:5}  {person.name}{also}  {person.role}  {', '.join(said)}".rstrip())
