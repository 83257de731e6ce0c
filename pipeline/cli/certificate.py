"""`session-deid certificate`: check a certificate of destruction."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.study_options import STUDY_VARIABLE, json_option, show_json


@click.group()
def certificate() -> None:
    """Certificates of destruction."""


@certificate.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--study",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar=STUDY_VARIABLE,
    help="The study it should come from; no key is needed.",
)
@json_option
def check(file: Path, folder: Path | None, as_json: bool) -> None:
    """Check the signature of FILE, a certificate's page or its JSON. Ends with 58 when it does not hold."""
    from pipeline.erase.signing import check as check_certificate
    from pipeline.errors import FileMissingError, FileUnreadableError
    from pipeline.study.vault.key_book import read_book

    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise FileMissingError(file=file) from None
    except OSError as error:
        raise FileUnreadableError(file=file, why=error.strerror) from None
    public_key = read_book(folder).audit_key if folder else None
    found = check_certificate(data, file=str(file), public_key=public_key)
    if as_json:
        show_json(**found.plain(), signature="holds", study_known=public_key is not None)
        return
    click.echo(f"{found.outcome()}; the signature holds.")
    if public_key is None:
        click.echo("Signed by the key it names; give --study to check that this is the study's.")
