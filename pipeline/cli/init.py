"""`session-deid init`: make a study."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.study_options import KEY_FILE_VARIABLE, ask_secret, at_terminal


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="STUDY")
@click.option("--name", default="", help="The study's name (else the folder's).")
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar=KEY_FILE_VARIABLE,
    help="Open the study by this key file; made, mode 0600, when it is not there.",
)
@click.option("--keyring", is_flag=True, help="Open the study by the system's keyring.")
@click.option("--passphrase", is_flag=True, help="Ask for a passphrase beside the key file or keyring.")
@click.option(
    "--recovery",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write a recovery file: print it, lock it away, delete it.",
)
def init(
    folder: Path, name: str, key_file: Path | None, keyring: bool, passphrase: bool, recovery: Path | None
) -> None:
    """Make a study in the folder STUDY. Without --key-file or --keyring it asks for a passphrase.

    At a terminal it asks in five steps, as the page does (session-deid open): where, how it is opened, a recovery
    file, people and places, rules. Enter leaves each as it is.
    """
    from pipeline.cli.asking import ask_people, ask_rules
    from pipeline.cli.key import write_recovery
    from pipeline.study.study import Study

    asking = at_terminal()
    if asking and not name:
        name = click.prompt("1. Name of the study", default=folder.absolute().name, err=True).strip()
    secret = None
    if passphrase or not (key_file or keyring):
        secret = ask_secret(
            "2. Passphrase for this study (8 characters or more)"
            if asking
            else "Passphrase for this study (8 characters or more)",
            twice=True,
        )
    with Study.create(folder, passphrase=secret, key_file=key_file, keyring=keyring, name=name) as study:
        click.echo(
            f"Made the study {study.settings.name!r}. Put recordings into {click.format_filename(folder / 'inbox')}"
        )
        if recovery is None and key_file is None and asking:
            recovery = _ask_for_recovery()
        if recovery is not None:
            write_recovery(study, recovery)
        elif key_file is None:
            click.echo(
                "Without a recovery file a forgotten passphrase loses everything: session-deid key recovery"
            )
        if asking:
            ask_people(study)
            ask_rules(study)
    if key_file is not None and folder.absolute() in key_file.absolute().parents:
        click.echo("The key file lies inside the study; whoever copies the folder has both.", err=True)


def _ask_for_recovery() -> Path | None:
    question = "3. Where to write a recovery file, for a forgotten passphrase (empty for none)"
    typed: str = click.prompt(question, default="", show_default=False, err=True)
    return Path(typed) if typed.strip() else None
