"""`session-deid key`: the ways to open a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.study_options import ask_secret, json_option, open_study, show_json, study_options

if TYPE_CHECKING:
    from pipeline.study.study import Study


@click.group()
def key() -> None:
    """The ways to open a study: passphrases, key files, the keyring, recovery files."""


@key.command("list")
@json_option
@study_options
def list_ways(as_json: bool, folder: Path | None, key_file: Path | None) -> None:
    """List the ways that open the study."""
    with open_study(folder, key_file) as study:
        for wrap in study.book.wraps:
            cost = wrap.scrypt.model_dump() if wrap.scrypt else None
            if as_json:
                show_json(name=wrap.name, kind=wrap.kind, scrypt=cost)
            else:
                click.echo(f"{wrap.name}  {wrap.kind}")


@key.command()
@study_options
def change(folder: Path | None, key_file: Path | None) -> None:
    """Change the passphrase: the new one opens the study, the old ones no longer do."""
    from pipeline.study.creating import check_passphrase
    from pipeline.study.vault.keys import Passphrase
    from pipeline.study.ways import replace_ways

    with open_study(folder, key_file) as study:
        secret = ask_secret("New passphrase", twice=True)
        check_passphrase(secret)
        old = {wrap.name for wrap in study.book.wraps if wrap.kind == "passphrase"}
        replace_ways(study, old, Passphrase(secret), "passphrase")
    click.echo("The passphrase is changed. Backups of the study still open by the old one.")


@key.command()
@click.option(
    "--file", "new_file", type=click.Path(path_type=Path, dir_okay=False), help="A key file; made if missing."
)
@click.option("--keyring", is_flag=True, help="The system's keyring.")
@click.option("--passphrase", is_flag=True, help="A passphrase (asked for).")
@study_options
def add(
    new_file: Path | None, keyring: bool, passphrase: bool, folder: Path | None, key_file: Path | None
) -> None:
    """Add a way to open the study."""
    from pipeline.study.creating import check_passphrase
    from pipeline.study.vault import key_files, keys
    from pipeline.study.ways import add_way

    if (new_file is not None) + keyring + passphrase != 1:
        raise click.UsageError("Give one of --file, --keyring, --passphrase.")
    with open_study(folder, key_file) as study:
        if new_file is not None:
            if not new_file.exists():
                key_files.make_key_file(new_file, purpose="Key file of a session-deid study.")
            add_way(study, keys.KeyFile(new_file), "file")
        elif keyring:
            add_way(study, keys.SystemKeyring(), "keyring")
        else:
            secret = ask_secret("Another passphrase", twice=True)
            check_passphrase(secret)
            add_way(study, keys.Passphrase(secret), "passphrase")
        click.echo(f"Added: {study.book.wraps[-1].name}  {study.book.wraps[-1].kind}")


@key.command()
@click.argument("name")
@study_options
def remove(name: str, folder: Path | None, key_file: Path | None) -> None:
    """Remove the way NAME (see `key list`); the last one stays."""
    from pipeline.errors import KeyChangeError
    from pipeline.study.ways import remove_way

    with open_study(folder, key_file) as study:
        if name not in {wrap.name for wrap in study.book.wraps}:
            raise KeyChangeError(what=name, why="is no way into this study; session-deid key list shows them")
        remove_way(study, name)
    click.echo(f"Removed: {name}. Backups of the study still open by it.")


@key.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@study_options
def recovery(file: Path, folder: Path | None, key_file: Path | None) -> None:
    """Write a recovery file: print it, lock it away, delete it. It opens the study like a key file."""
    with open_study(folder, key_file) as study:
        write_recovery(study, file)


def write_recovery(study: Study, file: Path) -> None:
    """Make a recovery file that opens the study."""
    from pipeline.study.vault import key_files, keys
    from pipeline.study.ways import add_way

    key_files.make_key_file(file, purpose=f"Recovery file of the study {study.id}; open with --key-file.")
    add_way(study, keys.KeyFile(file), "recovery")
    click.echo(f"Recovery file: {click.format_filename(file)}. Print it, lock it away, then delete the file.")
