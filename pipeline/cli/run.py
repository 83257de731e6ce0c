"""`session-deid run`: bring every recording as far as it goes without a person."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.study_options import json_option, open_study, show_json, study_options

if TYPE_CHECKING:
    from pipeline.batch.executor import ExecutorChoice
    from pipeline.batch.job import Executor
    from pipeline.batch.run import RunSummary
    from pipeline.batch.run_line import RunLine
    from pipeline.flow import Stages
    from pipeline.study.intake.gathering import Taken
    from pipeline.study.study import Study

SCREEN_LINES = 20
_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command()
@click.option("--keep", is_flag=True, help="Leave the files in the inbox.")
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Processes that share the work.",
)
@click.option("--scheduler", default="", metavar="ADDRESS", help="A Dask scheduler (tls://...) to work on.")
@click.option("--slurm", is_flag=True, help="Start --workers jobs through Slurm (Dask's jobqueue settings).")
@click.option("--tls-ca", type=_FILE, help="The cluster's certificate authority (else Dask's settings).")
@click.option("--tls-cert", type=_FILE, help="Our certificate for the cluster.")
@click.option("--tls-key", type=_FILE, help="Its private key.")
@click.option(
    "--patience",
    type=click.IntRange(1),
    default=120,
    show_default=True,
    help="Minutes one try may take on a cluster.",
)
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    help="Where words are heard; auto: a GPU that works, else the processor (else study.toml's).",
)
@click.option(
    "--log", type=click.Path(path_type=Path, dir_okay=False), help="Append what happened as JSON lines."
)
@click.option(
    "--metrics", type=click.Path(path_type=Path, dir_okay=False), help="Write a Prometheus text file."
)
@json_option
@study_options
def run(
    keep: bool,
    workers: int,
    scheduler: str,
    slurm: bool,
    tls_ca: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    patience: int,
    device: str | None,
    log: Path | None,
    metrics: Path | None,
    as_json: bool,
    folder: Path | None,
    key_file: Path | None,
) -> None:
    """Take in the inbox and process what is new: transcribe, attribute, redact. Made for cron.

    Ends with 0 when all went well or there was nothing to do, 60 when some recordings failed (they
    are set aside, see `retry`), 42 when another run is going on; docs/exit-codes.md lists the others.
    """
    from pipeline.batch.cluster_plan import Tls
    from pipeline.batch.executor import ExecutorChoice
    from pipeline.batch.reporting import write_metrics
    from pipeline.errors import SomeFailedError
    from pipeline.files import check_writable
    from pipeline.safety import refuse_sockets_too

    if scheduler and slurm:
        raise click.UsageError("Give --scheduler or --slurm, not both.")
    for target in (log, metrics):
        if target is not None:
            check_writable(target)
    tls = Tls(tls_ca, tls_cert, tls_key)
    choice = ExecutorChoice(workers, scheduler, slurm, tls, patience * 60.0, device or "")
    with open_study(folder, key_file) as study:
        if not choice.elsewhere:
            refuse_sockets_too()  # the study is open: nobody outside this process is needed any more
        reporter = Reporter(study, as_json, log)
        summary = process(study, choice, reporter, keep=keep)
        write_metrics(metrics, study, summary)
    reporter.show_end(summary)
    if summary.failed:
        raise SomeFailedError(failed=summary.failed, total=summary.failed + summary.done)


def process(study: Study, choice: ExecutorChoice, reporter: Reporter, *, keep: bool) -> RunSummary:
    """The run, with its progress on standard error while recordings are worked on."""
    from pipeline.batch.executor import executor_for
    from pipeline.batch.run import run_study, to_do
    from pipeline.batch.run_line import RunLine
    from pipeline.batch.under_way import Note
    from pipeline.cli.progress import StageProgress, stage_progress

    shown: list[StageProgress] = []
    note = Note(study.folder)
    with ExitStack() as stack:

        def make() -> tuple[Executor, Stages]:
            shown.append(stack.enter_context(stage_progress(len(to_do(study)), lines=False)))
            return executor_for(study, choice, lambda text: click.echo(text, err=True), shown[0].stage, note)

        def tell(line: RunLine | Taken) -> None:
            reporter.tell(line)
            if shown and isinstance(line, RunLine):
                shown[0].done()

        return run_study(study, make, tell, keep=keep, carry=choice.elsewhere, note=note)


class Reporter:
    """What a run prints and logs."""

    def __init__(self, study: Study, as_json: bool, log: Path | None):
        self._study, self._as_json, self._log = study, as_json, log
        self._told = 0
        self._failed: list[RunLine] = []

    def tell(self, line: RunLine | Taken) -> None:
        """A file taken in or a recording done."""
        from pipeline.batch.reporting import append_log
        from pipeline.batch.run_line import RunLine
        from pipeline.cli.import_recordings import show_taken

        self._told += 1
        if isinstance(line, RunLine):
            show_line(line, self._as_json)
            if line.reason:
                self._failed.append(line)
        else:
            show_taken(self._study, line, self._as_json)
        append_log(self._log, line)

    def show_end(self, summary: RunSummary) -> None:
        """The summary; after a long run the failures once more, so that nobody must look for them."""
        from pipeline.batch.reporting import append_log

        append_log(self._log, summary)
        if self._as_json:
            show_json(summary={**asdict(summary), "speed": summary.speed})
            return
        click.echo(in_words(summary))
        if self._told > SCREEN_LINES:
            for line in self._failed:
                show_line(line, as_json=False)


def show_line(line: RunLine, as_json: bool) -> None:
    """One line about a recording."""
    if as_json:
        show_json(**asdict(line))
    elif line.reason:
        click.echo(f"{line.recording:6}  {line.name}: failed ({line.failed_stage}). {line.reason}")
    else:
        length = f"{(line.duration or 0) / 60:.1f} min of sound"
        how = f"{length} in {line.seconds / 60:.1f} min" if line.heard else f"{length}, brought up to date"
        click.echo(f"{line.recording:6}  {line.name}: {line.state}, {how}")
        for note in line.notes:
            click.echo(f"        {note}")


def in_words(summary: RunSummary) -> str:
    """A whole run on a line."""
    if not (summary.done or summary.failed or summary.imported or summary.waiting):
        return f"Nothing to do.{_aside_in_words(summary.aside)}"
    return (
        f"{summary.imported} taken in, {summary.done} done, {summary.failed} failed, "
        f"{summary.waiting} waiting; {summary.sound_seconds / 3600:.2f} h of sound "
        f"in {summary.seconds / 60:.1f} min ({summary.speed:.1f} times real time)"
    ) + _aside_in_words(summary.aside)


def _aside_in_words(count: int) -> str:
    """What earlier runs set aside, and which commands help; nothing where there is none."""
    if not count:
        return ""
    how = "is one recording" if count == 1 else f"are {count} recordings"
    it = "it" if count == 1 else "them"
    return (
        f" There {how} set aside by an earlier run: session-deid status says why, "
        f"session-deid retry --all takes {it} up again."
    )
