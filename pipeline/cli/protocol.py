"""`session-deid protocol`: paragraphs for an ethics application, filled from the study's settings."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.study_options import STUDY_VARIABLE


@click.command()
@click.option("--format", "kind", type=click.Choice(["md", "docx"]), default="md", show_default=True)
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), help="File to write (else it is shown)."
)
@click.option(
    "--study",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar=STUDY_VARIABLE,
    help=f"The study's folder (else ${STUDY_VARIABLE}, else the folder one stands in).",
)
def protocol(kind: str, to: Path | None, folder: Path | None) -> None:
    """Write paragraphs for an ethics application, an information sheet, a consent form and a data management plan.

    They are filled from study.toml and say what the program does with these settings, no more; no key is
    needed. What only you can know stands in [brackets].
    """
    from pipeline.erase.protocol import to_docx, write_protocol
    from pipeline.errors import OutputExistsError
    from pipeline.files import write_atomically
    from pipeline.study.finding import find_study
    from pipeline.study.settings import read_settings

    if kind == "docx" and to is None:
        raise click.UsageError("A Word file needs a name: --to FILE.")
    place = folder if folder is not None else find_study(Path.cwd())
    text = write_protocol(read_settings(place), place)
    if to is None:
        click.echo(text, nl=False)
        return
    if to.exists():
        raise OutputExistsError(file=to)
    write_atomically(to, to_docx(text) if kind == "docx" else text.encode())
    click.echo(to)
