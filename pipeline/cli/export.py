"""`session-deid export`: transcripts in the formats other tools read."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.study_options import open_study, study_options
from pipeline.export.registry import formats
from pipeline.files import make_output_folder, write_atomically

if TYPE_CHECKING:
    from pipeline.study.giving_out import Chosen
    from pipeline.study.study import Study

_FOLDER = click.Path(path_type=Path, file_okay=False)


class _ExportCommand(click.Command):
    """`export package ...` is `export --format package ...`, as people say it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args[:1] == ["package"]:
            args = ["--format", "package", *args[1:]]
        return super().parse_args(ctx, args)


def _read_times(_ctx: click.Context, _option: click.Parameter, value: str | None) -> bool | float | None:
    if value is None or value in ("yes", "no"):
        return None if value is None else value == "yes"
    try:
        return float(value)
    except ValueError:
        raise click.BadParameter("give yes, no, or a number of seconds") from None


def _read_kinds(_ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    kinds = dict.fromkeys(kind.strip().lower() for value in values for kind in value.split(","))
    if wrong := [kind for kind in kinds if kind not in (*formats(), "package")]:
        raise click.BadParameter(f"{wrong[0]!r} is none of: {', '.join(formats())}, package")
    return tuple(kinds)


@click.command(cls=_ExportCommand)
@click.argument("recordings", nargs=-1, metavar="[REC]...")
@click.option("--all", "everything", is_flag=True, help="All verified recordings of the study.")
@click.option(
    "--format",
    "kinds",
    metavar="FORMAT",
    callback=_read_kinds,
    multiple=True,
    required=True,
    help=f"{', '.join(formats())} or package; repeat it or use commas for more.",
)
@click.option("--to", required=True, type=_FOLDER, help="Folder to write to.")
@click.option("--draft", is_flag=True, help="Let out what nobody has verified, marked as a draft.")
@click.option(
    "--participant",
    default="",
    metavar="CODE",
    help="One participant's copy: their words and what was said of them; others' turns closed.",
)
@click.option(
    "--wording", type=click.Choice(["verbatim", "clean"]), help="Keep or smooth fillers and repetitions."
)
@click.option("--times", callback=_read_times, help="yes, no, or every so many seconds.")
@click.option("--pauses/--no-pauses", default=None, help="Mark silences as (..) and (12 s).")
@click.option(
    "--replacements", type=click.Choice(["labels", "pseudonyms"]), help="[Person 2], or a pseudonym."
)
@click.option("--for", "whom", default="", help="Who gets it, for the record: it names nobody of the roster.")
@study_options
def export(
    recordings: tuple[str, ...],
    everything: bool,
    kinds: tuple[str, ...],
    to: Path,
    draft: bool,
    participant: str,
    whom: str,
    folder: Path | None,
    key_file: Path | None,
    **choices: Any,
) -> None:
    """Write transcripts in the formats other tools read: de-identified text alone.

    REC is a recording of the study, or a NAME.json that `deidentify` wrote. Only verified
    recordings are exported; --draft lets others out with a mark (a NAME.json always needs it).
    `export package` makes a study package for an archive, of all verified recordings; --format
    then says what its transcripts are written in.
    """
    files = [r for r in recordings if r.endswith(".json")]
    _check_together(recordings, files, kinds, everything=everything, participant=participant)
    from pipeline.study.giving_out import keep_participant

    with ExitStack() as stack:
        study = None if files else stack.enter_context(open_study(folder, key_file))
        chosen = _choose(study, recordings, evidence="package" in kinds, draft=draft)
        try:
            options = replace(chosen.options, **{k: v for k, v in choices.items() if v is not None})
        except ValueError as wrong:
            raise click.UsageError(str(wrong)) from None
        chosen = replace(chosen, options=options)
        if participant:
            chosen = keep_participant(chosen, participant)
        if chosen.waiting:
            left = len(chosen.waiting)
            click.echo(f"{left} not verified yet, left out (--draft lets them out as drafts).", err=True)
        if study:
            _note(study, chosen, kinds, whom, to)
        _write_all(chosen, kinds, to)


def _check_together(
    recordings: Sequence[str],
    files: Sequence[str],
    kinds: Sequence[str],
    *,
    everything: bool,
    participant: str,
) -> None:
    """Raise UsageError for what does not go together."""
    if files and len(files) < len(recordings):
        raise click.UsageError("Give recordings of a study or .json files, not both.")
    if not (recordings or everything or "package" in kinds):
        raise click.UsageError("Name recordings, or give --all.")
    if participant and "package" in kinds:
        raise click.UsageError("A package is for an archive; a participant's copy has another --format.")


def _choose(study: Study | None, names: Sequence[str], *, evidence: bool, draft: bool) -> Chosen:
    """What a study has to export, or the files named."""
    from pipeline.export.options import ExportOptions
    from pipeline.export.reading import read
    from pipeline.study.giving_out import Chosen, choose, leave_out_unverified

    if study:
        return choose(study, names, evidence=evidence, draft=draft)
    found = Chosen(tuple(read(Path(name)) for name in names), ExportOptions(draft=draft))
    return leave_out_unverified(found, named=True)


def _note(study: Study, chosen: Chosen, kinds: tuple[str, ...], whom: str, to: Path) -> None:
    """The audit chain knows what was given out before it is, and to whom, else into which folder."""
    from pipeline.study.giving_out import check_recipient, note, show_folder

    if not note(study, chosen, kinds, to=check_recipient(study, whom) or show_folder(study, to)):
        click.echo("The study cannot be written to, so its audit chain does not note this export.", err=True)


def _write_all(chosen: Chosen, kinds: tuple[str, ...], to: Path) -> None:
    from pipeline.study.giving_out import PACKAGE, files_of, write_package

    if not chosen.documents:
        click.echo("There is nothing to export.", err=True)
        return
    make_output_folder(to)
    if PACKAGE in kinds:
        click.echo(write_package(chosen, kinds, to))
        return
    for name, data in files_of(chosen, kinds):
        write_atomically(to / name, data)
        click.echo(to / name)
