"""`session-deid run`: bring every recording as far as it goes without a person."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.study_options import json_option, open_study, show_json, study_options

if TYPE_CHECKING:
    from pipeline.batch.job import Crew, Stages
    from pipeline.batch.run import RunLine, RunSummary
    from pipeline.study.intake import Taken
    from pipeline.study.study import Study


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
    log: Path | None,
    metrics: Path | None,
    as_json: bool,
    folder: Path | None,
    key_file: Path | None,
) -> None:
    """Take in the inbox and process what is new: transcribe, attribute, redact. Made for cron.

    Ends with 0 when all went well or there was nothing to do, 60 when some recordings failed (they
    are set aside, see `retry`), 42 when another run is going on; docs/cron.md lists the others.
    """
    from pipeline.batch.cluster import Tls
    from pipeline.batch.crew import Hands, assemble
    from pipeline.batch.reporting import append_log, write_metrics
    from pipeline.batch.run import run_study
    from pipeline.errors import SomeFailedError

    if scheduler and slurm:
        raise click.UsageError("Give --scheduler or --slurm, not both.")
    hands = Hands(workers, scheduler, slurm, Tls(tls_ca, tls_cert, tls_key), patience * 60.0)
    with open_study(folder, key_file) as study:

        def tell(line: RunLine | Taken) -> None:
            show_line(study, line, as_json)
            append_log(log, line)

        def make() -> tuple[Crew, Stages]:
            return assemble(study, hands, lambda text: click.echo(text, err=True))

        summary = run_study(study, make, tell, keep=keep, carry=hands.elsewhere)
        append_log(log, summary)
        write_metrics(metrics, study, summary)
    show_summary(summary, as_json)
    if summary.failed:
        raise SomeFailedError(failed=summary.failed, total=summary.failed + summary.done)


def show_line(study: Study, line: RunLine | Taken, as_json: bool) -> None:
    """One line about a file taken in or a recording done."""
    from pipeline.batch.run import RunLine
    from pipeline.cli.import_recordings import show_taken

    if not isinstance(line, RunLine):
        show_taken(study, line, as_json)
    elif as_json:
        show_json(**asdict(line))
    elif line.reason:
        click.echo(f"{line.recording:6}  {line.name}: failed ({line.failed_stage}). {line.reason}")
    else:
        minutes = f"{(line.duration or 0) / 60:.1f} min of sound in {line.seconds / 60:.1f} min"
        click.echo(f"{line.recording:6}  {line.name}: {line.state}, {minutes}")


def show_summary(summary: RunSummary, as_json: bool) -> None:
    """The last line of a run."""
    if as_json:
        show_json(summary=asdict(summary))
    elif summary.done or summary.failed or summary.imported or summary.waiting:
        click.echo(
            f"{summary.imported} taken in, {summary.done} done, {summary.failed} failed, "
            f"{summary.waiting} waiting; {summary.sound_seconds / 3600:.2f} h of sound "
            f"in {summary.seconds / 60:.1f} min"
        )
    else:
        click.echo("Nothing to do.")
