"""What all commands of a study share: which study, which key, how to list."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.keys import KeyBook, KeySource

STUDY_VARIABLE = "SESSION_DEID_STUDY"
KEY_FILE_VARIABLE = "SESSION_DEID_KEY_FILE"
PASSPHRASE_TRIES = 3

Command = TypeVar("Command", bound=Callable[..., Any])


def study_options(command: Command) -> Command:
    """--study and --key-file, as on every command of a study."""
    for option in (
        click.option(
            "--key-file",
            type=click.Path(path_type=Path, dir_okay=False),
            envvar=KEY_FILE_VARIABLE,
            help=f"Key or recovery file (else ${KEY_FILE_VARIABLE}, study.toml, the keyring, a passphrase).",
        ),
        click.option(
            "--study",
            "folder",
            type=click.Path(path_type=Path, file_okay=False),
            envvar=STUDY_VARIABLE,
            help=f"The study's folder (else ${STUDY_VARIABLE}, else the folder one stands in).",
        ),
    ):
        command = option(command)
    return command


def json_option(command: Command) -> Command:
    """--json: one JSON object a line."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")(command)


def open_study(folder: Path | None, key_file: Path | None) -> Study:
    """The study meant, opened; asks for the passphrase at a terminal when nothing else opens it.

    Raises RingNeededError when the running command needs a ring that the key given does not open.
    """
    from pipeline.study.needs import COMMANDS, needed

    study = _open(folder, key_file)
    if (ring := needed(COMMANDS, _command_name())) is not None and not study.key.opens(ring):
        study.close()
        study.key.require(ring)
    return study


def _command_name() -> str:
    """The running command as it is typed, without the program's name: "status", "key add"."""
    context, names = click.get_current_context(silent=True), list[str]()
    while context is not None and context.parent is not None:
        names.insert(0, context.info_name or "")
        context = context.parent
    return " ".join(names)


def _open(folder: Path | None, key_file: Path | None) -> Study:
    from pipeline.errors import KeyUnavailableError, WrongKeyError
    from pipeline.study.finding import find_study
    from pipeline.study.settings import key_file_of, read_settings
    from pipeline.study.study import Study
    from pipeline.study.vault import key_book

    place = folder if folder is not None else find_study(Path.cwd())
    book = key_book.read_book(place)
    source = _source_without_asking(book, key_file_of(place, read_settings(place)), key_file)
    if source is None:
        return _open_by_passphrase(place)
    try:
        return Study.open(place, source)
    except (KeyUnavailableError, WrongKeyError) as error:
        knows_one = any(wrap.kind == "passphrase" for wrap in book.wraps)
        if key_file is not None or not knows_one or not can_be_asked():
            raise
        click.echo(f"session-deid: {error}", err=True)
        return _open_by_passphrase(place)  # a study brought to a computer without its key file or keyring


def _source_without_asking(book: KeyBook, usual: Path | None, key_file: Path | None) -> KeySource | None:
    from pipeline.study.vault.keys import KeyFile, SystemKeyring

    if key_file is not None:
        return KeyFile(key_file)
    if usual is not None and usual.exists():
        return KeyFile(usual)
    if any(wrap.kind == "keyring" for wrap in book.wraps):
        return SystemKeyring()
    return None


def _open_by_passphrase(place: Path) -> Study:
    from pipeline.errors import WrongKeyError
    from pipeline.study.study import Study
    from pipeline.study.vault.keys import Passphrase

    for left in range(PASSPHRASE_TRIES - 1, -1, -1):
        try:
            return Study.open(place, Passphrase(ask_secret("Passphrase")))
        except WrongKeyError:
            if not left:
                raise
            click.echo("That is not it.", err=True)
    raise AssertionError


def ask_secret(prompt: str, *, twice: bool = False) -> str:
    """A passphrase typed at the terminal; raises KeyUnavailableError where there is none."""
    from pipeline.errors import KeyUnavailableError

    if not can_be_asked():
        raise KeyUnavailableError(source="The passphrase", why="can only be typed at a terminal")
    typed: str = click.prompt(prompt, hide_input=True, confirmation_prompt=twice, err=True)
    return typed


def can_be_asked() -> bool:
    """True when a passphrase can be typed."""
    return sys.stdin.isatty()


def show_json(**facts: object) -> None:
    """One JSON object on a line of standard output."""
    click.echo(json.dumps(facts))  # ASCII: it stays JSON whatever the terminal's or the pipe's encoding


def at_terminal() -> bool:
    """True when a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty() and not os.environ.get("SESSION_DEID_NONINTERACTIVE")
