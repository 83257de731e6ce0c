"""`session-deid diarize`: who spoke when in one recording, as RTTM."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.shared_options import diarizer_option, speakers_option, threads_option


@click.command()
@click.argument("audio", type=click.Path(path_type=Path))
@speakers_option
@diarizer_option
@threads_option
@click.option(
    "--rttm",
    "target",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The file to write; - for the screen.",
)
def diarize(audio: Path, speakers: int | None, diarizer: str, threads: int | None, target: Path) -> None:
    """Who spoke when in AUDIO. Speakers are S1, S2 ... by first appearance; their turns may overlap."""
    from pipeline.audio.decode import decode
    from pipeline.audio.quality import check, normalise
    from pipeline.cli.progress import stage_progress
    from pipeline.files import check_writable
    from pipeline.speakers import rttm
    from pipeline.speakers.diarization.diarize import load

    if str(target) != "-":
        check_writable(target)
    sound = decode(audio, name=audio.name)
    for warning in check(sound, name=audio.name).warnings:
        click.echo(f"{click.format_filename(audio.name)}: {warning}.", err=True)
    engine = load(threads, diarizer)
    with stage_progress(1) as progress:
        heard = engine.diarize(
            normalise(sound), speakers=speakers, progress=progress.stage("finding speakers")
        )
    if str(target) == "-":
        click.echo(rttm.to_rttm(audio.stem, heard.turns), nl=False)
    else:
        rttm.write(target, audio.stem, heard.turns)
