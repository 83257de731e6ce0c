"""`session-deid audit`: check and export the audit chain."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.study_options import json_option, open_study, show_json, study_options


@click.group()
def audit() -> None:
    """The signed record of everything that was done in a study."""


@audit.command()
@json_option
@study_options
def verify(as_json: bool, folder: Path | None, key_file: Path | None) -> None:
    """Check the whole chain and that the ledger agrees with it; names the first bad entry (exit 49)."""
    from pipeline.study.audit_check import check_study

    with open_study(folder, key_file) as study:
        found = check_study(study)
    if as_json:
        lists = {"clock_went_back": list(found.clock_went_back), "not_opened": list(found.not_opened)}
        again = [{"entry": seq, "copies": copies} for seq, copies in found.made_again]
        show_json(entries=found.entries, head=found.head, **lists, made_again=again)
        return
    click.echo(f"{found.entries} entries, unbroken. Head: {found.entries} {found.head}")
    for seq in found.clock_went_back:
        click.echo(f"Entry {seq} bears an earlier time than the one before: the clock was set back.")
    for seq, copies in found.made_again:
        click.echo(
            f"Entry {seq}: copies of keys for the analysis ring had been deleted from outside, and were made again: {copies}."
        )
    for ring in found.not_opened:
        click.echo(
            f"The keys of the {ring} ring are there, and were not unwrapped: the key given does not open it."
        )


@audit.command()
@click.option("--recording", "recording", default="", metavar="REC", help="Only this recording's entries.")
@json_option
@study_options
def show(recording: str, as_json: bool, folder: Path | None, key_file: Path | None) -> None:
    """List the entries."""
    with open_study(folder, key_file) as study:
        wanted = study.find(recording).id if recording else None
        for entry in study.audit.entries(wanted):
            if as_json:
                facts = {name: getattr(entry, name) for name in entry.__slots__}
                show_json(**{**facts, "detail": entry.facts()})
            else:
                click.echo(
                    f"{entry.seq:6}  {entry.at}  {entry.recording or '-':6}  {entry.by}: {entry.event}"
                )


@audit.command()
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder for audit.jsonl and audit.html.",
)
@study_options
def export(to: Path, folder: Path | None, key_file: Path | None) -> None:
    """Write the chain as JSON Lines (checkable) and as a page to read and print; no identified words."""
    from pipeline.files import make_output_folder, write_atomically
    from pipeline.study.audit_export import as_html, as_json_lines

    with open_study(folder, key_file) as study:
        entries = list(study.audit.entries())
        make_output_folder(to)
        write_atomically(to / "audit.jsonl", as_json_lines(study, entries))
        write_atomically(to / "audit.html", as_html(study, entries).encode())
    click.echo(f"{len(entries)} entries written to {click.format_filename(to)}: audit.jsonl, audit.html")


@audit.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def check(file: Path, as_json: bool) -> None:
    """Check an exported audit.jsonl, without the study (exit 49 when it does not hold)."""
    from pipeline.study.audit_export import check_export

    found = check_export(file)
    if as_json:
        show_json(entries=found.entries, at=found.at, study=found.study, key=found.key)
        return
    click.echo(
        f"{found.entries} entries, unbroken, as of {found.at}, of the study {found.study}, signed by {found.key}"
    )
