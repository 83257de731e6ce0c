"""`session-deid export`: transcripts in the formats other tools read."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.study_options import open_study, study_options
from pipeline.errors import NotVerifiedError
from pipeline.export.document import Attachment, ExportDocument
from pipeline.export.options import ExportOptions
from pipeline.export.registry import formats
from pipeline.files import make_output_folder, write_atomically

if TYPE_CHECKING:
    from pipeline.study.study import Study

_FOLDER = click.Path(path_type=Path, file_okay=False)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is to be exported: documents, conventions, and of a package the audit export and certificates of
    withdrawn recordings.

    `left_out` names recordings that were not even read, because nobody has verified them.
    """

    documents: tuple[ExportDocument, ...]
    options: ExportOptions = field(default_factory=ExportOptions)
    audit: tuple[Attachment, ...] = ()
    withdrawn: tuple[Attachment, ...] = ()
    left_out: tuple[str, ...] = ()


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
    "--wording", type=click.Choice(["verbatim", "clean"]), help="Keep or smooth fillers and repetitions."
)
@click.option("--times", callback=_read_times, help="yes, no, or every so many seconds.")
@click.option("--pauses/--no-pauses", default=None, help="Mark silences as (..) and (12 s).")
@click.option(
    "--replacements", type=click.Choice(["labels", "pseudonyms"]), help="[Person 2], or a pseudonym."
)
@study_options
def export(
    recordings: tuple[str, ...],
    everything: bool,
    kinds: tuple[str, ...],
    to: Path,
    draft: bool,
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
    if files and len(files) < len(recordings):
        raise click.UsageError("Give recordings of a study or .json files, not both.")
    if not (recordings or everything or "package" in kinds):
        raise click.UsageError("Name recordings, or give --all.")
    with_evidence = "package" in kinds
    with ExitStack() as stack:
        study = None if files else stack.enter_context(open_study(folder, key_file))
        loaded = (
            _load_study(study, recordings, evidence=with_evidence, draft=draft)
            if study
            else _load_files(files)
        )
        try:
            options = replace(
                loaded.options, draft=draft, **{k: v for k, v in choices.items() if v is not None}
            )
        except ValueError as wrong:
            raise click.UsageError(str(wrong)) from None
        ready = _leave_out_unverified(loaded, options, named=bool(recordings))
        if study:
            _note(study, ready, kinds, draft=draft)
        _write_all(replace(loaded, documents=ready, options=options), kinds, to)


def _load_files(recordings: Sequence[str]) -> Loaded:
    from pipeline.export.reading import read

    return Loaded(tuple(read(Path(r)) for r in recordings))


def _load_study(study: Study, names: Sequence[str], *, evidence: bool, draft: bool) -> Loaded:
    from pipeline.export.options import options_from_table
    from pipeline.study.exporting import audit_files, documents, not_verified, withdrawal_certificates

    return Loaded(
        tuple(documents(study, names, evidence=evidence, drafts=draft)),
        options_from_table(study.settings.export),
        audit_files(study) if evidence else (),
        withdrawal_certificates(study) if evidence else (),
        () if names or draft else not_verified(study),
    )


def _note(study: Study, exported: Sequence[ExportDocument], kinds: tuple[str, ...], *, draft: bool) -> None:
    """The audit chain knows what was given out before it is."""
    from pipeline.study.exporting import note_export

    if not note_export(study, exported, kinds, draft=draft):
        click.echo("The study cannot be written to, so its audit chain does not note this export.", err=True)


def _leave_out_unverified(
    loaded: Loaded, options: ExportOptions, *, named: bool
) -> tuple[ExportDocument, ...]:
    """With --all, what nobody has verified is left out and counted; a recording asked for by name is an error."""
    ready = tuple(d for d in loaded.documents if options.draft or not d.draft)
    waiting = [d.recording for d in loaded.documents if d.draft and not options.draft] + list(loaded.left_out)
    if waiting and (named or not ready):
        raise NotVerifiedError(recording=waiting[0])
    if waiting:
        click.echo(f"{len(waiting)} not verified yet, left out (--draft lets them out as drafts).", err=True)
    return ready


def _write_all(loaded: Loaded, kinds: tuple[str, ...], to: Path) -> None:
    from pipeline.export import package
    from pipeline.export.registry import write, write_project

    if not loaded.documents:
        click.echo("There is nothing to export.", err=True)
        return
    study = package.safe_name(loaded.documents[0].study or "study", set())
    if "package" in kinds:
        make_output_folder(to)
        inside = [kind for kind in kinds if kind != "package"] or package.DEFAULT_FORMATS
        target = to / f"{study}-package"
        evidence = {"audit": loaded.audit, "withdrawn": loaded.withdrawn}
        package.write(loaded.documents, target, options=loaded.options, formats=inside, **evidence)
        click.echo(target)
        return
    names: set[str] = set()
    for document in loaded.documents:
        name = package.safe_name(document.recording, names)
        for kind in (k for k in kinds if k != "qdpx"):
            _save(to / f"{name}.{formats()[kind].extension}", write(document, kind, options=loaded.options))
    if "qdpx" in kinds:
        _save(to / f"{study}.qdpx", write_project(loaded.documents, options=loaded.options))


def _save(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and say which."""
    make_output_folder(path.parent)
    write_atomically(path, data)
    click.echo(path)
