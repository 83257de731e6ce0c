"""`session-deid samples`: the sample study, wherever session-deid was installed from."""

from __future__ import annotations

from pathlib import Path

import click

KEPT_BACK = (".py", ".pyc")


@click.command()
@click.option(
    "--to", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder to write to."
)
def samples(to: Path) -> None:
    """Write three recordings of an invented group, its roster and who truly said what into --to.

    What is there already is not written over. All people in them are invented.
    """
    from pipeline.errors import OutputExistsError
    from pipeline.files import make_output_folder, write_atomically
    from pipeline.resources import samples_folder

    source = samples_folder()
    files = [f for f in sorted(source.rglob("*")) if f.is_file() and f.suffix not in KEPT_BACK]
    for target in (to / f.relative_to(source) for f in files):
        if target.exists():
            raise OutputExistsError(file=target)
    for file in files:
        target = to / file.relative_to(source)
        make_output_folder(target.parent)
        write_atomically(target, file.read_bytes())
        click.echo(target)
