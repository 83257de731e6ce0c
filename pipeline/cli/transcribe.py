"""`session-deid transcribe`: words with times from one recording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.shared_options import recognition_options, threads_option

if TYPE_CHECKING:
    from pipeline.records import Transcription


@click.command()
@click.argument("audio", type=click.Path(path_type=Path))
@recognition_options
@click.option(
    "--hints", type=click.Path(path_type=Path), help="Words to listen for: a roster, or a line each."
)
@threads_option
@click.option(
    "--json",
    "target",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The file to write; - for the screen.",
)
def transcribe(
    audio: Path,
    engine: str,
    model: str,
    hours_for_an_hour: float,
    language: str | None,
    hints: Path | None,
    device: str,
    threads: int | None,
    target: Path,
) -> None:
    """Words with times from AUDIO. They are not de-identified: keep the file where the recording is kept."""
    from dataclasses import replace

    from pipeline.audio.decode import decode
    from pipeline.audio.quality import check, normalise
    from pipeline.cli.progress import stage_progress
    from pipeline.files import check_writable
    from pipeline.transcribe import load
    from pipeline.transcribe.choosing import resolve
    from pipeline.transcribe.doubts import doubts
    from pipeline.transcribe.hints import read_hints

    if str(target) != "-":
        check_writable(target)
    words = read_hints(hints) if hints else ()
    sound = decode(audio, name=audio.name)
    sound = replace(sound, notes=(*sound.notes, *check(sound, name=audio.name).warnings))
    model = resolve(
        model, engine=engine, device=device, language=language, hours=hours_for_an_hour, threads=threads
    )
    loaded = load(engine, model, threads=threads, device=device)
    with stage_progress(1) as progress:
        heard = loaded.transcribe(
            normalise(sound), language=language, hints=words, progress=progress.stage("transcribing")
        )
    for note in doubts(sound, heard, chosen=language):
        click.echo(f"{click.format_filename(audio.name)}: {note}.", err=True)
    _write(target, as_json(heard))


def as_json(heard: Transcription) -> bytes:
    """A Transcription as the file this command writes: the words as they were heard, no guesses beside them."""
    import json

    from pipeline.records import to_json

    content = json.loads(to_json(heard))
    for word in content["words"]:
        del word["alternative"], word["without_hint"]
    for told in ("notes", "level_dbfs", "noise_db"):
        del content[told]
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def _write(target: Path, content: bytes) -> None:
    from pipeline.errors import OutputError
    from pipeline.files import write_atomically

    if str(target) == "-":
        click.echo(content, nl=False)
        return
    try:
        write_atomically(target, content)
    except OSError as error:
        raise OutputError(file=target.name, why=error.strerror or "input/output error") from None
