"""`session-deid bench`: engines and models compared on the user's own recording, a setting chosen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.transcribe.choosing import Machine, Offer
    from pipeline.transcribe.trial import Trial


@click.command()
@click.argument("audio", type=click.Path(path_type=Path))
@click.option("--language", help="en, de, ...; detected when not given.")
@click.option(
    "--engine",
    "engines",
    multiple=True,
    help="Compare this engine alone (again for another); all when not given.",
)
@click.option(
    "--seconds",
    default=120.0,
    show_default=True,
    type=click.FloatRange(5.0, 3600.0),
    help="How much of the recording to try.",
)
@click.option(
    "--device",
    default="auto",
    show_default=True,
    type=click.Choice(["auto", "cpu", "cuda"]),
    help="Where words are heard; auto: a GPU that works, else the processor.",
)
@click.option(
    "--hours-for-an-hour",
    "hours",
    default=6.0,
    show_default=True,
    type=click.FloatRange(0.0, 100.0, min_open=True),
    help="Hours that hearing the words of an hour may take.",
)
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON.")
def bench(
    audio: Path,
    language: str | None,
    engines: tuple[str, ...],
    seconds: float,
    device: str,
    hours: float,
    as_json: bool,
) -> None:
    """Compare the installed engines and models on AUDIO and say which to use on this machine.

    Nothing of what is heard is shown or kept; the speeds are, for `doctor` and for the model "auto".
    """
    from pipeline.audio.decode import decode
    from pipeline.audio.quality import check, normalise
    from pipeline.cli.progress import stage_progress
    from pipeline.errors import EngineMissingError, ModelMissingError
    from pipeline.transcribe import speeds
    from pipeline.transcribe.choosing import better_than_installed, candidates, offers, this_machine
    from pipeline.transcribe.loading import ENGINES
    from pipeline.transcribe.trial import choose, loudest_part, try_all

    if unknown := next((engine for engine in engines if engine not in ENGINES), None):
        raise EngineMissingError(engine=unknown, install=f"Choose one of: {', '.join(ENGINES)}.")
    whole = decode(audio, name=audio.name)
    check(whole, name=audio.name)
    machine = this_machine()
    pairs = candidates(machine, engines or ENGINES, language)
    if not pairs:
        raise ModelMissingError(model="whisper-base")
    part = normalise(loudest_part(whole, seconds))
    with stage_progress(1) as progress:
        trials = try_all(
            part,
            pairs,
            language=language,
            device=device,
            tell=lambda engine, model: progress.stage(f"{engine}, {model}"),
        )
    for trial in trials:
        speeds.keep(trial.engine, trial.model, device, trial.share)
        if trial.device == "cuda":  # a GPU that works is what "auto" takes
            speeds.keep(trial.engine, trial.model, "auto", trial.share)
    best = choose(trials, hours, language)
    better = better_than_installed(offers(machine, measure=None, device=device), hours)
    if as_json:
        click.echo(_as_json(machine, trials, best, better))
        return
    click.echo(table(machine, trials, part.duration))
    if best is not None:
        click.echo(advice(best))
    if better is not None:
        click.echo(f"Better: session-deid models install {better.model}  ({better.in_words})")


def table(machine: Machine, trials: Sequence[Trial], seconds: float) -> str:
    """The comparison for people."""
    gpu = "heard on the GPU" if any(t.device == "cuda" for t in trials) else "heard on the processor"
    lines = [
        f"{machine.cores} cores, {machine.free_gb:.0f} GB of memory free, {gpu}; tried on {seconds:.0f} s",
        f"{'engine':<16}{'model':<26}{'an hour takes':>14}{'words':>8}{'doubtful':>10}",
    ]
    lines += [
        f"{t.engine:<16}{t.model:<26}{t.minutes_per_hour:>10} min{t.words:>8}{t.doubtful:>10.0%}"
        for t in trials
    ]
    return "\n".join(lines)


def advice(best: Trial) -> str:
    """The choice, as options to give."""
    return (
        f"Use: --engine {best.engine} --model {best.model}"
        f"  (transcription: about {best.minutes_per_hour} minutes for an hour)"
    )


def _as_json(machine: Machine, trials: Sequence[Trial], best: Trial | None, better: Offer | None) -> str:
    import json
    from dataclasses import asdict

    return json.dumps(
        {
            "machine": asdict(machine),
            "trials": [asdict(trial) for trial in trials],
            "choice": asdict(best) if best else None,
            "install": better.model if better else None,
        },
        indent=1,
    )
