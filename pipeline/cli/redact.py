"""`session-deid redact`: de-identify transcripts made by any tool."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from pipeline.cli.ending import end_with
from pipeline.cli.shared_options import policy_options
from pipeline.errors import SessionDeidError

if TYPE_CHECKING:
    from pipeline.records import Span
    from pipeline.redacting import Files, RedactedTranscript
    from pipeline.study.label_file import LabelFile

SHOWN_QUESTIONS = 20


@click.command()
@click.argument(
    "transcripts", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="TRANSCRIPT..."
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="The de-identified transcript, in the same format; a folder for several.",
)
@click.option(
    "--spans",
    type=click.Path(path_type=Path),
    help="JSON of what was found: places and classes, no words; a folder for several.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    help="The redaction report (.html or .json); a folder for several.",
)
@click.option(
    "--explain",
    is_flag=True,
    help="Say of every place why it was found, and why what looked like an identifier was left in.",
)
@click.option(
    "--roster", type=click.Path(path_type=Path, dir_okay=False), help="CSV: code,name,nicknames,role."
)
@click.option(
    "--labels",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Sealed file that keeps who is [Person 1] from one call to the next.",
)
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Opens --labels instead of a passphrase.",
)
@click.option("--language", default="en", show_default=True, help="The transcripts' language.")
@policy_options
def redact(
    transcripts: tuple[Path, ...],
    out: Path,
    spans: Path | None,
    report: Path | None,
    explain: bool,
    roster: Path | None,
    labels: Path | None,
    key_file: Path | None,
    language: str,
    policy: str,
    sensitivity: Literal["strict", "balanced", "lenient"],
    style: Literal["label", "surrogate"],
) -> None:
    """De-identify each TRANSCRIPT (.txt, .docx, .vtt, .srt, .json, .csv, .odt, .rtf, .html), or all of a folder,
    into --out, in its own format. TRANSCRIPT itself is not changed.

    One label is one person in all of them. What is uncertain is listed at the end of each; look at it before you
    share the result. A transcript that cannot be read costs itself alone.
    """
    from pipeline.bugs import error_of
    from pipeline.deidentify import redact as deidentifiers
    from pipeline.redacting import Redacting, plan
    from pipeline.speakers import roster as rosters

    if key_file is not None and labels is None:
        raise click.UsageError("--key-file opens --labels: give that too.")
    planned, left = plan(transcripts, out, spans, report)
    _check(planned, folders=[f for f in (out, spans, report) if f is not None])
    for file, why in left:
        click.echo(f"{_name(file)}: left, {why}.", err=True)
    people = rosters.read(roster) if roster else None
    book = _open_labels(labels, key_file) if labels else None
    work = Redacting(
        deidentifiers.load(policy, sensitivity, language, style), people, book.labels if book else None
    )
    failed: list[SessionDeidError] = []
    if len(planned) > 1:
        work.reserve(files.source for files in planned)
    for files in planned:
        try:
            done = work.redact(files.source)
            _write(files, done, language)
        except Exception as error:
            failed.append(error_of(error, file=files.source.name, stage="de-identifying it"))
            click.echo(f"session-deid: {failed[-1]}", err=True)
            continue
        if book:
            book.keep(work.labels)
        _say(done, _name(files.source) if len(planned) > 1 else "", style, explain=explain)
    end_with(failed, len(planned))


def _name(path: Path) -> str:
    return click.format_filename(path.name)


def _check(planned: list[Files], folders: list[Path]) -> None:
    """Before any work: there is something to do, every output can be written, none is an input."""
    from pipeline.files import check_folder_writable, check_writable, make_output_folder

    if not planned:
        raise click.UsageError("No transcript was found.")
    into_folder = planned[0].out not in folders
    if into_folder:
        for folder in folders:
            make_output_folder(folder)
            check_folder_writable(folder)
    for files in planned:
        _check_output(files)
        if not into_folder:
            for target in (files.out, files.spans, files.report):
                if target is not None:
                    check_writable(target)


def _check_output(files: Files) -> None:
    """The output has the input's format, and is not the input."""
    source, out = files.source, files.out
    if out.exists() and source.exists() and out.samefile(source):
        raise click.BadParameter("this is TRANSCRIPT itself; give another file.", param_hint="--out")
    is_device = out.exists() and not out.is_file()
    if out.suffix and out.suffix.lower() != source.suffix.lower() and not is_device:
        raise click.BadParameter(f"its ending must be {source.suffix}, as TRANSCRIPT's.", param_hint="--out")


def _open_labels(path: Path, key_file: Path | None) -> LabelFile:
    """The label file, opened or made anew."""
    from pipeline.cli.study_options import ask_secret
    from pipeline.files import check_writable
    from pipeline.study.label_file import LabelFile
    from pipeline.study.vault.keys import KeyFile, Passphrase

    check_writable(path)
    is_new = not path.exists() or path.stat().st_size == 0
    if key_file is not None:
        source: KeyFile | Passphrase = KeyFile(key_file)
    else:
        source = Passphrase(ask_secret("Passphrase of the labels", twice=is_new))
    return LabelFile.create(path, source) if is_new else LabelFile.open(path, source)


def _write(files: Files, done: RedactedTranscript, language: str) -> None:
    from pipeline.files import write_atomically
    from pipeline.redacting import report_of

    write_atomically(files.out, done.content)
    if files.spans:
        write_atomically(files.spans, (json.dumps({"spans": done.rows()}, indent=1) + "\n").encode())
    if files.report:
        as_json = files.report.suffix.lower() == ".json"
        write_atomically(files.report, report_of(files.source.stem, done, language, as_json=as_json))


def _say(done: RedactedTranscript, name: str, style: str, *, explain: bool) -> None:
    """What became of a transcript: notes of the reading, counts, the places a person should look at."""
    kind = "stand-ins" if style == "surrogate" else "labels"
    lead = f"{name}: " if name else ""
    for note in done.source.notes:
        click.echo(f"{lead}{note}.", err=True)
    questions = done.questions
    click.echo(
        f"{lead}{done.replaced} identifiers replaced by {kind}; {len(questions)} places to look at by a person.",
        err=True,
    )
    shown = [span for span, _ in done.finds] if explain else list(questions[:SHOWN_QUESTIONS])
    for span in shown:
        click.echo(f"  {_place(done, span)}: {_what(span, explain=explain)}", err=True)
    for span in done.redaction.left if explain else ():
        click.echo(f"  {_place(done, span)}: left in as {span.reason}", err=True)
    if len(questions) > len(shown):
        click.echo(f"  and {len(questions) - len(shown)} more: --report or --spans lists them all", err=True)


def _place(done: RedactedTranscript, span: Span) -> str:
    """Where an identifier stands, without its words."""
    from pipeline.verify.report import clock

    utterance = done.source.utterances[span.utterance]
    at = f", {clock(utterance.start)}" if utterance.start else ""
    return f"utterance {span.utterance + 1}{at}, characters {span.start_char + 1} to {span.end_char}"


def _what(span: Span, *, explain: bool) -> str:
    from pipeline.deidentify.explain import explain as explain_evidence

    stands = span.replacement if span.replacement else f"left in, may be {span.type.lower()}"
    why = f"; {span.reason}" if span.reason else ""
    evidence = f"; found because {'; '.join(explain_evidence(span.evidence))}" if explain else ""
    mark = "?" if span.uncertain else ""
    return f"{stands}{mark}{why}{evidence}"
