"""`session-deid export`: transcripts in the formats other tools read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click

from pipeline.errors import NotVerifiedError, OutputError
from pipeline.export.document import Attachment, ExportDocument
from pipeline.export.options import ExportOptions
from pipeline.export.registry import formats
from pipeline.files import write_atomically


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a study lends to an export: its documents, its conventions, its audit export."""

    documents: tuple[ExportDocument, ...]
    options: ExportOptions = field(default_factory=ExportOptions)
    audit: tuple[Attachment, ...] = ()


# Gives the documents of the recordings named, or of all when none is named.
StudyLoader = Callable[[Path | None, Sequence[str]], Loaded]

_FOLDER = click.Path(path_type=Path, file_okay=False)
_TOGETHER = ("qdpx", "package")


class _ExportCommand(click.Command):
    """`export package ...` is `export --format package ...`, as people say it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args[:1] == ["package"] and not Path("package").exists():
            args = ["--format", "package", *args[1:]]
        return super().parse_args(ctx, args)


def _read_times(_ctx: click.Context, _option: click.Parameter, value: str | None) -> bool | float | None:
    if value is None or value in ("yes", "no"):
        return None if value is None else value == "yes"
    try:
        return float(value)
    except ValueError:
        raise click.BadParameter("give yes, no, or a number of seconds") from None


def make_command(load_study: StudyLoader | None = None) -> click.Command:
    """The command; with a study loader it also takes recordings of a study."""

    def export(
        recordings: tuple[str, ...], kinds: tuple[str, ...], to: Path, draft: bool, **choices: Any
    ) -> None:
        study, everything = choices.pop("study", None), choices.pop("everything", False)
        if load_study and not (recordings and all(_is_file(r) for r in recordings)):
            loaded = load_study(study, _names(recordings, everything or "package" in kinds))
        else:
            loaded = _load_files(recordings)
        try:
            options = replace(
                loaded.options, draft=draft, **{k: v for k, v in choices.items() if v is not None}
            )
        except ValueError as wrong:
            raise click.UsageError(str(wrong)) from None
        ready = _leave_out_unverified(loaded.documents, options, named=bool(recordings))
        _write_all(replace(loaded, documents=ready, options=options), kinds, to)

    export.__doc__ = _HELP_STUDY if load_study else _HELP_FILES
    with_study = load_study is not None
    return click.command(cls=_ExportCommand)(_with_parameters(export, with_study=with_study))


_HELP_FILES = """Write transcripts in the formats other tools read.

    REC is a NAME.json that `deidentify` wrote. Nobody has verified such a transcript, so it needs
    --draft and carries a mark. `export package` makes a study package for an archive.
    """
_HELP_STUDY = """Write transcripts in the formats other tools read.

    REC is a recording of the study, or a NAME.json that `deidentify` wrote. Only verified
    recordings are exported; --draft lets others out with a mark (a NAME.json always needs it).
    `export package` makes a study package for an archive.
    """


def _with_parameters(function: Callable[..., None], *, with_study: bool) -> Callable[..., None]:
    kinds = click.Choice([*formats(), "package"])
    decorators = [
        click.argument("recordings", nargs=-1, required=not with_study, metavar="REC..."),
        click.option(
            "--format", "kinds", type=kinds, multiple=True, required=True, help="Repeat it for more."
        ),
        click.option("--to", required=True, type=_FOLDER, help="Folder to write to."),
        click.option("--draft", is_flag=True, help="Let out what nobody has verified, marked as a draft."),
        click.option("--wording", type=click.Choice(["verbatim", "clean"]), help="Keep or smooth fillers."),
        click.option("--times", callback=_read_times, help="yes, no, or every so many seconds."),
        click.option("--pauses/--no-pauses", default=None, help="Mark silences as (..) and (12 s)."),
        click.option(
            "--replacements", type=click.Choice(["labels", "pseudonyms"]), help="[Person 2] or a pseudonym."
        ),
    ]
    if with_study:
        decorators[1:1] = [
            click.option("--all", "everything", is_flag=True, help="All verified recordings of the study."),
            click.option("--study", type=_FOLDER, envvar="SESSION_DEID_STUDY", help="The study's folder."),
        ]
    for decorate in reversed(decorators):
        function = decorate(function)
    return function


def _is_file(recording: str) -> bool:
    return recording.endswith(".json")


def _names(recordings: tuple[str, ...], everything: bool) -> tuple[str, ...]:
    if not recordings and not everything:
        raise click.UsageError("Name recordings, or give --all.")
    if any(_is_file(r) for r in recordings):
        raise click.UsageError("Give recordings of a study or .json files, not both.")
    return recordings


def _load_files(recordings: tuple[str, ...]) -> Loaded:
    from pipeline.export.reading import read

    return Loaded(tuple(read(Path(r)) for r in recordings))


def _leave_out_unverified(
    documents: tuple[ExportDocument, ...], options: ExportOptions, *, named: bool
) -> tuple[ExportDocument, ...]:
    """With --all, what nobody has verified is left out and counted; a recording asked for by name is an error."""
    waiting = [d for d in documents if d.draft and not options.draft]
    if waiting and (named or len(waiting) == len(documents)):
        raise NotVerifiedError(recording=waiting[0].recording)
    if waiting:
        click.echo(f"{len(waiting)} not verified yet, left out (--draft lets them out as drafts).", err=True)
    return tuple(d for d in documents if d not in waiting)


def _write_all(loaded: Loaded, kinds: tuple[str, ...], to: Path) -> None:
    from pipeline.export import package
    from pipeline.export.registry import write, write_project

    if not loaded.documents:
        click.echo("There is nothing to export.", err=True)
        return
    mark = ".draft" if any(d.draft for d in loaded.documents) else ""
    study = package.safe_name(loaded.documents[0].study or "study", set())
    names: set[str] = set()
    for document in loaded.documents:
        name = package.safe_name(document.recording, names) + (".draft" if document.draft else "")
        for kind in (k for k in kinds if k not in _TOGETHER):
            _save(to / f"{name}.{formats()[kind].extension}", write(document, kind, options=loaded.options))
    if "qdpx" in kinds:
        _save(to / f"{study}{mark}.qdpx", write_project(loaded.documents, options=loaded.options))
    if "package" in kinds:
        _make_folder(to)
        target = to / f"{study}{mark}-package"
        click.echo(package.write(loaded.documents, target, options=loaded.options, audit=loaded.audit))


def _save(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and say which."""
    _make_folder(path.parent)
    write_atomically(path, data)
    click.echo(path)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(file=folder, why=error.strerror or "the system refused") from None


export = make_command()
