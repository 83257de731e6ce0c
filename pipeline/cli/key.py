"""`session-deid key`: the ways to open a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.study_options import ask_secret, json_option, open_study, show_json, study_options
from pipeline.study.vault.study_key import Ring

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.keys import Wrap, WrapKind


_ring_option = click.option(
    "--ring",
    type=click.Choice([each.value for each in Ring]),
    help="What it opens: identity (names, sound, words), analysis (transcripts, no name), both. Else what this key opens.",
)


@click.group()
def key() -> None:
    """The ways to open a study: passphrases, key files, the keyring, recovery files."""


@key.command("list")
@json_option
@study_options
def list_ways(as_json: bool, folder: Path | None, key_file: Path | None) -> None:
    """List the ways that open the study."""
    from pipeline.study.key_changes import opened_by, way_of_runs

    with open_study(folder, key_file) as study:
        unasked = way_of_runs(study)
        for wrap in study.book.wraps:
            cost = wrap.scrypt.model_dump() if wrap.scrypt else None
            if as_json:
                facts = {"ring": wrap.ring.value, "opens": opened_by(wrap), "runs": wrap.name == unasked}
                show_json(name=wrap.name, kind=wrap.kind, scrypt=cost, **facts)
            else:
                click.echo(f"{wrap.name}  {wrap.kind:10}  {wrap.ring.value:8}  {', '.join(opened_by(wrap))}")
        for wrap in study.book.wraps if not as_json else ():
            if wrap.name == unasked:
                click.echo(
                    f"{wrap.name} is what runs take unasked (key_file in study.toml): {_say_names(wrap)}"
                )


def _say_names(wrap: Wrap) -> str:
    """Whether a way opens who is who, for people."""
    opens = Ring.IDENTITY in wrap.ring.opens
    return "whoever has that file can read the roster." if opens else "it opens no name."


@key.command()
@study_options
def change(folder: Path | None, key_file: Path | None) -> None:
    """Change the passphrase: the new one opens the study, the old ones no longer do."""
    from pipeline.study.creating import check_passphrase
    from pipeline.study.key_changes import replace_passphrases
    from pipeline.study.vault.keys import Passphrase

    with open_study(folder, key_file) as study:
        secret = ask_secret("New passphrase", twice=True)
        check_passphrase(secret)
        replace_passphrases(study, Passphrase(secret))
    click.echo("The passphrase is changed. Backups of the study still open by the old one.")


@key.command()
@click.option(
    "--file", "new_file", type=click.Path(path_type=Path, dir_okay=False), help="A key file; made if missing."
)
@click.option("--keyring", is_flag=True, help="The system's keyring.")
@click.option("--passphrase", is_flag=True, help="A passphrase (asked for).")
@_ring_option
@study_options
def add(
    new_file: Path | None,
    keyring: bool,
    passphrase: bool,
    ring: str | None,
    folder: Path | None,
    key_file: Path | None,
) -> None:
    """Add a way to open the study, or one ring of it.

    `--ring analysis` opens approved transcripts, reports and exports, and no name: for who analyses. `--ring identity`
    opens sound, words, roster and voices, and no transcript of a destroyed recording: for cron and who reviews.
    """
    from pipeline.study.creating import check_passphrase
    from pipeline.study.key_changes import add_way, opened_by
    from pipeline.study.vault import keys

    wanted = Ring(ring) if ring else None
    if (new_file is not None) + keyring + passphrase != 1:
        raise click.UsageError("Give one of --file, --keyring, --passphrase.")
    with open_study(folder, key_file) as study:
        if new_file is not None and new_file.exists():
            added = add_way(study, keys.KeyFile(new_file), "file", ring=wanted)
        elif new_file is not None:
            added = add_new_file(study, new_file, "file", "Key file of a session-deid study.", wanted)
        elif keyring:
            added = add_way(study, keys.SystemKeyring(), "keyring", ring=wanted)
        else:
            secret = ask_secret("Another passphrase", twice=True)
            check_passphrase(secret)
            added = add_way(study, keys.Passphrase(secret), "passphrase", ring=wanted)
        click.echo(f"Added: {added.name}  {added.kind}  {added.ring.value}: {', '.join(opened_by(added))}")


def add_new_file(study: Study, file: Path, kind: WrapKind, purpose: str, ring: Ring | None = None) -> Wrap:
    """Make a key file that opens the study; one that does not come to open it does not stay."""
    from pipeline.study.key_changes import add_way
    from pipeline.study.vault.files import remove_for_good
    from pipeline.study.vault.key_files import make_key_file
    from pipeline.study.vault.keys import KeyFile

    if ring is not None:
        study.key.require(ring)
    make_key_file(file, purpose=purpose)
    try:
        return add_way(study, KeyFile(file), kind, ring=ring)
    except BaseException:
        remove_for_good(file, place="key file.remove")
        raise


@key.command()
@click.argument("name")
@study_options
def remove(name: str, folder: Path | None, key_file: Path | None) -> None:
    """Remove the way NAME (see `key list`); the last one stays."""
    from pipeline.study.key_changes import remove_way

    with open_study(folder, key_file) as study:
        remove_way(study, name)
    click.echo(f"Removed: {name}. Backups of the study still open by it.")


@key.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_ring_option
@study_options
def recovery(file: Path, ring: str | None, folder: Path | None, key_file: Path | None) -> None:
    """Write a recovery file: print it, lock it away, delete it. It opens the study like a key file."""
    with open_study(folder, key_file) as study:
        write_recovery(study, file, Ring(ring) if ring else None)


def write_recovery(study: Study, file: Path, ring: Ring | None = None) -> None:
    """Make a recovery file that opens the study, or one ring of it."""
    purpose = f"Recovery file of the study {study.id}; open with --key-file."
    add_new_file(study, file, "recovery", purpose, ring)
    click.echo(f"Recovery file: {click.format_filename(file)}. Print it, lock it away, then delete the file.")
