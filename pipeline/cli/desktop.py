"""`session-deid desktop`: an entry in the menu of this computer that opens the page."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.group()
def desktop() -> None:
    """An entry in this account's menu that opens the page."""


_system_option = click.option(
    "--system",
    type=click.Choice(["linux", "windows", "macos"]),
    default=None,
    help="For which system the entry is written (else this one).",
)


@desktop.command()
@click.option(
    "--to", type=click.Path(path_type=Path, file_okay=False), help="Folder for the entry (else the system's)."
)
@_system_option
def install(to: Path | None, system: str | None) -> None:
    """Put session-deid into the menu: it opens the study used last, or begins a new one."""
    from pipeline.web.desktop import entry_for, this_system, write_entry

    entry = entry_for(system or this_system(), Path(sys.executable), to)
    for path in write_entry(entry):
        click.echo(click.format_filename(path))


@desktop.command()
@click.option(
    "--to", type=click.Path(path_type=Path, file_okay=False), help="Folder of the entry (else the system's)."
)
@_system_option
def remove(to: Path | None, system: str | None) -> None:
    """Take the entry out of the menu again."""
    from pipeline.web.desktop import entry_for, remove_entry, this_system

    gone = remove_entry(entry_for(system or this_system(), Path(sys.executable), to))
    click.echo("Removed." if gone else "There was no entry.")
